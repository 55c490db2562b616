import type { AggregatedResult } from '@jest/test-result';
import type { Config } from '@jest/types';

/** What Jest's exit code depends on, for a run that finished. */
export interface JestResults {
  results: AggregatedResult;
  /** Null in Jest 29 without our reporter. */
  globalConfig: Config.GlobalConfig | null;
  /** Whether our reporter fails the run, as test files were not reached in its time. */
  isCutShort?: boolean;
}

/**
 * Observes how Jest's process ends. If tests run in this process, code that a test leaves behind can end it or set
 * its exit code long after Jest reported that the test file passed. Examples are a timer and an unhandled rejection.
 */
export class ProcessEnd {
  #codeBefore: unknown;
  #ranDry = false;
  #diedOfError = false;
  #codeWasSet = false;

  constructor() {
    this.#codeBefore = process.exitCode;
    process.on('beforeExit', this.#onBeforeExit);
    process.on('uncaughtExceptionMonitor', this.#onUncaught);
  }

  /** Checks whether the exit code was set. Jest itself sets it only when the process ends. */
  look(): void {
    this.#codeWasSet ||= !isSameCode(process.exitCode, this.#codeBefore);
  }

  /** Sets the exit code of the process. That is no sign of a test that did so. */
  setCode(code: number): void {
    this.look();
    process.exitCode = code;
    this.#codeBefore = code;
  }

  /** Whether something has happened so far that Jest's results do not show. */
  get isSuspect(): boolean {
    return this.#codeWasSet || this.#diedOfError;
  }

  /**
   * Whether the process ends by itself or by Jest, with the exit code that the results lead to. Must be called in an
   * `exit` listener that runs before Jest's own, which sets the code.
   */
  isExplained(code: number, jest: JestResults): boolean {
    const { results, globalConfig } = jest;
    if (this.isSuspect || !isOfTests(jest)) return false;
    if (this.#ranDry) return isSameCode(code, this.#codeBefore);
    if (results.success) return code === 0;
    const { forceExit = false, bail = 0, testFailureExitCode = 1 } = globalConfig ?? {};
    return (forceExit || bail !== 0) && code === testFailureExitCode;
  }

  /** Whether the process was ended from outside or with exit code 0, but not by an error. */
  isKilled(code: number): boolean {
    return !this.isSuspect && (code === 0 || code > SIGNAL_EXIT_CODES);
  }

  /** Whether the process ends because the event loop is empty. */
  get endedByItself(): boolean {
    return this.#ranDry && !this.isSuspect;
  }

  /** Stops observing. */
  forget(): void {
    process.off('beforeExit', this.#onBeforeExit);
    process.off('uncaughtExceptionMonitor', this.#onUncaught);
  }

  readonly #onBeforeExit = (): void => {
    this.look();
    this.#ranDry = true;
  };

  /** If another listener handles the error, as Jest's does during a test, the process continues. */
  readonly #onUncaught = (): void => {
    this.#diedOfError ||= process.listenerCount('uncaughtException') === 0;
  };
}

/** By the convention of shells, a process that a signal ends has an exit code above this. */
const SIGNAL_EXIT_CODES = 128;

/**
 * Whether Jest's exit code depends only on test files, and in coverage runs on thresholds. Otherwise a reporter may
 * have failed the run because of a test, or a snapshot file has no test file, which Jest only reports in runs of a
 * test.
 */
function isOfTests({ results, globalConfig, isCutShort = false }: JestResults): boolean {
  const { success, numFailedTests, numRuntimeErrorTestSuites, snapshot, runExecError } = results;
  if (runExecError !== undefined) return false;
  if (!snapshot.didUpdate && snapshot.filesRemoved > 0) return false;
  const fails = numFailedTests + numRuntimeErrorTestSuites > 0 || snapshot.failure;
  const hasThreshold =
    globalConfig?.collectCoverage === true && globalConfig.coverageThreshold !== undefined;
  return success || fails || hasThreshold || isCutShort;
}

function isSameCode(a: unknown, b: unknown): boolean {
  return Number(a ?? 0) === Number(b ?? 0);
}
