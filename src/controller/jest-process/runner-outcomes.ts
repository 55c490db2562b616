import type { Test, TestResult } from '@jest/test-result';

/** Receives each outcome that a runner reports to Jest. The result is null if the test file could not be run. */
export type OutcomeListener = (test: Test, result: TestResult | null) => void;

/** The parts of a runner that are used here. Source: jest-runner, `EmittingTestRunner` and `CallbackTestRunner`. */
interface Runner {
  supportsEventEmitters?: boolean;
  on?(event: string, listener: (data: unknown[]) => void): () => void;
  runTests: (this: Runner, ...args: unknown[]) => Promise<unknown>;
}

/** Positions of `onResult` and `onFailure` among the arguments that a runner without events gets. */
const [RESULT, FAILURE] = [3, 4];

const LISTENING = Symbol.for('jest-testmon.runner-outcomes');

/**
 * Adds a listener to all runners of a class. Jest makes a runner for each run, from the class that it has loaded, so this
 * works for a class whose runners have not been made yet. A second call for the same class does nothing.
 * @param runnerClass What the module of the runner exports.
 * @throws {TypeError} If it is not a class of runners.
 */
export function listenToRunners(runnerClass: unknown, listener: OutcomeListener): void {
  const { prototype } = runnerClass as { prototype: Runner & { [LISTENING]?: true } };
  if (prototype[LISTENING] === true) return;
  const { runTests } = prototype;
  if (typeof runTests !== 'function') throw new TypeError('a runner has no method runTests');
  const heed = (data: unknown[]): void =>
    listener(data[0] as Test, (data[1] ?? null) as TestResult);
  const fail = (data: unknown[]): void => listener(data[0] as Test, null);
  prototype[LISTENING] = true;
  prototype.runTests = async function (this: Runner, ...args: unknown[]): Promise<unknown> {
    if (this.supportsEventEmitters === true) {
      const ends = [this.on?.('test-file-success', heed), this.on?.('test-file-failure', fail)];
      try {
        return await runTests.apply(this, args);
      } finally {
        for (const end of ends) end?.();
      }
    }
    return await runTests.apply(
      this,
      args.map((argument, place) => {
        if (typeof argument !== 'function' || (place !== RESULT && place !== FAILURE))
          return argument;
        return (...data: unknown[]): unknown => {
          (place === RESULT ? heed : fail)(data);
          return (argument as (...given: unknown[]) => unknown)(...data);
        };
      }),
    );
  };
}
