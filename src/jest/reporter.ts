/**
 * One of Jest's `reporters`. It sees the outcome of every test file, also of one whose worker crashed, and ends the
 * run: commits, cleans up, and prints the closing line.
 */
import type { Test, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { concludeRun, session } from '../controller/session';

export default class TestmonReporter {
  readonly #updatesSnapshots: boolean;

  constructor(globalConfig: Config.GlobalConfig) {
    this.#updatesSnapshots = globalConfig.updateSnapshot === 'all';
  }

  onRunStart(): void {
    session().reported = true;
  }

  onTestFileResult(test: Test, result: TestResult): void {
    const passed =
      result.numFailingTests === 0 &&
      result.testExecError === undefined &&
      !result.failureMessage &&
      !result.leaks &&
      // Jest's exit code is 1 for an obsolete snapshot too.
      (this.#updatesSnapshots || result.snapshot.unchecked === 0);
    const { controller, verification } = session();
    controller?.noteResult(test.context.config.id, test.path, passed);
    verification?.verification.note(test, result, passed);
  }

  onRunComplete(): void {
    concludeRun();
  }

  getLastError(): undefined {
    return undefined;
  }
}
