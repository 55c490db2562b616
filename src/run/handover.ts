import type { Config } from '@jest/types';
import { findUserEnvironment } from './environment-name';
import { ownPlugPoint } from './own-plug-point';

/**
 * The key in the options of each transformer and of the environment under which a composed config stores what it
 * wraps.
 */
const KEY = 'testmon';

/** What one of our `transform` entries wraps. */
export interface TransformHandover {
  /** Absolute path of the user's transformer. Null if the user has no transformer for these files. */
  path: string | null;
  /** The user's options for that transformer. */
  options?: unknown;
  /** False if the run records nothing. Then only the user's transformer runs. */
  collect?: boolean;
  /**
   * The project's test environment. If it is written in TypeScript it can only be loaded once Jest transpiles, and
   * the transformer is the first to know when that is. Absent if the user wrote the transformer entry by hand.
   */
  environment?: string;
  /** The project's test runner, if ours has to run before it and no config key could be set for that. */
  runner?: string;
}

/** What our test environment and our test runner wrap. */
export interface EnvironmentHandover {
  /** The project's own environment, as Jest would find it. By default `jest-environment-node`. */
  environment?: string | null;
  /** Absolute path of the project's own test runner. By default `jest-circus`. */
  runner?: string | null;
}

/** Separates our own entry in `testEnvironmentOptions` from the options of the user's environment. */
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
 * Undoes `composeProject`: returns the project config with the user's transformers, environment and test runner. The
 * user's global setup is not restored, because Jest runs it once for all projects.
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

/** Returns the test runner that our transformer is to wrap (see `TransformHandover.runner`). Null if there is none. */
export function runnerBehind(config: Pick<Config.ProjectConfig, 'transform'>): string | null {
  for (const [, , given] of config.transform) {
    const { runner } = (given as { [KEY]?: TransformHandover } | undefined)?.[KEY] ?? {};
    if (runner !== undefined) return runner;
  }
  return null;
}

/** Whether Jest would run a file as it is written, were it not for our transformer. @param config Of its project. */
export function isUntransformed(config: object, file: string): boolean {
  const { transform } = config as Pick<Config.ProjectConfig, 'transform'>;
  const entry = transform.find(([pattern]) => patternOf(pattern).test(file));
  const behind = (entry?.[2] as { [KEY]?: TransformHandover } | undefined)?.[KEY];
  return behind?.path === null;
}

/** Jest makes one of each pattern as well. */
const patterns = new Map<string, RegExp>();

function patternOf(text: string): RegExp {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  const pattern = new RegExp(text);
  patterns.set(text, pattern);
  return pattern;
}

/** Whether our transformer wraps all transformers of a project. If so, it sees every file that they read. */
export function wrapsAllTransformers(config: Pick<Config.ProjectConfig, 'transform'>): boolean {
  return config.transform.every(isOurs);
}

/**
 * Returns the absolute paths of the user's own transformers, sorted. In a composed config these are the wrapped ones.
 */
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
