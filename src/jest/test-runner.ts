/**
 * Jest's `testRunner`. Jest calls it in the worker once per test file, after the setup files. It runs the project's
 * own test runner, and attaches the recorder where a docblock chose an environment that is not ours.
 */
import { withoutHandover } from '../run/handover';
import { attach, frameworkLoads, noteOutcome } from '../recording/attach';
import type { AnyEnvironment } from '../recording/tests/circus';
import { isCoveredByV8 } from '../interception/modules/recompiled';
import {
  docblockEnvironment,
  nothingFailed,
  prepareRun,
  readPragmas,
  type TestFramework,
} from '../recording/user-runner';

/** Chained by `then` alone: an `await` would put this function into the stack trace of every failure. */
const testmonRunner: TestFramework = (
  globalConfig,
  config,
  environment,
  runtime,
  testPath,
  sendMessageToJest,
) => {
  const recorded = environment as unknown as AnyEnvironment;
  const { handover } = withoutHandover(config);
  attach(
    recorded,
    {
      config,
      testPath,
      docblockPragmas: () => readPragmas(testPath),
      environmentFiles: () => docblockEnvironment(config, testPath),
      testNamePattern: globalConfig.testNamePattern,
      coveredByV8: isCoveredByV8(globalConfig),
      updatesSnapshots: globalConfig.updateSnapshot === 'all',
    },
    false,
  );
  return prepareRun(config, handover.runner, testPath).then(({ run, snapshot, isCircus }) => {
    if (isCircus) frameworkLoads(recorded);
    return run(globalConfig, config, environment, runtime, testPath, sendMessageToJest).then(
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
};

export = testmonRunner;
