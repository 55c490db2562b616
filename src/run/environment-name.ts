import * as path from 'node:path';
import type { Config } from '@jest/types';
import { getOrCreate } from '../dependencies/get-or-create';
import { swallowed } from '../terminal/debug';
import { ownPlugPoint } from './own-plug-point';
import { fromJest } from './user-jest';

/** The keys of a project config that decide which test environment a project uses. */
export type NamesEnvironment = Pick<
  Config.ProjectConfig,
  'rootDir' | 'testEnvironment' | 'testEnvironmentOptions'
>;

/** The test environments of jest-testmon, and the environment that each one extends. Null if the options name it. */
const BUILT_ON: ReadonlyMap<string, string | null> = new Map([
  ['environment', null],
  ['environment-jsdom', 'jsdom'],
  ['environment-node', 'node'],
]);

/**
 * Returns the environment that one of our test environments extends. Null if the options name it; undefined if the
 * file is not one of ours.
 */
function extendedEnvironment(file: string): string | null | undefined {
  const name = ownPlugPoint(file);
  return name === null ? undefined : BUILT_ON.get(name);
}

/**
 * Returns the name of the test environment that a project uses, as the config spells it. If the config names one of
 * ours, returns the name of the environment that ours extends.
 * @throws {TypeError} If `testEnvironmentOptions.testmon.environment` is not a string.
 */
export function environmentName(config: Omit<NamesEnvironment, 'rootDir'>): string {
  const { testEnvironment, testEnvironmentOptions } = config;
  const own = extendedEnvironment(testEnvironment);
  if (own === undefined) return testEnvironment;
  const { environment } = (testEnvironmentOptions['testmon'] ?? {}) as { environment?: unknown };
  const name = own ?? environment ?? 'node';
  if (typeof name === 'string') return name;
  throw new TypeError(
    `testmon: testEnvironmentOptions.testmon.environment must name a test environment, such as 'jsdom', not ${JSON.stringify(name)}.`,
  );
}

/**
 * Returns the absolute path of the test environment that a project uses.
 * @throws {Error} If it is not installed. The message is Jest's.
 */
export function userEnvironment(config: NamesEnvironment): string {
  return resolveEnvironment(environmentName(config), config.rootDir);
}

/** Like `userEnvironment`, but returns null instead of throwing. */
export function findUserEnvironment(config: NamesEnvironment): string | null {
  try {
    return userEnvironment(config);
  } catch (error) {
    swallowed('run', error, 'finding the test environment; every test file fails, and shows why');
    return null;
  }
}

/** Resolved paths, by folder and name. */
const resolved = new Map<string, string>();

/**
 * Resolves a test environment as Jest does: by a short name such as `jsdom`, by package, or by path.
 * @param name The name as the config spells it.
 * @param rootDir Absolute path of the project.
 * @returns The absolute path.
 * @throws {Error} If it is not installed. The message is Jest's.
 */
export function resolveEnvironment(name: string, rootDir: string): string {
  if (path.isAbsolute(name)) return name;
  return getOrCreate(resolved, `${rootDir}\0${name}`, () => {
    const { resolveTestEnvironment } = fromJest(
      'jest-resolve',
      rootDir,
    )('jest-resolve') as typeof import('jest-resolve');
    return resolveTestEnvironment({
      rootDir,
      testEnvironment: expandName(name, rootDir),
      requireResolveFunction: (wanted) => fromJest(wanted, rootDir).resolve(wanted),
    });
  });
}

/**
 * Expands `<rootDir>`, which Jest itself only does in its own keys. `happy-dom` needs a rule because Jest would
 * resolve it to the package of that name, which is not a test environment.
 */
function expandName(name: string, rootDir: string): string {
  return name === 'happy-dom' ? '@happy-dom/jest-environment' : name.replace('<rootDir>', rootDir);
}
