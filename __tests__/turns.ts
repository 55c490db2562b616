/** Whether every combination is tested, as before a release (`TESTMON_TEST_FULL=1`). Else the rows of a table take turns. */
export const isFullTestRun = process.env.TESTMON_TEST_FULL === '1';

/** Whether each kind of test is to run once, within ten minutes, as `npm test` asks by `quick.env`. Else each test runs. */
export const isQuickTestRun = !isFullTestRun && process.env.TESTMON_TEST_QUICK === '1';

/** All of the list in a full test run, else its first entry: for tables that repeat the same tests. */
export function inFull<T>(list: readonly T[]): T[] {
  return isFullTestRun ? [...list] : list.slice(0, 1);
}

/** The first entry of the list in a quick test run, else all of it. */
export function inQuick<T>(list: readonly T[]): T[] {
  return isQuickTestRun ? list.slice(0, 1) : [...list];
}

/** Pairs each row with every column in a full test run; else with one, so that rows take the columns in turn. */
export function inTurns<R, C>(rows: readonly R[], columns: readonly C[]): [R, C][] {
  return rows.flatMap((row, index) =>
    columns
      .filter((_, place) => isFullTestRun || index % columns.length === place)
      .map((column): [R, C] => [row, column]),
  );
}
