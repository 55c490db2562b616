import type { Config } from '@jest/types';
import { findUserEnvironment } from './environment-name';
import { ownPlugPoint } from './own-plug-point';

/** Where a composed config says what it wraps: in each transformer's options, and in the environment's. */
const KEY = 'testmon';

/** What stands behind one of our `transform` entries. */
export interface TransformHandover {
  /** Absolute path of the user's transformer; null where no transformer of theirs applies. */
  path: string | null;
  /** The user's options for it. */
  options?: unknown;
  /** False when nothing is recorded: the user's transformer then runs alone. */
  collect?: boolean;
  /**
   * The test environment of the project: one in TypeScript can only be loaded while Jest transpiles, which the
   * transformer is the first to know of. Absent where a transformer was named by hand.
   */
  environment?: string;
  /** The test runner of the project, where ours is to stand before it although no key of the config says so. */
  runner?: string;
}

/** What our environment and runner wrap. */
export interface EnvironmentHandover {
  /** The project's own environment, as Jest would find it; jest-environment-node where none is named. */
  environment?: string | null;
  /** The absolute path of the project's own test runner; jest-circus where it names none. */
  runner?: string | null;
}

/** Separates what our composition put into a project config from the options of the user's own environment. */
export function withoutHandover(config: Config.ProjectConfig): {
  handover: EnvironmentHandover;
  projectConfig: Config.ProjectConfig;
} {
  const { [KEY]: handover, ...testEnvironmentOptions } = config.testEnvironmentOptions;
  return handover === undefined
    ? { handover: {}, projectConfig: config }
    : {
        handover: handover as EnvironmentHandover,
        projectConfig: { ...config, testEnvironmentOptions },
      };
}

/**
 * A project config as it was before `composeProject`: with the user's transformers, environment and test runner. Their
 * global setup is not in it, as Jest runs it once for all projects.
 */
export function asUserWroteIt(config: Config.ProjectConfig): Config.ProjectConfig {
  const { handover, projectConfig } = withoutHandover(config);
  return {
    ...projectConfig,
    transform: config.transform.flatMap(userTransform),
    testEnvironment: findUserEnvironment(config) ?? config.testEnvironment,
    testRunner: handover.runner ?? config.testRunner,
  };
}

/** The test runner that ours is to stand before by way of the transformers; null where a key says it, or nothing. */
export function runnerBehind(config: Pick<Config.ProjectConfig, 'transform'>): string | null {
  for (const [, , given] of config.transform) {
    const { runner } = (given as { [KEY]?: TransformHandover } | undefined)?.[KEY] ?? {};
    if (runner !== undefined) return runner;
  }
  return null;
}

/** Whether our transformer stands before each one of a project: it sees what they read. */
export function wrapsAllTransformers(config: Pick<Config.ProjectConfig, 'transform'>): boolean {
  return config.transform.every(isOurs);
}

/** The user's own transformers of a project, as sorted absolute paths. A composed config wraps them. */
export function userTransformers(config: Pick<Config.ProjectConfig, 'transform'>): string[] {
  const entries = config.transform.flatMap(userTransform).filter((entry) => !isOurs(entry));
  return [...new Set(entries.map(([, file]) => file))].sort();
}

function isOurs([, file]: TransformEntry): boolean {
  return ownPlugPoint(file) === 'transform';
}

type TransformEntry = Config.ProjectConfig['transform'][number];

function userTransform([pattern, file, given]: TransformEntry): TransformEntry[] {
  const behind = (given as { [KEY]?: TransformHandover } | undefined)?.[KEY];
  if (behind === undefined) return [[pattern, file, given]];
  if (behind.path === null) return [];
  return [[pattern, behind.path, (behind.options ?? {}) as Record<string, unknown>]];
}
