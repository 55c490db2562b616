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

/** The config file that Jest is told to read. It exports the config that is held in memory. */
const ENTRY = path.join(__dirname, `entry${path.extname(__filename)}`);

/**
 * Options of Jest that set what we wrap. The composed config contains their values, so Jest must not apply them
 * again.
 */
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

/** An option without effect, because the composed config sets the same value. */
const SEPARATOR = '--passWithNoTests=true';

/** The Jest of a project with its command line. */
export interface ProjectJest {
  jest: UserJest;
  cli: JestCliModule;
}

/**
 * Sets up this process so that configs and tests see the same environment as under Jest's own command.
 * @param args Arguments for Jest.
 * @param flags Our own options, not validated yet.
 * @param spell Returns the name of one of our options for a message.
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
  // A `withTestmon` in the project's config reads the options from these variables.
  announceOptions(
    optionsAsVariables(Object.fromEntries(given.map((name) => [name, options[name]]))),
  );
}

/**
 * Finds the Jest that a command line would use.
 * @throws {JestMissingError} If there is none, or it has no command line.
 */
export function findProjectJest(args: readonly string[]): ProjectJest {
  const jest = findJest(process.cwd(), foldersNamed(args));
  if (jest.cli !== null) return { jest, cli: jest.cli };
  throw new JestMissingError(
    `testmon: Jest's command line was not found beside the Jest ${jest.version} of this project; install it with "${commandToAdd('jest')}".`,
  );
}

/** Jest may be installed only in a folder that an option names. */
function foldersNamed(args: readonly string[]): string[] {
  const { options } = readArguments(args, {});
  const paths = (...names: string[]) =>
    options
      .filter(({ name }) => names.includes(name))
      .map(({ value }) => value)
      .filter((value) => typeof value === 'string' && !value.startsWith('{'))
      .map((value) => path.resolve(String(value)));
  const configFolders = paths('config', 'c').map((file) => path.dirname(file));
  return [...paths('rootDir'), ...configFolders];
}

/**
 * Composes jest-testmon into a project's config, in memory.
 * @returns The arguments that run Jest with the composed config. Null if testmon is switched off.
 * @throws {UserConfigError} If Jest refuses the config. Jest itself reports that when it reads the config.
 * @throws {CompositionError} If composing is impossible.
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
  // Explicit values, because Jest would otherwise derive both from the path of our entry file.
  const { rootDir, id } = loaded.root.effective;
  holdConfig({ ...composed.config, rootDir, id });
  publishComposition(composed.composition);
  return true;
}
