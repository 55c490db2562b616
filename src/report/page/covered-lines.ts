import type { ReportData } from '../data';
import { decodeRanges } from '../ranges';
import { breakable, element } from './dom';
import { count, lines } from './format';
import { coveredIn, type CodeNode, type CoveredRange } from './model';
import { inParts } from './parts';

/** Longer lists are shortened at first. */
const LINES_AT_ONCE = 60;
const TEST_FILES_AT_ONCE = 20;

/** The lines of a file or function with the test files that hit them. Null where no coverage tells them. */
export function coveredLines(data: ReportData, node: CodeNode): HTMLElement | null {
  const ranges = coveredIn(data, node);
  if (ranges === null) return null;
  const items = ranges.map((range) => () => lineRow(data, range));
  const lacking = data.coverage?.lacking ?? 0;
  return element(
    'section',
    { class: 'covered' },
    element('h4', {}, 'Lines, by coverage'),
    lacking > 0 &&
      element(
        'p',
        { class: 'quiet' },
        `Without ${count(lacking, 'test file')}, until jest-testmon --coverage has run.`,
      ),
    element('div', { class: 'test-files' }, ...inParts(items, LINES_AT_ONCE, 'range')),
  );
}

function lineRow(data: ReportData, { line, endLine, reach }: CoveredRange): HTMLElement {
  const testFiles = decodeRanges(data.reaches[reach]?.testFiles ?? '');
  const where = element('span', { class: 'name' }, lines(line, endLine));
  if (testFiles.length === 0)
    return element('div', { class: 'test missed' }, where, element('span', {}, 'no test file'));
  const known = element('span', { class: 'time' }, count(testFiles.length, 'test file'));
  const details = element('details', {}, element('summary', {}, where, known));
  details.addEventListener('toggle', () => {
    if (!details.open || details.childElementCount > 1) return;
    const names = testFiles.map((index) => () => testFileName(data, index));
    details.append(element('div', {}, ...inParts(names, TEST_FILES_AT_ONCE, 'test file')));
  });
  return details;
}

function testFileName(data: ReportData, index: number): HTMLElement {
  const { path = '', project = '' } = data.testFiles[index] ?? {};
  return element('div', { class: 'test' }, breakable(path), project !== '' && ` [${project}]`);
}
