/** After this time a failure counts half as much: two weeks, in milliseconds. */
const HALF_LIFE_MS = 14 * 24 * 3_600_000;

/**
 * Estimates how likely a test file is to fail again. Frequent and recent failures count most. Each failure loses
 * weight with the same half-life, so the order of two test files does not depend on the present time.
 * @param failures Milliseconds since the epoch.
 * @returns The binary logarithm of the summed weights, for comparison with other test files. -Infinity without
 *   failures.
 */
export function likelihood(failures: readonly number[]): number {
  const latest = Math.max(...failures);
  const sum = failures.reduce((all, at) => all + 2 ** ((at - latest) / HALF_LIFE_MS), 0);
  return sum === 0 ? -Infinity : latest / HALF_LIFE_MS + Math.log2(sum);
}
