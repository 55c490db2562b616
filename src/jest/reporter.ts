/**
 * One of Jest's `reporters`. It sees the outcome of every test file, also of one whose worker crashed, and ends the
 * run: commits, cleans up, and prints the closing line.
 */
import type { Test, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { concludeRun, isPassed, session } from '../controller/session';

export default class TestmonReporter {
  readonly #updatesSnapshots: boolean;

  constructor(globalConfig: Config.GlobalConfig) {
    this.#updatesSnapshots = globalConfig.updateSnapshot === 'all';
  }

  onRunStart(): void {
    session().reported = true;
    session().controller?.expectResults();
    session().release();
  }

  onTestFileResult(test: Test, result: TestResult): void {
    const passed = isPassed(result, this.#updatesSnapshots);
    const { controller, verification } = session();
    controller?.noteResult(test.context.config.id, test.path, passed);
    const isOrderDependent = verification?.verification.note(test, result, passed);
    if (isOrderDependent === true)
      controller?.noteOrderDependent(test.context.config.id, test.path);
  }

  onRunComplete(): void {
    concludeRun();
  }

  getLastError(): undefined {
    return undefined;
  }
}
