import { isFullTestRun, isQuickTestRun } from '../../turns';
import { groupRows, isGroupable, type Group } from './groups';
import type { Base, Family, Scenario } from './scenario';

/** From so many groups on, a second recording costs less than what it adds. */
const GROUPS_OF_TWO_RECORDINGS = 4;

/**
 * The rows by the number of workers that record them. Rows that need a run of their own always take turns: most select every test file, which
 * does not depend on how it was recorded. Under the older Jest, the rows are recorded by several workers alone.
 * @param index The place of the family in the table: whether its first rows are recorded in band or by workers.
 */
export function columnsOf(
  family: Family,
  index: number,
): { workers: number; groups: readonly Group[] }[] {
  const testFiles = countTestFiles(family.base);
  const rows = rowsOf(family);
  const groupable = rows.filter((row) => isGroupable(row, testFiles));
  const single = rows.filter((row) => !groupable.includes(row)).map((row): Group => [row]);
  const grouped = (given: readonly Scenario[], earlier?: readonly Group[]): Group[] =>
    family.isGrouped !== false
      ? groupRows(given, testFiles, earlier)
      : given.map((row): Group => [row]);
  const first = grouped(groupable);
  if (isQuickTestRun) {
    // The first group holds most rows.
    const groups = [...first, ...single].slice(0, 1);
    return [{ workers: family.isInBand === true || index % 2 === 0 ? 1 : 2, groups }];
  }
  if (family.base.isOlderJest === true) return [{ workers: 3, groups: [...first, ...single] }];
  if (family.isInBand === true) return [{ workers: 1, groups: [...first, ...single] }];
  const columns = isFullTestRun
    ? splitInTwo(single).map((half, column) => [
        ...(column === 0 ? first : grouped([...groupable].reverse(), first)),
        ...half,
      ])
    : first.length + single.length < GROUPS_OF_TWO_RECORDINGS
      ? [[...first, ...single]]
      : splitInTwo([...first, ...single]);
  return columns
    .map((groups, column) => ({ workers: (index + column) % 2 === 0 ? 1 : 3, groups }))
    .filter(({ groups }) => groups.length > 0);
}

function splitInTwo<T>(list: readonly T[]): T[][] {
  return [0, 1].map((half) => list.filter((_, place) => place % 2 === half));
}

function rowsOf({ scenarios, unchanged = [] }: Family): readonly Scenario[] {
  // Where an edit of no consequence is among the scenarios, it says as much.
  if (scenarios.some(isOfNoConsequence)) return scenarios;
  const control = { name: 'nothing changed', edit: () => undefined, expectRan: unchanged };
  return [control, ...scenarios];
}

function isOfNoConsequence({ expectRan, failing }: Scenario): boolean {
  return failing === undefined && expectRan.length === 0;
}

function countTestFiles({ files }: Base): number {
  return Object.keys(files).filter((name) => /\.test\.[cm]?[jt]sx?$/.test(name)).length;
}
