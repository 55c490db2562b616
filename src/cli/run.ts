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
 * `jest-testmon` without a subcommand. Composes the project's config in memory and runs the project's own Jest with
 * it, in this process. If composing fails, Jest runs with the original config.
 * @param args Arguments for Jest.
 * @param flags Our own options.
 */
export async function run(args: string[], flags: UserOptions): Promise<void> {
  prepareProcess(args, flags, (name) => FLAGS[name] ?? name);
  const jest = findJestOrPlain(args);
  if (jest instanceof UnusableJestError) return jest.cli?.run(args);
  return jest.cli.run((await composeOrPlain(jest.jest, args)) ?? args);
}

/** Returns the project's Jest, or the error that explains why Jest runs without jest-testmon. */
function findJestOrPlain(args: readonly string[]): ProjectJest | UnusableJestError {
  try {
    return findProjectJest(args);
  } catch (error) {
    if (!(error instanceof UnusableJestError) || error.cli === null) throw error;
    if (normaliseOptions(undefined, process.env).options.enabled) warn(error.message);
    return error;
  }
}

/** Returns the arguments for Jest with the composed config. Null if Jest runs with the original config. */
async function composeOrPlain(jest: UserJest, args: readonly string[]): Promise<string[] | null> {
  if (args.includes('--init')) return null;
  try {
    return await composeArguments(jest, args);
  } catch (error) {
    // Jest itself reports the error when it reads the config.
    if (error instanceof UserConfigError) return null;
    warn(sentenceOf(error));
    process.env['TESTMON'] = '0';
    return null;
  }
}
