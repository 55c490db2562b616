import * as path from 'node:path';
import type { Config } from '@jest/types';
import { getOrCreate } from '../dependencies/get-or-create';
import { swallowed } from '../terminal/debug';
import { ownPlugPoint } from './own-plug-point';
import { fromJest } from './user-jest';

/** What of a project config tells which test environment the project uses. */
export type NamesEnvironment = Pick<
  Config.ProjectConfig,
  'rootDir' | 'testEnvironment' | 'testEnvironmentOptions'
>;

/** Our test environments: what each builds on, null where the options name it. */
const BUILT_ON: ReadonlyMap<string, string | null> = new Map([
  ['environment', null],
  ['environment-jsdom', 'jsdom'],
  ['environment-node', 'node'],
]);

/** What a test environment of ours builds on by its own name: null where the options name it, undefined for any other. */
function builtOn(file: string): string | null | undefined {
  const name = ownPlugPoint(file);
  return name === null ? undefined : BUILT_ON.get(name);
}

/** The test environment that a project uses, as its config names it; where that is ours, what ours builds on. */
export function environmentName(config: Omit<NamesEnvironment, 'rootDir'>): string {
  const { testEnvironment, testEnvironmentOptions } = config;
  const own = builtOn(testEnvironment);
  if (own === undefined) return testEnvironment;
  const { environment } = (testEnvironmentOptions['testmon'] ?? {}) as { environment?: unknown };
  const name = own ?? environment ?? 'node';
  if (typeof name === 'string') return name;
  throw new TypeError(
    `testmon: testEnvironmentOptions.testmon.environment must name a test environment, such as 'jsdom', not ${JSON.stringify(name)}.`,
  );
}

/**
 * The file of the test environment that a project uses.
 * @throws Where it is not installed: what Jest says of it.
 */
export function userEnvironment(config: NamesEnvironment): string {
  return resolveEnvironment(environmentName(config), config.rootDir);
}

/** The same, or null where that would throw. */
export function findUserEnvironment(config: NamesEnvironment): string | null {
  try {
    return userEnvironment(config);
  } catch (error) {
    swallowed('run', error, 'finding the test environment; every test file fails, and shows why');
    return null;
  }
}

/** By the folder and the name that were asked for. */
const resolved = new Map<string, string>();

/**
 * The file of a test environment, found as Jest finds it: by a short name such as `jsdom`, a package or a path.
 * @param name What the config says.
 * @throws Where there is none: what Jest says of it.
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
      testEnvironment: inFull(name, rootDir),
      requireResolveFunction: (wanted) => fromJest(wanted, rootDir).resolve(wanted),
    });
  });
}

/** Jest replaces `<rootDir>` in its own keys alone, and takes `happy-dom` for the package without an environment. */
function inFull(name: string, rootDir: string): string {
  return name === 'happy-dom' ? '@happy-dom/jest-environment' : name.replace('<rootDir>', rootDir);
}
