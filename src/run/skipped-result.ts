import type { TestResult } from '@jest/test-result';
import { fromJest } from './user-jest';

/** Stands for the tests where none are known: Jest fails a test file without tests. */
const WHOLE_FILE: readonly string[] = ['(not affected)'];

/** An empty result, as the Jest of this process makes it. */
export function emptyTestResult(): TestResult {
  const { createEmptyTestResult } = fromJest('@jest/test-result')(
    '@jest/test-result',
  ) as typeof import('@jest/test-result');
  return createEmptyTestResult();
}

/**
 * What Jest is told of a test file that is not loaded: its tests were skipped.
 * @param names The full names of its tests, outermost first.
 * @param result An empty one, which is filled.
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
  // Tests that are yet to be written count as skipped too: with one of another kind, Jest takes the file for one that ran.
  result.numPendingTests = tests.length;
  return result;
}
