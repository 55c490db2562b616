import type { Config } from '@jest/types';

/** The key in `testEnvironmentOptions` by which a composed config tells its workers what was wrapped. */
const KEY = 'testmon';

/** What a composed config wraps, as absolute paths. */
export interface Handover {
  /** The project's own environment; jest-environment-node where it names none. */
  environment?: string | null;
  /** The project's own test runner; jest-circus where it names none. */
  runner?: string | null;
}

/** Separates what our composition put into a project config from what the user wrote. */
export function withoutHandover(config: Config.ProjectConfig): {
  handover: Handover;
  projectConfig: Config.ProjectConfig;
} {
  const { [KEY]: handover, ...testEnvironmentOptions } = config.testEnvironmentOptions;
  return handover === undefined
    ? { handover: {}, projectConfig: config }
    : { handover: handover as Handover, projectConfig: { ...config, testEnvironmentOptions } };
}
