import * as path from 'node:path';
import { commandToAdd } from '../dependencies/packages/package-manager';
import { readArguments, withoutOptions, type GivenArguments } from './arguments';
import { readCommandLine } from './command-line';
import { compose } from './compose';
import { publishComposition } from './composition';
import { holdConfig } from './reading/held-config';
import { toArgv } from './reading/argv';
import { loadConfigs } from './reading/load';
import { announceOptions } from '../run/run-variables';
import { normaliseOptions, optionsAsVariables, type Options, type UserOptions } from './options';
import { collectOptions } from './reading/uncomposed';
import { findJest, JestMissingError, type JestCliModule, type UserJest } from './user-jest';
import { warn } from './warn';

/** A config that Jest reads from this file is the one that is held in memory. */
const ENTRY = path.join(__dirname, `entry${path.extname(__filename)}`);

/** Options of Jest that set what we wrap: the composed config holds them, and Jest must not lay them over it again. */
const FOLDED = new Set([
  'config',
  'globalSetup',
  'passWithNoTests',
  'projects',
  'reporters',
  'testEnvironment',
  'testEnvironmentOptions',
  'testRunner',
  'testSequencer',
  'transform',
]);

/** What the composed config says anyway. */
const SEPARATOR = '--passWithNoTests=true';

/** The Jest of a project with the command line that it is to be run by. */
export interface ProjectJest {
  jest: UserJest;
  cli: JestCliModule;
}

/**
 * Makes this process look to configs and tests like one that Jest's own command started.
 * @param args What is for Jest.
 * @param flags What our own options say, unchecked.
 * @param spell How a message names one of our options.
 */
export function prepareProcess(
  args: readonly string[],
  flags: UserOptions,
  spell: (name: keyof Options) => string,
): void {
  process.env['NODE_ENV'] ??= 'test';
  process.argv.splice(2, Infinity, ...args);

  const { options, problems } = normaliseOptions(flags, {}, spell);
  problems.forEach(warn);
  const given = Object.keys(flags) as (keyof UserOptions)[];
  // A `withTestmon` in the project's config reads the same options from there.
  announceOptions(
    optionsAsVariables(Object.fromEntries(given.map((name) => [name, options[name]]))),
  );
}

/**
 * The Jest that a command line would be run by.
 * @throws {JestMissingError} Where there is none, or it has no command line.
 */
export function findProjectJest(args: readonly string[]): ProjectJest {
  const jest = findJest(foldersToSearch(args));
  if (jest.cli !== null) return { jest, cli: jest.cli };
  throw new JestMissingError(
    `testmon: Jest's command line was not found beside the Jest ${jest.version} of this project; install it with "${commandToAdd('jest')}".`,
  );
}

/** Jest may be installed where the command runs, or only where it points to. */
function foldersToSearch(args: readonly string[]): string[] {
  const { options } = readArguments(args, {});
  const paths = (...names: string[]) =>
    options
      .filter(({ name }) => names.includes(name))
      .map(({ value }) => value)
      .filter((value) => typeof value === 'string' && !value.startsWith('{'))
      .map((value) => path.resolve(String(value)));
  const configFolders = paths('config', 'c').map((file) => path.dirname(file));
  return [process.cwd(), ...paths('rootDir'), ...configFolders];
}

/**
 * Composes ours into a project's config, in memory.
 * @returns The arguments that run Jest with it, or null where testmon is switched off.
 * @throws {UserConfigError} Where Jest refuses the config, which it says itself when it reads it.
 * @throws {CompositionError} Where composing is impossible.
 */
export async function composeArguments(
  jest: UserJest,
  args: readonly string[],
): Promise<string[] | null> {
  if (!normaliseOptions(undefined, process.env).options.enabled) return null;
  const given = readArguments(args, jest.optionTable);
  return (await composeGiven(jest, given))
    ? [`--config=${ENTRY}`, ...withoutOptions(args, given, FOLDED, SEPARATOR)]
    : null;
}

async function composeGiven(jest: UserJest, given: GivenArguments): Promise<boolean> {
  const argv = toArgv(given, jest.optionTable);
  const { result: loaded, options: fromConfig } = await collectOptions(() =>
    loadConfigs(jest.config, argv),
  );
  const { options, problems } = normaliseOptions(fromConfig, process.env);
  problems.forEach(warn);
  if (!options.enabled) return false;
  const command = readCommandLine(given);
  const composed = await compose(loaded, { jest: jest.config, options, command, by: 'command' });
  // Spelled out, because Jest would derive both from the place of our entry file.
  const { rootDir, id } = loaded.root.effective;
  holdConfig({ ...composed.config, rootDir, id });
  publishComposition(composed.composition);
  return true;
}
