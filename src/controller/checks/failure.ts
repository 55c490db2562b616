import { stripVTControlCharacters } from 'node:util';
import type { TestResult } from '@jest/test-result';

/** How a test file failed, for a message. */
export interface Failure {
  /** Full names of the failed tests. Empty if the file failed as a whole. */
  tests: string[];
  /** The first line of the error. */
  message: string;
}

/** Describes how a test file failed, from Jest's result. */
export function describeFailure(result: TestResult): Failure {
  const failed = result.testResults.filter(({ status }) => status === 'failed');
  const tests = failed.map(({ fullName }) => fullName);
  const message =
    firstLine(failed[0]?.failureMessages[0]) ??
    firstLine(result.testExecError?.message) ??
    (result.leaks ? 'it leaks memory' : undefined) ??
    (result.snapshot.unchecked > 0 ? 'it has obsolete snapshots' : undefined) ??
    firstLine(result.failureMessage) ??
    'Jest does not say how';
  return { tests, message };
}

function firstLine(text: string | null | undefined): string | undefined {
  return stripVTControlCharacters(text ?? '')
    .split('\n')
    .map((line) => line.trim().replace(/^Error: /, ''))
    .find((line) => line !== '' && !line.startsWith('●'));
}
