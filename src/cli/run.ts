import {
  composeArguments,
  findProjectJest,
  prepareProcess,
  type ProjectJest,
} from '../config/compose-command';
import { UserConfigError } from '../config/reading/normalise';
import { normaliseOptions, type UserOptions } from '../config/options';
import { UnusableJestError, type UserJest } from '../config/user-jest';
import { sentenceOf, warn } from '../config/warn';
import { FLAGS } from './flags';

/**
 * `jest-testmon` without a subcommand: composes the project's config in memory and runs the project's own Jest with it,
 * in this process. Where composing fails, the project's Jest runs as it is.
 * @param args What is for Jest.
 * @param flags What our own options say.
 */
export async function run(args: string[], flags: UserOptions): Promise<void> {
  prepareProcess(args, flags, (name) => FLAGS[name] ?? name);
  const jest = findJestOrPlain(args);
  if (jest instanceof UnusableJestError) return jest.cli?.run(args);
  return jest.cli.run((await composeOrPlain(jest.jest, args)) ?? args);
}

/** The project's Jest, or what says that it runs as it is. */
function findJestOrPlain(args: readonly string[]): ProjectJest | UnusableJestError {
  try {
    return findProjectJest(args);
  } catch (error) {
    if (!(error instanceof UnusableJestError) || error.cli === null) throw error;
    if (normaliseOptions(undefined, process.env).options.enabled) warn(error.message);
    return error;
  }
}

/** The arguments for Jest with the composed config, or null where Jest is to run as it is. */
async function composeOrPlain(jest: UserJest, args: readonly string[]): Promise<string[] | null> {
  if (args.includes('--init')) return null;
  try {
    return await composeArguments(jest, args);
  } catch (error) {
    // What is wrong with the config, Jest says itself when it reads it.
    if (error instanceof UserConfigError) return null;
    warn(sentenceOf(error));
    process.env['TESTMON'] = '0';
    return null;
  }
}
