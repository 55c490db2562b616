import { ago } from '../../terminal/age';
import { count, duration, some } from '../../terminal/logger';
import { printable } from '../../terminal/printable';
import { recordedSince } from '../answers/carried-coverage';
import { sightings } from '../checks/flaky-tests';
import type { RanTestFile, RunReport } from './run-report';

/** How many names of a list a person is shown. */
const MAX_SHOWN = 50;
/** How many flaky tests that failed. */
const MAX_FLAKY = 5;

/** A report on a run as lines of plain text. */
export function renderText(report: RunReport): string[] {
  const lines = statements(report, (name) => name);
  const files = report.selected.slice(0, MAX_SHOWN);
  return [
    headline(report),
    ...lines.map(([title, text]) => `${title}: ${text}`),
    ...(files.length === 0 || !report.selects ? [] : ['', 'Test files that ran:']),
    ...(report.selects ? files.map((file) => `  ${nameOf(file)}: ${reasonOf(file, asIs)}`) : []),
    ...(report.selects && report.ran > files.length
      ? [`  and ${report.ran - files.length} more`]
      : []),
  ];
}

/** A report on a run as Markdown, such as GitHub shows. */
export function renderMarkdown(report: RunReport): string {
  const files = report.selects ? report.selected.slice(0, MAX_SHOWN) : [];
  const more = report.ran - files.length;
  const told = statements(report, code).map(([title, text]) => `- **${title}:** ${text}`);
  return [
    `### jest-testmon: ${headline(report)}`,
    ...(told.length === 0 ? [] : ['', ...told]),
    ...(files.length === 0
      ? []
      : [
          '',
          '<details><summary>Test files that ran, and why</summary>',
          '',
          ...files.map((file) => `- ${code(nameOf(file))}: ${reasonOf(file, code)}`),
          ...(more > 0 ? [`- and ${more} more`] : []),
          '',
          '</details>',
        ]),
    '',
  ].join('\n');
}

function headline({ shard, testFiles, ran, selects, unreached }: RunReport): string {
  const place = shard === null ? '' : ` in shard ${shard}`;
  if (!selects && unreached === 0)
    return `everything ran, ${count(testFiles, 'test file')}${place}`;
  if (ran + unreached === 0)
    return `nothing to run, ${count(testFiles, 'test file')} unaffected${place}`;
  return `${ran} of ${count(testFiles, 'test file')} ran${place}`;
}

type Quote = (name: string) => string;
const asIs: Quote = (name) => name;

/** What a person wants to know, each with a title. */
function statements(report: RunReport, quote: Quote): [title: string, text: string][] {
  const { leftOut, skippedTests, saved, failed, failures, spotChecks, escapes } = report;
  const lines: [string, string][] = [];
  const { absentShards = [] } = report;
  if (absentShards.length > 0)
    lines.push([
      'Without a report',
      `${absentShards.length === 1 ? 'shard' : 'shards'} ${absentShards.join(', ')}`,
    ]);
  const list = (names: readonly string[]) => some(names.map(quote), 5);
  if (report.selects && report.ran > 0) lines.push(['Why', reasons(report, quote)]);
  if (leftOut + skippedTests > 0) {
    const spared = [
      ...(leftOut > 0 ? [count(leftOut, 'unaffected test file')] : []),
      ...(skippedTests > 0 ? [`${count(skippedTests, 'unaffected test')} of the others`] : []),
    ];
    lines.push(['Left out', `${spared.join(' and ')}, about ${duration(saved)} of test time`]);
  }
  if (failures > 0) lines.push(['Failed', `${count(failures, 'test file')}${list(failed)}`]);
  if (report.unreached > 0)
    lines.push([
      'Not reached in time',
      `${count(report.unreached, 'affected test file')}, which ${report.unreached === 1 ? 'stays' : 'stay'} affected`,
    ]);
  const { known, found } = report.flaky;
  if (known.length > 0)
    lines.push([
      'Failed, and known to be flaky',
      known
        .slice(0, MAX_FLAKY)
        .map((flaky) => sightings({ ...flaky, label: quote(flaky.label) }))
        .join(', ') + (known.length > MAX_FLAKY ? ` and ${known.length - MAX_FLAKY} more` : ''),
    ]);
  if (found.length > 0) lines.push(['Flaky', `${count(found.length, 'test')} found${list(found)}`]);
  if (report.carried !== null) {
    lines.push([
      'Coverage',
      `of ${count(report.carried.testFiles, 'test file')} that did not run is in the report, ${recordedSince(report.carried, ago)}`,
    ]);
  }
  if (spotChecks !== null) {
    const { percent, ended, unaffected, failed: found } = spotChecks;
    const outcome = found > 0 ? `${found} failed` : 'none failed';
    lines.push([
      `Spot checks (${percent}%)`,
      `${ended} of ${count(unaffected, 'unaffected test file')}, ${outcome}`,
    ]);
  }
  for (const { path, message } of escapes)
    lines.push([
      'Escape',
      `${quote(path)} would have been left out, and failed: ${quote(message)}`,
    ]);
  return lines;
}

function reasons({ selected, changes, ran }: RunReport, quote: Quote): string {
  const because = (reason: RanTestFile['reason']) =>
    selected.filter((file) => file.reason === reason).length;
  const [changed, failed, fresh, always, checked] = [
    because('changed'),
    because('failed'),
    because('new'),
    because('always'),
    because('spot check'),
  ];
  // Of the rest, names and reasons are not kept.
  const others = ran - selected.length;
  return [
    ...(changed > 0
      ? [`${changed} by ${count(changes.length, 'change')}${some(changes.map(quote), 5)}`]
      : []),
    ...(failed > 0 ? [`${failed} failed last time`] : []),
    ...(fresh > 0 ? [`${fresh} not recorded yet`] : []),
    ...(always > 0 ? [`${always} to run always`] : []),
    ...(checked > 0 ? [`${checked} as ${checked === 1 ? 'a spot check' : 'spot checks'}`] : []),
    ...(others > 0 ? [`${others} more`] : []),
  ].join(', ');
}

function nameOf({ path, project }: RanTestFile): string {
  return project === null ? path : `${project} ${path}`;
}

function reasonOf({ reason, changes }: RanTestFile, quote: Quote): string {
  switch (reason) {
    case 'changed':
      return `changed${some(changes.map(quote), 5)}`;
    case 'failed':
      return 'failed last time';
    case 'new':
      return 'not recorded yet';
    case 'always':
      return 'to run always';
    default:
      return reason;
  }
}

/** A name as a code span: nothing in it is Markdown or HTML. */
function code(name: string): string {
  const text = printable(name);
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}
