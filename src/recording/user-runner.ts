import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import type { JestEnvironment } from '@jest/environment';
import type { TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { importClosure } from '../dependencies/resolution/imports';
import { packageFolder } from '../dependencies/files/paths';
import { getOrCreate } from '../dependencies/get-or-create';
import { InstalledPackages } from '../dependencies/packages/installed';
import { packageNamesIn, packagesBeneath } from '../dependencies/packages/tool-packages';
import { importFile } from '../run/import-file';
import { resolveEnvironment, userEnvironment } from '../run/environment-name';
import { fromJest } from '../run/user-jest';
import { unobserved } from '../interception/observer';
import { swallowed } from '../terminal/debug';
import { toolInputs } from './inputs/tool-inputs';

/** Jest's runtime. It is passed on and never inspected. */
export type RunnerRuntime = object;

/** Source: `@jest/types` and jest-runner, `TestFramework`. */
export type TestFramework = (
  globalConfig: Config.GlobalConfig,
  config: Config.ProjectConfig,
  environment: JestEnvironment,
  runtime: RunnerRuntime,
  testPath: string,
  sendMessageToJest?: unknown,
) => Promise<TestResult>;

/** What is needed to run one test file. */
export interface PreparedRun {
  run: TestFramework;
  /** Absolute path of the test file's snapshot. Null if unknown. */
  snapshot: string | null;
  /** Whether it is jest-circus, which loads itself into the environment and reports when it has. */
  isCircus: boolean;
}

/** @param runner The project's own test runner. Null for jest-circus of the project's Jest. */
export async function prepareRun(
  config: Config.ProjectConfig,
  runner: string | null | undefined,
  testPath: string,
): Promise<PreparedRun> {
  const file = runner ?? fromJest('jest-circus').resolve('jest-circus/runner');
  return {
    run: await loadRunner(file),
    snapshot: await snapshotPath(config, testPath),
    isCircus: /[\\/]jest-circus[\\/]/.test(file),
  };
}

/** By our test runner: the one that it replaces. See `standBefore`. */
export const originals = new WeakMap<TestFramework, TestFramework>();

async function loadRunner(runner: string): Promise<TestFramework> {
  const module = runner.endsWith('.mjs')
    ? await toolInputs.duringAsync(runner, () => importFile(runner))
    : toolInputs.during(runner, () => createRequire(__filename)(runner) as unknown);
  const { default: named } = module as { default?: TestFramework };
  const run = named ?? (module as TestFramework);
  return originals.get(run) ?? run;
}

/** Whether nothing in a test file failed. */
export function nothingFailed(result: TestResult): boolean {
  return result.numFailingTests === 0 && !result.testExecError && !result.failureMessage;
}

/** The pragmas of a test file's docblock, as Jest reads them. */
export function readPragmas(testPath: string): Record<string, string | string[]> {
  return unobserved(() => {
    const { extract, parse } = fromJest('jest-docblock')(
      'jest-docblock',
    ) as typeof import('jest-docblock');
    return parse(extract(fs.readFileSync(testPath, 'utf8')));
  });
}

/** An environment that does not belong to its project's own tool chain. All paths are absolute. */
export interface ChosenEnvironment {
  file: string;
  /** Its files in the project, and the package.json files of all packages beneath it. */
  files: readonly string[];
}

/**
 * The environment that the docblock of a test file chose.
 * @param config Includes the options of the docblock, if Jest has put them there.
 * @returns Null if no docblock chose one, or if it cannot be resolved.
 */
export function docblockEnvironment(
  config: Config.ProjectConfig,
  pragmas: Record<string, string | string[]>,
): ChosenEnvironment | null {
  const [chosen] = [pragmas['jest-environment']].flat();
  if (chosen === undefined && !String(pragmas['jest-environment-options']).includes('"testmon"'))
    return null;
  return unobserved(() => {
    try {
      const { rootDir } = config;
      const testEnvironment =
        chosen === undefined ? config.testEnvironment : resolveEnvironment(chosen, rootDir);
      const file = userEnvironment({ ...config, testEnvironment });
      return { file, files: environmentFiles.of(file, rootDir) };
    } catch (error) {
      swallowed('recording', error, 'finding the environment of a docblock; Jest says so too');
      return null;
    }
  });
}

/** The files of environments, found once per process, because a process keeps the environments that it loaded. */
class EnvironmentFiles {
  readonly #byEnvironment = new Map<string, readonly string[]>();

  /**
   * The files of an environment in the project, and the package.json files of all packages beneath it.
   * @param file Absolute path of the environment.
   * @returns Absolute paths.
   */
  of(file: string, rootDir: string): readonly string[] {
    return getOrCreate(this.#byEnvironment, file, () => this.#find(file, rootDir));
  }

  #find(file: string, rootDir: string): readonly string[] {
    const own = packageFolder(file) === null ? importClosure([file]) : [];
    const texts = own.map((name) => fs.readFileSync(name, 'utf8'));
    const packages = packagesBeneath(
      [file, ...texts.flatMap(packageNamesIn)],
      [rootDir],
      new InstalledPackages(),
    );
    return [...own, file, ...packages.map((folder) => path.join(folder, 'package.json'))];
  }
}

/** The instance of this process. */
const environmentFiles = new EnvironmentFiles();

interface SnapshotResolver {
  resolveSnapshotPath(testPath: string): string;
}

/** The path of a test file's snapshot, whether it exists or not. Null if unknown. */
async function snapshotPath(
  config: Config.ProjectConfig,
  testPath: string,
): Promise<string | null> {
  const usual = path.join(
    path.dirname(testPath),
    '__snapshots__',
    `${path.basename(testPath)}.snap`,
  );
  const custom: unknown = config.snapshotResolver;
  if (typeof custom !== 'string') return usual;
  try {
    const module = (await unobserved(() => importFile(custom))) as {
      default: SnapshotResolver;
    };
    return module.default.resolveSnapshotPath(testPath);
  } catch {
    // Only Jest's own transpiling can load this resolver. Reads of the snapshot are observed anyway.
    return null;
  }
}
