import { createRequire } from 'node:module';
import type { TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { isCoveredByV8 } from '../interception/modules/recompiled';
import { replace } from '../interception/patched';
import { runnerBehind } from '../run/handover';
import { OWN_FOLDER } from '../run/own-frames';
import { swallowed } from '../terminal/debug';
import { attach, frameworkLoads, noteOutcome, noteScripts } from './attach';
import { scriptsOf, watchScripts, type V8Coverage } from './coverage/scripts-reader';
import { leftOutIn, leftOutResult } from './left-out';
import { toolInputs } from './inputs/tool-inputs';
import type { AnyEnvironment } from './tests/circus';
import {
  docblockEnvironment,
  nothingFailed,
  originals,
  prepareRun,
  readPragmas,
  type TestFramework,
} from './user-runner';

/** The arguments with which Jest calls a test runner. */
export type RunnerCall = Parameters<TestFramework>;

/**
 * Runs a test file with the project's own test runner. If a docblock chose an environment that is not ours, it
 * attaches the recorder first. Uses `then` because an `await` would put this function into the stack trace of every
 * failure.
 * @param runner The project's test runner. Null for jest-circus of the project's Jest.
 */
export function runRecorded(
  runner: string | null | undefined,
  call: RunnerCall,
): Promise<TestResult> {
  const [globalConfig, config, environment, runtime, testPath] = call;
  const recorded = environment as unknown as AnyEnvironment;
  const leftOut = leftOutIn(recorded, config, testPath);
  if (leftOut !== null) return Promise.resolve(leftOutResult(leftOut));
  attach(
    recorded,
    {
      config,
      testPath,
      docblockPragmas: () => readPragmas(testPath),
      chosenEnvironment: () => docblockEnvironment(config, readPragmas(testPath)),
      testNamePattern: globalConfig.testNamePattern,
      coveredByV8: isCoveredByV8(globalConfig),
      coveredByCounters: globalConfig.collectCoverage && !isCoveredByV8(globalConfig),
      updatesSnapshots: globalConfig.updateSnapshot === 'all',
    },
    false,
  );
  if (isCoveredByV8(globalConfig)) {
    const note = (counted: V8Coverage) =>
      noteScripts(recorded, (root) => scriptsOf(counted, { globalConfig, config, root }));
    // Otherwise Jest does not ask V8. Source: jest-runner, `runTestInternal`.
    if (typeof environment.getVmContext === 'function') watchScripts(runtime, note);
    else note([]);
  }
  return prepareRun(config, runner, testPath).then(({ run, snapshot, isCircus }) => {
    if (isCircus) frameworkLoads(recorded);
    return run(...call).then(
      (result) => {
        noteOutcome(recorded, nothingFailed(result) ? 'passed' : 'failed', snapshot);
        return result;
      },
      (error: unknown) => {
        noteOutcome(recorded, 'failed', snapshot);
        throw error;
      },
    );
  });
}

/** By the path of a test runner that ours replaces: what its module exports now. */
const stoodBefore = new Map<string, unknown>();

/**
 * Makes Jest find our test runner where it requires the project's, because no key of the config names ours. A test
 * runner that Jest would have to transpile or import is left alone.
 */
export function standBefore(runner: string): void {
  if (!/\.c?js$/.test(runner)) return;
  try {
    const load = createRequire(__filename);
    const exported = toolInputs.during(runner, () => load(runner) as unknown);
    if (exported === stoodBefore.get(runner)) return;
    const module = load.cache[load.resolve(runner)];
    const { default: named } = exported as { default?: TestFramework };
    const original = named ?? (exported as TestFramework);
    if (module === undefined || typeof original !== 'function') return;
    // Other projects of this process may use the same test runner without recording.
    const recorded: TestFramework = (...call) =>
      runnerBehind(call[1]) === null ? original(...call) : runRecorded(runner, call);
    originals.set(recorded, original);
    const inFront: unknown =
      named === undefined
        ? recorded
        : Object.create(exported as object, { default: { value: recorded, enumerable: true } });
    replace('runnerModule', module, 'exports', inFront);
    stoodBefore.set(runner, inFront);
  } catch (error) {
    swallowed('recording', error, `loading the test runner ${runner}; Jest does so itself`);
  }
}

/** Whether Jest runs the test files of a project with our test runner. */
export function isRunByOurs(config: Config.ProjectConfig): boolean {
  const runner = runnerBehind(config);
  return runner === null ? config.testRunner.startsWith(OWN_FOLDER) : stoodBefore.has(runner);
}
