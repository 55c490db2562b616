import type { TestResult } from '@jest/test-result';
import { fromJest } from './user-jest';

/** The test name for a test file without known tests, because Jest fails a test file without tests. */
const WHOLE_FILE: readonly string[] = ['(not affected)'];

/** The test name for a test file that was not loaded because the time of the run was up. */
const NOT_REACHED: readonly string[] = ['(not reached: the time was up)'];

/** The tests of a test file that is not reached, as Jest's reporters are told of it. */
export const NOT_REACHED_TESTS = [{ name: [...NOT_REACHED] }];

/** Whether a result is of a test file that was not reached. */
export function isNotReached({ testResults }: Pick<TestResult, 'testResults'>): boolean {
  const [only, ...others] = testResults;
  return (
    only !== undefined &&
    only.title === NOT_REACHED[0] &&
    only.status === 'pending' &&
    others.length === 0
  );
}

/** Loads what makes empty results in the Jest of this process. */
export function loadEmptyTestResult(): () => TestResult {
  const { createEmptyTestResult } = fromJest('@jest/test-result')(
    '@jest/test-result',
  ) as typeof import('@jest/test-result');
  return createEmptyTestResult;
}

/**
 * Fills the result of a test file that is not loaded: all of its tests are skipped.
 * @param names The names of its tests, outermost title first.
 * @param result An empty result, which is modified.
 */
export function skippedResult(
  names: readonly (readonly string[])[],
  result: TestResult,
): TestResult {
  const tests = names.length > 0 ? names : [WHOLE_FILE];
  result.testResults = tests.map((name) => ({
    ancestorTitles: name.slice(0, -1),
    duration: null,
    failing: false,
    failureDetails: [],
    failureMessages: [],
    fullName: name.join(' '),
    invocations: 1,
    location: null,
    numPassingAsserts: 0,
    retryReasons: [],
    status: 'pending',
    title: name.at(-1) ?? '',
  }));
  result.failureMessage = null;
  // `test.todo` counts as skipped too. With a test of another kind, Jest would treat the file as one that ran.
  result.numPendingTests = tests.length;
  return result;
}
