/**
 * One of Jest's `reporters`. It sees the outcome of every test file, also of one whose worker crashed, and ends the
 * run: commits, cleans up, and prints the closing line.
 */
import type { Test, TestResult } from '@jest/test-result';
import { concludeRun, session } from '../controller/session';

export default class TestmonReporter {
  onRunStart(): void {
    session().reported = true;
  }

  onTestFileResult(test: Test, result: TestResult): void {
    const passed =
      result.numFailingTests === 0 &&
      result.testExecError === undefined &&
      !result.failureMessage &&
      !result.leaks;
    session().controller?.noteResult(test.context.config.id, test.path, passed);
  }

  onRunComplete(): void {
    concludeRun();
  }

  getLastError(): undefined {
    return undefined;
  }
}
