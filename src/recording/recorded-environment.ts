import type { EnvironmentContext, JestEnvironment, JestEnvironmentConfig } from '@jest/environment';
import { isCoveredByV8 } from '../interception/modules/recompiled';
import { settlePending } from '../interception/observer';
import { resolveEnvironment, userEnvironment } from '../run/environment-name';
import { withoutHandover } from '../run/handover';
import { hideRunVariables, putBack } from '../run/run-variables';
import { attach } from './attach';
import { decideLeftOut, leftOutTests, type LeftOutTest } from './left-out';
import { isRunByOurs } from './recorded-runner';
import type { AnyEnvironment } from './tests/circus';
import { makeEnvironment, userEnvironments } from './user-environment';
import { docblockEnvironment } from './user-runner';

/** What Jest constructs for each test file. */
export type RecordedEnvironment = new (
  config: JestEnvironmentConfig,
  context: EnvironmentContext,
) => object;

/**
 * A test environment that is recorded. It wraps the project's own environment. Jest gets an instance of that class.
 * @param file The plug point. Its name may say which environment it wraps.
 */
export function recordedEnvironment(file: string): RecordedEnvironment {
  return class TestmonEnvironment {
    constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
      const { projectConfig: given, globalConfig } = config;
      const { projectConfig } = withoutHandover(given);
      const leftOut = isRunByOurs(given) ? leftOutTests(given, context.testPath) : null;
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Jest gets this value.
      if (leftOut !== null) return leftOutEnvironment(config, context, leftOut);
      const own = userEnvironment({ ...given, testEnvironment: file });
      const Base = userEnvironments.get(own);
      hideRunVariables();
      const environment: JestEnvironment = makeEnvironment(
        own,
        () => new Base({ ...config, projectConfig }, context),
      );
      attach(
        environment as unknown as AnyEnvironment,
        {
          config: given,
          testPath: context.testPath,
          environmentFile: own,
          docblockPragmas: () => context.docblockPragmas,
          chosenEnvironment: () => docblockEnvironment(given, context.docblockPragmas),
          testNamePattern: globalConfig.testNamePattern,
          coveredByV8: isCoveredByV8(globalConfig),
          coveredByCounters: globalConfig.collectCoverage && !isCoveredByV8(globalConfig),
          updatesSnapshots: globalConfig.updateSnapshot === 'all',
        },
        true,
      );
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Jest gets this value.
      return environment;
    }
  };
}

/**
 * The environment of a test file that is not loaded. It is the lightest one, and Jest runs no setup files in it. In
 * Jest's own process the next test file has the same config, so the list of setup files is restored.
 */
function leftOutEnvironment(
  { globalConfig, projectConfig: given }: JestEnvironmentConfig,
  context: EnvironmentContext,
  tests: LeftOutTest[],
): JestEnvironment {
  const Base = userEnvironments.get(resolveEnvironment('node', given.rootDir));
  hideRunVariables();
  const projectConfig = { ...given, testEnvironmentOptions: {} };
  const environment: JestEnvironment = new Base({ globalConfig, projectConfig }, context);
  putBack();
  settlePending(null);
  decideLeftOut(environment as unknown as AnyEnvironment, tests);
  const { setupFiles } = given;
  if (Object.isFrozen(setupFiles)) return environment;
  const files = setupFiles.splice(0);
  // Jest goes through the list before it waits for anything.
  queueMicrotask(() => setupFiles.push(...files));
  return environment;
}
