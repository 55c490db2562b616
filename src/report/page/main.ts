import type { ReportData } from '../data';
import { CodeTable } from './code-table';
import { Detail } from './detail';
import { element, place } from './dom';
import type { Target } from './find';
import { ago, count, date, duration, number, percent } from './format';
import { MapView } from './map-view';
import { codeTree, everyNode, MODULE_LEVEL, STEPS, WHOLE, type CodeNode } from './model';
import { RunsChart } from './runs-chart';
import { Search } from './search';
import { SelectionView } from './selection-view';
import { installTheme } from './theme';

const data = JSON.parse(place('data').textContent) as ReportData;
const suite = data.testFiles.reduce((sum, file) => sum + (file.duration ?? 0), 0);

installTheme();
drawHead();
drawSummary();
new RunsChart(data.runs).draw();
drawCode();

function drawHead(): void {
  document.title = `${data.project}: jest-testmon report`;
  place('project').textContent = data.project;
  const made = element(
    'time',
    { datetime: new Date(data.generatedAt).toISOString() },
    date(data.generatedAt),
  );
  place('made').replaceChildren(
    'The working tree as it was on ',
    made,
    `, looked at by ${data.generator}`,
  );
  const notice = place('notice');
  notice.hidden = data.notice === null;
  notice.textContent = data.notice;
}

function drawSummary(): void {
  const { testFiles, tests, runs } = data;
  const selected = testFiles.filter(({ verdict }) => verdict !== 'unaffected');
  const time = selected.reduce((sum, file) => sum + (file.duration ?? 0), 0);
  const last = runs.at(-1);
  const saved = runs.reduce((sum, run) => sum + run.saved, 0);
  const unknown = selected.filter((file) => file.duration === null).length;
  const cards: [title: string, value: string, note: string][] = [
    [
      'A run now selects',
      `${number(selected.length)} of ${count(testFiles.length, 'test file')}`,
      unknown === testFiles.length
        ? 'nothing is recorded yet'
        : `${duration(time)} of ${duration(suite)} of test time${unknown > 0 ? `, ${number(unknown)} not timed yet` : ''}`,
    ],
    [
      'The last run selected',
      last === undefined ? '–' : `${number(last.selected)} of ${count(last.total, 'test file')}`,
      last === undefined
        ? 'no run is recorded'
        : `${ago(last.startedAt, data.generatedAt)}, and took ${duration(last.duration)}`,
    ],
    [
      'Test time saved',
      duration(saved),
      runs.length === 0
        ? 'no run is recorded'
        : runs.length === 1
          ? 'in the one run so far'
          : `in the last ${number(runs.length)} runs`,
    ],
    ...spotCheckCard(),
    ...flakyCard(),
    [
      'Recorded',
      count(tests.length, 'test'),
      `of ${count(data.files.length, 'file')} of code, ${count(
        data.files.reduce((sum, file) => sum + file.functions.length, 0),
        'function',
      )}`,
    ],
  ];
  place('summary').replaceChildren(
    ...cards.map(([title, value, note]) =>
      element(
        'div',
        { class: 'card' },
        element('dt', {}, title),
        element('dd', {}, value, element('small', {}, note)),
      ),
    ),
  );
}

/** Only shown if there are spot checks, because most projects have none. */
function spotCheckCard(): [title: string, value: string, note: string][] {
  const { percent, checked, latest, escapes } = data.spotChecks;
  if (percent === 0 && checked === 0 && escapes.length === 0) return [];
  const share = percent === 0 ? 'off now' : `${percent}% of what is left out`;
  const last = latest === null ? '' : `, the last one ${ago(latest, data.generatedAt)}`;
  const failed = escapes.map(({ path, isOpen }) => `${path}${isOpen ? '' : ' (settled)'}`);
  const found = failed.length === 0 ? 'none failed unexpectedly' : `failed: ${failed.join(', ')}`;
  return [['Spot checks', count(checked, 'test file'), `${share}${last}; ${found}`]];
}

function flakyCard(): [title: string, value: string, note: string][] {
  const { flaky } = data;
  if (flaky.length === 0) return [];
  const named = flaky.slice(0, 3).map(({ path, test }) => test?.join(' ') ?? path);
  const more = flaky.length > named.length ? ` and ${flaky.length - named.length} more` : '';
  return [['Flaky', count(flaky.length, 'test'), `${named.join(', ')}${more}`]];
}

function drawCode(): void {
  const root = codeTree(data);
  const detail = new Detail(data, suite);
  const toDetail = (): void => {
    place('detail').scrollIntoView({ block: 'nearest' });
    place('detail').querySelector('h3')?.focus({ preventScroll: true });
  };
  const showTestFile = (index: number): void => {
    detail.showTestFile(index);
    toDetail();
  };
  new SelectionView(data, showTestFile).draw();
  if (data.files.length === 0) {
    place('code').hidden = true;
    return;
  }
  detail.showCode(root);
  drawLegend();
  const map = new MapView({ root, suite, choose: (node) => detail.showCode(node) });
  const chooseElsewhere = (node: CodeNode): void => {
    detail.showCode(node);
    map.mark(node);
    toDetail();
  };
  new CodeTable({ root, suite, choose: chooseElsewhere }).drawInto(place('table'));
  installViews();
  new Search([...codeTargets(root, chooseElsewhere), ...testTargets(showTestFile)]);
}

function drawLegend(): void {
  const items = [0, ...STEPS, 1].map((step, index) => {
    const share =
      step === 1 ? `over ${percent(STEPS.at(-1) ?? 0, 1)}` : `up to ${percent(step, 1)}`;
    const time =
      step === 1
        ? `over ${duration(suite * (STEPS.at(-1) ?? 0))}`
        : `up to ${duration(suite * step)}`;
    const text = index === 0 ? 'no test' : `${share} · ${time}`;
    return element('li', {}, element('span', { class: `swatch heat-${index}` }), text);
  });
  place('legend').replaceChildren(...items);
}

/** Installs the buttons that switch between map and table. */
function installViews(): void {
  const views = [
    { button: place('as-map'), shown: place('map-view') },
    { button: place('as-table'), shown: place('table') },
  ];
  for (const { button } of views) {
    button.addEventListener('click', () => {
      for (const view of views) {
        view.button.setAttribute('aria-pressed', String(view.button === button));
        view.shown.hidden = view.button !== button;
      }
    });
  }
}

function codeTargets(root: CodeNode, choose: (node: CodeNode) => void): Target[] {
  return [...everyNode(root)].flatMap((node) => {
    const { kind, label, path, line, endLine, cost } = node;
    // Code outside of functions has no name to search for. Its file has.
    if (kind === 'folder' || (kind === 'function' && (label === MODULE_LEVEL || label === WHOLE)))
      return [];
    return [{ kind, label, where: path, line, endLine, cost, choose: () => choose(node) }];
  });
}

function testTargets(choose: (index: number) => void): Target[] {
  return data.testFiles.map(({ path, duration: cost }, index) => ({
    kind: 'test file',
    label: path.slice(path.lastIndexOf('/') + 1),
    where: path,
    line: 0,
    endLine: 0,
    cost: cost ?? 0,
    choose: () => choose(index),
  }));
}
