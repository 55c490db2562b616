/**
 * Jest's `testEnvironment`. Jest loads it in the worker for every test file and constructs it before any setup file
 * runs. It builds on whatever environment the project uses.
 */
import '../compile-cache';
import type { EnvironmentContext, JestEnvironment, JestEnvironmentConfig } from '@jest/environment';
import { withoutHandover } from '../run/handover';
import { hideRunVariables } from '../run/run-variables';
import { attach } from '../recording/attach';
import type { AnyEnvironment } from '../recording/tests/circus';
import { isCoveredByV8 } from '../interception/modules/recompiled';
import { userEnvironments } from '../recording/user-environment';

// Jest transpiles what is required while it loads this file, so a project's own TypeScript environment must be
// required now; forgetting this module makes Jest load it anew for the next test file, perhaps of another project.
userEnvironments.loadWhileTranspiling();
delete require.cache[__filename];

/** Wraps the project's environment; the instance Jest gets is one of the project's own class. */
class TestmonEnvironment {
  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    const { handover, projectConfig } = withoutHandover(config.projectConfig);
    const Base = userEnvironments.get(handover.environment);
    hideRunVariables();
    const environment: JestEnvironment = new Base({ ...config, projectConfig }, context);
    attach(
      environment as unknown as AnyEnvironment,
      {
        config: config.projectConfig,
        testPath: context.testPath,
        docblockPragmas: () => context.docblockPragmas,
        testNamePattern: config.globalConfig.testNamePattern,
        coveredByV8: isCoveredByV8(config.globalConfig),
        updatesSnapshots: config.globalConfig.updateSnapshot === 'all',
      },
      true,
    );
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Jest takes what `new` gives.
    return environment;
  }
}

export = TestmonEnvironment;
