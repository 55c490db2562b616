/** After how many milliseconds a failure counts half as much: two weeks. */
const HALF_LIFE = 14 * 24 * 3_600_000;

/**
 * How likely a test file is to fail again, by when it failed: often and lately means likely. Each failure fades by
 * halves, so that of two test files the likelier stays so, whenever one asks.
 * @param failures Milliseconds since the epoch.
 * @returns A number to compare with that of another test file: the binary logarithm of the sum; -Infinity for none.
 */
export function likelihood(failures: readonly number[]): number {
  const latest = Math.max(...failures);
  const sum = failures.reduce((all, at) => all + 2 ** ((at - latest) / HALF_LIFE), 0);
  return sum === 0 ? -Infinity : latest / HALF_LIFE + Math.log2(sum);
}
