/** The part of Jest's snapshot state that is used here. Source: jest-snapshot, `SnapshotState`. */
interface SnapshotState {
  getUncheckedKeys(): string[];
  markSnapshotsAsCheckedForTest(testName: string): void;
}

/** Where `expect` keeps its state in a test environment. Source: expect, `jestMatchersObject`. */
const MATCHERS = Symbol.for('$$jest-matchers-object');

/**
 * Jest does not report the snapshots of a skipped test as obsolete. The exception is Jest 29, for snapshots with a
 * hint in their name. This marks them as checked.
 * @param global The global object of the test environment.
 * @param names The full names of skipped tests.
 */
export function keepSnapshots(global: object, names: readonly string[]): void {
  const holder = global as { [MATCHERS]?: { state?: { snapshotState?: Partial<SnapshotState> } } };
  const state = holder[MATCHERS]?.state?.snapshotState;
  if (state?.getUncheckedKeys === undefined) return;
  const skipped = new Set(names);
  for (const key of state.getUncheckedKeys()) {
    // A key is the test's name, optionally `: ` and a hint, and a number.
    const name = key.replace(/ \d+$/, '');
    const starts = Array.from(name.matchAll(/: /g), ({ index }) => name.slice(0, index));
    if (starts.some((start) => skipped.has(start))) state.markSnapshotsAsCheckedForTest?.(name);
  }
}
