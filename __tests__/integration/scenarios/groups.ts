import type { Scenario } from './scenario';

/** Rows whose edits are made to one copy of the project, and judged by one run. */
export type Group = readonly Scenario[];

/**
 * Puts rows together that one run can judge: no two of a group select the same test file, so the run must select
 * exactly the union, and at most one makes the run fail. Rows that select nothing make a group of their own, where any test file that runs is one too many.
 * @param testFiles How many test files the project has; at least one of them is left out by every group.
 * @param earlier Groups of the same rows: rows that were together there are kept apart here, as far as that needs no
 *   further group. So a row that selects too much is not hidden twice by the same neighbour.
 */
export function groupRows(
  rows: readonly Scenario[],
  testFiles: number,
  earlier: readonly Group[] = [],
): Group[] {
  const groups: Scenario[][] = [];
  for (const row of rows) {
    const fitting = groups.filter((group) => fits(row, group, testFiles));
    const [best] = fitting.sort(
      (one, other) => countNeighbours(row, one, earlier) - countNeighbours(row, other, earlier),
    );
    if (best === undefined) groups.push([row]);
    else best.push(row);
  }
  return groups;
}

/** Whether a row can be judged together with others of its family at all. */
export function isGroupable(
  { env, failing, alone = false, expectRan }: Scenario,
  testFiles: number,
): boolean {
  return env === undefined && failing === undefined && !alone && expectRan.length < testFiles;
}

function fits(row: Scenario, group: Group, testFiles: number): boolean {
  if (!isGroupable(row, testFiles) || !group.every((other) => isGroupable(other, testFiles)))
    return false;
  if (isFailing(row) && group.some(isFailing)) return false;
  const taken = new Set(group.flatMap(({ expectRan }) => expectRan));
  if (row.expectRan.length === 0 || taken.size === 0)
    return row.expectRan.length === 0 && taken.size === 0;
  return (
    row.expectRan.every((testFile) => !taken.has(testFile)) &&
    taken.size + row.expectRan.length < testFiles
  );
}

function isFailing({ expectExit = 0 }: Scenario): boolean {
  return expectExit !== 0;
}

function countNeighbours(row: Scenario, group: Group, earlier: readonly Group[]): number {
  const neighbours = new Set(earlier.find((one) => one.includes(row)));
  return group.filter((other) => neighbours.has(other)).length;
}
