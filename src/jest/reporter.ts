/**
 * One of Jest's `reporters`. It receives the outcome of every test file, even if the worker crashed. At the end it
 * commits the run, cleans up, and prints the last line.
 */
import type { AggregatedResult, Test, TestContext, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { isPassed } from '../controller/conclude-with';
import { concludeRun, session } from '../controller/session';

class TestmonReporter {
  readonly #globalConfig: Config.GlobalConfig;
  readonly #updatesSnapshots: boolean;
  #error: Error | undefined;

  constructor(globalConfig: Config.GlobalConfig) {
    this.#globalConfig = globalConfig;
    this.#updatesSnapshots = globalConfig.updateSnapshot === 'all';
  }

  onRunStart(): void {
    this.#error = undefined;
    session().reported = true;
    session().controller?.expectResults();
    session().release();
  }

  onTestFileResult(test: Test, result: TestResult): void {
    const { controller, verification, processEnd } = session();
    processEnd?.look();
    // Nothing ran for what our runner answered.
    if (controller?.answers?.gave(result) === true) return;
    if (controller?.budget?.note(test, result) === true) return;
    const passed = isPassed(result, this.#updatesSnapshots);
    controller?.noteResult(test.context.config.id, test.path, passed);
    controller?.noteTests(test.context.config.id, test.path, result, passed);
    controller?.spotChecks?.note(test, result, passed);
    const isOrderDependent = verification?.verification.note(test, result, passed);
    if (isOrderDependent === true)
      controller?.noteOrderDependent(test.context.config.id, test.path);
  }

  onRunComplete(_contexts: Set<TestContext>, results: AggregatedResult): void {
    const isCutShort = session().controller?.budget?.isExceeded === true;
    if (isCutShort)
      this.#error = new Error('testmon: not every test file was reached in the time budget');
    concludeRun({ results, globalConfig: this.#globalConfig, isCutShort });
  }

  /** Jest fails a run if one of its reporters has an error. */
  getLastError(): Error | undefined {
    return this.#error;
  }
}

export = TestmonReporter;
