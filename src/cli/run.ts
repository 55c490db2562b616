import * as path from 'node:path';
import { readArguments, withoutOptions, type GivenArguments } from '../config/arguments';
import { readCommandLine } from '../config/command-line';
import { compose } from '../config/compose';
import { publishComposition } from '../config/composition';
import { holdConfig } from '../config/held-config';
import { loadConfigs, toArgv } from '../config/load';
import { UserConfigError } from '../config/normalise';
import { normaliseOptions, optionsAsVariables, type UserOptions } from '../config/options';
import { collectOptions } from '../config/reading';
import { findJest, JestMissingError, type JestCliModule, type UserJest } from '../config/user-jest';
import { sentenceOf, warn } from '../config/warn';
import { FLAGS } from './arguments';

/** A config that Jest reads from this file is the one that is held in memory. */
const ENTRY = path.join(__dirname, '..', 'config', `entry${path.extname(__filename)}`);

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

/**
 * `jest-testmon` without a subcommand: composes the project's config in memory and runs the project's own Jest with it,
 * in this process. Where composing fails, the project's Jest runs as it is.
 * @param args What is for Jest.
 * @param flags What our own options say.
 */
export async function run(args: string[], flags: UserOptions): Promise<void> {
  prepareProcess(args, flags);
  const jest = findJest(foldersToSearch(args));
  const cli = requireCli(jest);
  return cli.run((await composeArguments(jest, args)) ?? args);
}

/** Makes this process look to configs and tests like one that Jest's own command started. */
function prepareProcess(args: readonly string[], flags: UserOptions): void {
  process.env['NODE_ENV'] ??= 'test';
  process.argv.splice(2, Infinity, ...args);

  const { options, problems } = normaliseOptions(flags, {}, (name) => FLAGS[name] ?? name);
  problems.forEach(warn);
  const given = Object.keys(flags) as (keyof UserOptions)[];
  // A `withTestmon` in the project's config reads the same options from there.
  Object.assign(
    process.env,
    optionsAsVariables(Object.fromEntries(given.map((name) => [name, options[name]]))),
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

function requireCli(jest: UserJest): JestCliModule {
  if (jest.cli !== null) return jest.cli;
  throw new JestMissingError(
    `testmon: Jest's command line was not found beside the Jest ${jest.version} of this project; install it with "npm install --save-dev jest".`,
  );
}

/** The arguments for Jest with the composed config, or null where Jest is to run as it is. */
async function composeArguments(jest: UserJest, args: readonly string[]): Promise<string[] | null> {
  if (!normaliseOptions(undefined, process.env).options.enabled || args.includes('--init'))
    return null;
  const given = readArguments(args, jest.optionTable);
  try {
    const composed = await composeGiven(jest, given);
    return composed
      ? [`--config=${ENTRY}`, ...withoutOptions(args, given, FOLDED, SEPARATOR)]
      : null;
  } catch (error) {
    // What is wrong with the config, Jest says itself when it reads it.
    if (error instanceof UserConfigError) return null;
    warn(sentenceOf(error));
    process.env['TESTMON'] = '0';
    return null;
  }
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
