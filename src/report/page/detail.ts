import type { ReportData, ReportTest } from '../data';
import { breakable, element, place } from './dom';
import { coveredLines } from './covered-lines';
import { count, duration, lines, number, percent } from './format';
import type { CodeNode } from './model';
import { inParts } from './parts';

/** Longer lists are shortened at first. */
const SHOWN_AT_ONCE = 40;
const FILES_AT_ONCE = 20;

/** The panel about one function, file, folder or test file. It lists the tests that an edit there runs. */
export class Detail {
  readonly #data: ReportData;
  readonly #suite: number;
  readonly #panel = place('detail');

  constructor(data: ReportData, suite: number) {
    this.#data = data;
    this.#suite = suite;
  }

  /** Shows code. */
  showCode(node: CodeNode): void {
    const { cost, most, testFiles, tests } = node;
    const isFunction = node.kind === 'function';
    const where = isFunction
      ? [node.path, lines(node.line, node.endLine)].filter(Boolean).join(', ')
      : node.path;
    const facts: [string, string][] = [
      [isFunction ? 'An edit costs' : 'An edit costs on average', duration(cost)],
      ...(isFunction ? [] : [['At most', duration(most)] as [string, string]]),
      ['Of the whole suite', percent(cost, this.#suite)],
      ['Test files', number(testFiles.length)],
      ['Tests that execute it', number(tests.length)],
    ];
    const title = isFunction ? node.label : node.label || 'All code';
    const none = 'No recorded test executes it, so an edit here selects nothing.';
    this.#show(node.kind, title, where, facts, testFiles, tests, none);
    const covered = coveredLines(this.#data, node);
    if (covered !== null) this.#panel.append(covered);
  }

  /** Shows a test file. */
  showTestFile(index: number): void {
    const file = this.#data.testFiles[index];
    if (file === undefined) return;
    const tests = this.#data.tests.flatMap(({ file: of }, test) => (of === index ? [test] : []));
    const facts: [string, string][] = [
      ['Takes', file.duration === null ? 'not known yet' : duration(file.duration)],
      ['Now', file.verdict === 'unaffected' ? 'need not run' : 'runs'],
      ['Tests', number(tests.length)],
    ];
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    this.#show('test file', name, file.path, facts, [index], tests, 'No test of it is recorded.');
  }

  #show(
    kind: string,
    title: string,
    where: string,
    facts: readonly [string, string][],
    testFiles: readonly number[],
    tests: readonly number[],
    none: string,
  ): void {
    const list = element('dl', { class: 'facts' });
    for (const [name, value] of facts)
      list.append(element('div', {}, element('dt', {}, name), element('dd', {}, value)));
    this.#panel.replaceChildren(
      element('p', { class: 'kind' }, kind),
      element('h3', { tabindex: -1 }, breakable(title)),
      ...(where !== '' && where !== title
        ? [element('p', { class: 'path' }, breakable(where))]
        : []),
      list,
      testFiles.length === 0
        ? element('p', { class: 'quiet' }, none)
        : this.#testFiles(testFiles, tests),
    );
    this.#panel.scrollTop = 0;
  }

  #testFiles(testFiles: readonly number[], tests: readonly number[]): HTMLElement {
    const byFile = new Map<number, ReportTest[]>(testFiles.map((index) => [index, []]));
    for (const index of tests) {
      const test = this.#data.tests[index];
      if (test !== undefined) byFile.get(test.file)?.push(test);
    }
    const longest = [...byFile].sort(([a], [b]) => this.#duration(b) - this.#duration(a));
    const opens = tests.length <= SHOWN_AT_ONCE || testFiles.length === 1;
    const items = longest.map(
      ([index, own]) =>
        () =>
          this.#testFile(index, own, opens),
    );
    return element('div', { class: 'test-files' }, ...inParts(items, FILES_AT_ONCE, 'test file'));
  }

  #testFile(index: number, tests: readonly ReportTest[], opens: boolean): HTMLElement {
    const file = this.#data.testFiles[index];
    if (file === undefined) return element('div');
    const project = file.project === '' ? '' : ` [${file.project}]`;
    const summary = element(
      'summary',
      {},
      element('span', { class: 'name' }, breakable(file.path), project),
      element('span', { class: 'time' }, file.duration === null ? '–' : duration(file.duration)),
    );
    const details = element('details', { open: opens }, summary);
    const fill = () => {
      if (!details.open || details.childElementCount > 1) return;
      details.append(testList(tests));
    };
    details.addEventListener('toggle', fill);
    fill();
    return details;
  }

  #duration(index: number): number {
    return this.#data.testFiles[index]?.duration ?? 0;
  }
}

function testList(tests: readonly ReportTest[]): HTMLElement {
  if (tests.length === 0) {
    return element('p', { class: 'quiet' }, 'Its tests are not known one by one.');
  }
  const items = tests.map((test) => () => {
    const outcome =
      test.outcome === 'passed' ? null : element('span', { class: 'outcome' }, test.outcome);
    const name = element('span', { class: 'name' }, test.name.join(' › '), ' ', outcome);
    return element(
      'div',
      { class: 'test', role: 'listitem' },
      name,
      element('span', { class: 'time' }, duration(test.duration)),
    );
  });
  const label = count(tests.length, 'test');
  return element(
    'div',
    { role: 'list', 'aria-label': label },
    ...inParts(items, SHOWN_AT_ONCE * 2, 'test'),
  );
}
