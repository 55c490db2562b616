import { readArguments, type GivenArguments } from '../config/arguments';
import { composeArguments, findProjectJest, prepareProcess } from '../config/compose-command';
import { UserConfigError } from '../config/reading/normalise';
import type { Options, UserOptions } from '../config/options';
import type { UserJest } from '../config/user-jest';
import { messageOf } from '../terminal/error-message';
import { session, type Found } from '../controller/session';
import { InspectionError } from './inspection';

/** What Jest found, and the arguments that were not for it. */
export interface FoundByJest extends Found {
  positionals: string[];
}

/**
 * Lets the project's own Jest look for test files as for `--listTests`, in this process, and takes over what it found
 * in place of a run. So the config, the environments and the search are those of a run, to the letter.
 * @param args What is for Jest: options like `--config`. Path patterns come back as `positionals`, unused.
 * @param flags What our own options say, unchecked.
 * @param spell How a message names one of our options.
 * @throws {InspectionError} Where testmon is switched off, or Jest refuses the config.
 * @throws {JestMissingError} Where there is no Jest.
 */
export async function findTests(
  args: readonly string[],
  flags: UserOptions,
  spell: (name: keyof Options) => string,
): Promise<FoundByJest> {
  const { jest, cli } = findProjectJest(args);
  const given = readArguments(args, jest.optionTable);
  const listing = [...withoutPositionals(args, given), '--listTests', ...patience(jest)];
  prepareProcess(listing, flags, spell);
  const composed = await compose(() => composeArguments(jest, listing));
  if (composed === null) {
    throw new InspectionError(
      'testmon: it is switched off for this project (TESTMON=0, --no-testmon or "enabled: false"), so there is nothing to look at.',
    );
  }
  const found = await hearOf(() => cli.run(composed));
  if (found === null) {
    throw new InspectionError(
      'testmon: Jest did not get to its test files; see its message above.',
    );
  }
  return { ...found, positionals: given.positionals };
}

/** Jest would complain about a process that goes on after the list. */
function patience({ optionTable }: UserJest): string[] {
  return 'openHandlesTimeout' in optionTable ? ['--openHandlesTimeout=0'] : [];
}

async function compose<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserConfigError)) throw error;
    throw new InspectionError(
      `testmon: Jest refuses the config of this project: ${firstSentence(error.message)}`,
    );
  }
}

/** Jest's validation errors have a headline, and advice below. */
function firstSentence(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '' && !line.startsWith('●')) ?? message;
}

/** What Jest hands over while it works; null where it did not come so far. */
async function hearOf(work: () => Promise<void>): Promise<Found | null> {
  let found: Found | null = null;
  session().inspector = (all) => (found = all);
  try {
    await withoutOutput(work);
    return found;
  } catch (error) {
    throw new InspectionError(`testmon: Jest could not look for test files: ${messageOf(error)}`);
  } finally {
    session().inspector = null;
  }
}

/** Jest lists what it found on standard output, which belongs to the answer of a command. */
async function withoutOutput(work: () => Promise<void>): Promise<void> {
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = (_chunk: unknown, encoding?: unknown, done?: unknown) => {
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') process.nextTick(callback);
    return true;
  };
  try {
    await work();
  } finally {
    stdout.write = write;
  }
}

/** The arguments without what belongs to no option. */
function withoutPositionals(args: readonly string[], { options }: GivenArguments): string[] {
  return args.filter((_, index) => options.some(({ from, to }) => from <= index && index < to));
}
