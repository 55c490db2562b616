import type { AggregatedResult } from '@jest/test-result';
import type { Config } from '@jest/types';

/** What decides on Jest's exit code, of a run that came to its end. */
export interface JestResults {
  results: AggregatedResult;
  /** Null in Jest 29, where a reporter of ours is missing. */
  globalConfig: Config.GlobalConfig | null;
}

/**
 * How Jest's process comes to its end, besides what Jest says of the tests. In band, what a test leaves behind can end
 * it, or set its exit code, long after Jest called the test file passed: a timer, a promise that nobody handles.
 */
export class ProcessEnd {
  readonly #codeBefore: unknown;
  #ranDry = false;
  #diedOfError = false;
  #codeWasSet = false;

  constructor() {
    this.#codeBefore = process.exitCode;
    process.on('beforeExit', this.#onBeforeExit);
    process.on('uncaughtExceptionMonitor', this.#onUncaught);
  }

  /** Looks whether someone has set the exit code; Jest itself does so only as the process ends. */
  look(): void {
    this.#codeWasSet ||= !isSameCode(process.exitCode, this.#codeBefore);
  }

  /** Whether something has come up until now that no result of Jest's tells of. */
  get isSuspect(): boolean {
    return this.#codeWasSet || this.#diedOfError;
  }

  /**
   * Whether the process ends by itself or as Jest ends it, and with the code that the results call for. To be asked in
   * an `exit` listener that comes before Jest's own, which sets the code.
   */
  isExplained(code: number, { results, globalConfig }: JestResults): boolean {
    if (this.isSuspect || !isOfTests(results, globalConfig)) return false;
    if (this.#ranDry) return isSameCode(code, this.#codeBefore);
    if (results.success) return code === 0;
    const { forceExit = false, bail = 0, testFailureExitCode = 1 } = globalConfig ?? {};
    return (forceExit || bail !== 0) && code === testFailureExitCode;
  }

  /** Whether it was ended from outside, or as if all were well: not by an error. */
  isKilled(code: number): boolean {
    return !this.isSuspect && (code === 0 || code > SIGNAL_EXIT_CODES);
  }

  /** Whether the event loop ran dry, so that the process ends by itself. */
  get endedByItself(): boolean {
    return this.#ranDry && !this.isSuspect;
  }

  /** Stops listening. */
  forget(): void {
    process.off('beforeExit', this.#onBeforeExit);
    process.off('uncaughtExceptionMonitor', this.#onUncaught);
  }

  readonly #onBeforeExit = (): void => {
    this.look();
    this.#ranDry = true;
  };

  /** Where someone handles it, as Jest does while a test runs, the process goes on. */
  readonly #onUncaught = (): void => {
    this.#diedOfError ||= process.listenerCount('uncaughtException') === 0;
  };
}

/** A process that ends at a signal has a code above this, by the convention of shells. */
const SIGNAL_EXIT_CODES = 128;

/**
 * Whether test files alone decide on Jest's exit code, or a threshold of coverage, which counts in runs with coverage
 * only. A reporter may have failed the run for what a test did, and of a snapshot file without a test file only runs
 * tell that run a test.
 */
function isOfTests(results: AggregatedResult, globalConfig: Config.GlobalConfig | null): boolean {
  const { success, numFailedTests, numRuntimeErrorTestSuites, snapshot, runExecError } = results;
  if (runExecError !== undefined) return false;
  if (!snapshot.didUpdate && snapshot.filesRemoved > 0) return false;
  const fails = numFailedTests + numRuntimeErrorTestSuites > 0 || snapshot.failure;
  const hasThreshold =
    globalConfig?.collectCoverage === true && globalConfig.coverageThreshold !== undefined;
  return success || fails || hasThreshold;
}

function isSameCode(a: unknown, b: unknown): boolean {
  return Number(a ?? 0) === Number(b ?? 0);
}
