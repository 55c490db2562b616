import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { commandToAdd } from '../dependencies/packages/package-manager';
import { folderWith } from '../dependencies/files/paths';
import { resolveFrom, runningJest } from '../run/user-jest';
import type { OptionTable } from './arguments';
import type { RawConfig } from './reading/raw-config';
import { toolWithJest } from './tool-with-jest';

/** The part of the user's jest-config that is used here. */
export interface JestConfigModule {
  readInitialOptions(
    config: string | undefined,
    options: {
      packageRootOrConfig: string | RawConfig;
      parentConfigDirname?: string | null;
      readFromCwd?: boolean;
      skipMultipleConfigError?: boolean;
    },
  ): Promise<{ config: RawConfig; configPath: string | null }>;
  normalize(
    config: RawConfig,
    argv: Record<string, unknown>,
    configPath: string | null,
    projectIndex: number,
    isProjectOptions: boolean,
  ): Promise<{ options: RawConfig }>;
  readConfigs: unknown;
  replaceRootDirInPath(rootDir: string, file: string): string;
  constants: { JEST_CONFIG_EXT_ORDER: readonly string[] };
}

/** The part of the user's jest-cli that is used here. */
export interface JestCliModule {
  run(args: string[]): Promise<void>;
  yargsOptions?: OptionTable;
}

/** The Jest of a project. */
export interface UserJest {
  version: string;
  config: JestConfigModule;
  /** Null if only `@jest/core` is installed, which has no command line. */
  cli: JestCliModule | null;
  /** Jest's options. Empty without jest-cli. */
  optionTable: OptionTable;
}

/** Thrown if Jest is not installed. The message is a sentence for the user. */
export class JestMissingError extends Error {}

/** Thrown if the only Jest is one that jest-testmon does not support. It can still run by itself. */
export class UnusableJestError extends JestMissingError {
  /** Its command line. Null if there is none. */
  readonly cli: JestCliModule | null;

  /**
   * @param why What is wrong, as the beginning of a sentence.
   * @param fix What to do about it.
   */
  constructor(why: string, fix: string, cli: JestCliModule | null) {
    super(`testmon: ${why}, so everything runs and nothing is recorded; ${fix}.`);
    this.cli = cli;
  }
}

function unusable(version: string, why: string, cli: JestCliModule | null): UnusableJestError {
  const fix = `update it with "${commandToAdd('jest@latest')}"`;
  return new UnusableJestError(`Jest ${version} ${why}`, fix, cli);
}

const OLDEST_JEST_MAJOR = 29;

/**
 * Finds the Jest that a project uses, as Node finds packages: `jest`, else `jest-cli`, else `@jest/core`.
 * @param folders Absolute paths of the folders to search from, the most likely one first.
 * @throws {JestMissingError} If there is none, or it is not supported.
 */
function findInstalledJest(folders: readonly string[]): UserJest {
  for (const folder of folders) {
    for (const name of ['jest', 'jest-cli', '@jest/core']) {
      const entry = resolveFrom(path.join(folder, 'noop.js'), name);
      if (entry !== null) return load(entry, name);
    }
  }
  const [from = process.cwd()] = folders;
  throw new JestMissingError(`testmon: Jest was not found from ${from}; ${adviceFor(from)}.`);
}

/**
 * Finds the Jest that a project uses.
 * @param folder Absolute path of the working folder.
 * @param named Folders that the command line names. Those that name some bring the config.
 * @throws {JestMissingError} If there is none, it is not supported, or a tool of the project runs another.
 */
export function findJest(folder: string, named: readonly string[]): UserJest {
  const tool = named.length === 0 ? toolWithJest(folder) : null;
  if (tool === null) return findInstalledJest([folder, ...named]);
  const { name, version, run } = tool;
  throw new UnusableJestError(
    `${name} runs the tests of this project with ${version === null ? 'a Jest' : `Jest ${version}`} and a config of its own`,
    'jest-testmon needs a Jest config of the project, and Jest 29.2 or later',
    { run },
  );
}

/** With Plug'n'Play, Node only finds packages if it was started by Yarn. */
function adviceFor(folder: string): string {
  if (process.versions.pnp === undefined && folderWith(folder, '.pnp.cjs') !== null)
    return `this project uses Yarn Plug'n'Play, so start it through Yarn ("yarn jest-testmon")`;
  return `install it with "${commandToAdd('jest', folder)}"`;
}

/**
 * Finds the Jest that runs in this process. In a repository with several, this need not be the nearest one.
 * @param folders Used if no module of Jest is loaded, see `findInstalledJest`.
 * @throws {JestMissingError} See `findInstalledJest`.
 */
export function findRunningJest(folders: readonly string[]): UserJest {
  for (const name of ['jest-cli', '@jest/core']) {
    const [entry] = runningJest([name]);
    if (entry !== undefined) return load(entry, name);
  }
  return findInstalledJest(folders);
}

function load(entry: string, name: string): UserJest {
  const cliPath =
    name === '@jest/core' ? null : name === 'jest-cli' ? entry : resolveFrom(entry, 'jest-cli');
  const near = cliPath ?? entry;
  const configPath = resolveFrom(near, 'jest-config') ?? resolveFrom(entry, 'jest-config');
  if (configPath === null) {
    throw new JestMissingError(
      `testmon: the Jest at ${entry} has no jest-config beside it; install Jest again with "${commandToAdd('jest')}".`,
    );
  }
  const version = readVersion(configPath);
  const config = createRequire(configPath)(configPath) as JestConfigModule;
  const cli = cliPath === null ? null : (createRequire(cliPath)(cliPath) as JestCliModule);
  if (
    Number.parseInt(version, 10) < OLDEST_JEST_MAJOR ||
    typeof config.readInitialOptions !== 'function'
  )
    throw unusable(version, 'is too old for jest-testmon', cli);
  const optionTable = cliPath === null ? {} : readOptionTable(cliPath);
  // Without the table, `-i --projects a b` would be parsed differently from Jest, and test files would be lost.
  if (optionTable === null) throw unusable(version, 'does not tell jest-testmon its options', cli);
  return { version, config, cli, optionTable };
}

/** Files in which versions before 29.5 keep their options, as they do not export them: 29.0, and 29.3 or so. */
const OPTION_FILES = ['cli/args.js', 'args.js'];

/**
 * Returns Jest's own table of its command-line options.
 * @param cliPath Absolute path of the entry of `jest-cli`.
 * @returns Null if this version keeps the table somewhere else.
 */
export function readOptionTable(cliPath: string): OptionTable | null {
  const load = createRequire(cliPath);
  const { yargsOptions } = load(cliPath) as JestCliModule;
  if (yargsOptions !== undefined) return yargsOptions;
  for (const name of OPTION_FILES) {
    const file = path.join(path.dirname(cliPath), name);
    if (!fs.existsSync(file)) continue;
    const { options } = load(file) as { options?: OptionTable };
    if (options !== undefined && Object.keys(options).length > 0) return options;
  }
  return null;
}

/** Returns the version in the nearest package.json above a file. */
function readVersion(file: string): string {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    try {
      const text = fs.readFileSync(path.join(folder, 'package.json'), 'utf8');
      const { version } = JSON.parse(text) as { version?: string };
      if (version !== undefined) return version;
    } catch {
      // There is no readable package.json in this folder. Its parent may have one.
    }
    if (folder === path.dirname(folder)) return '0.0.0';
  }
}
