import { readArguments, type GivenArguments } from '../config/arguments';
import { composeArguments, findProjectJest, prepareProcess } from '../config/compose-command';
import { UserConfigError } from '../config/reading/normalise';
import type { Options, UserOptions } from '../config/options';
import type { UserJest } from '../config/user-jest';
import { messageOf } from '../terminal/error-message';
import { session, type Found } from '../controller/session';
import { InspectionError } from './inspection';

/** The test files that Jest found, and the arguments that are not options of Jest. */
export interface FoundByJest extends Found {
  positionals: string[];
}

/**
 * Lets the project's own Jest search test files as for `--listTests`, in this process, and takes the result before
 * Jest would list it. So the config, the environments and the search are exactly those of a run.
 * @param args Options for Jest, such as `--config`. Path patterns are not used, and returned as `positionals`.
 * @param flags Our own options, not validated yet.
 * @param spell Returns the name of one of our options for a message.
 * @throws {InspectionError} If testmon is switched off, or Jest refuses the config.
 * @throws {JestMissingError} If Jest is not installed.
 */
export async function findTests(
  args: readonly string[],
  flags: UserOptions,
  spell: (name: keyof Options) => string,
): Promise<FoundByJest> {
  const { jest, cli } = findProjectJest(args);
  const given = readArguments(args, jest.optionTable);
  const listing = [
    ...withoutPositionals(args, given),
    '--listTests',
    // Else Jest would end this process once it has listed them, before the command answers.
    '--forceExit=false',
    ...withoutHandleTimeout(jest),
  ];
  prepareProcess(listing, flags, spell);
  const composed = await compose(() => composeArguments(jest, listing));
  if (composed === null) {
    throw new InspectionError(
      'testmon: it is switched off for this project (TESTMON=0, --no-testmon or "enabled: false"), so there is nothing to look at.',
    );
  }
  const found = await runUntilFound(() => cli.run(composed));
  if (found === null) {
    throw new InspectionError(
      'testmon: Jest did not get to its test files; see its message above.',
    );
  }
  return { ...found, positionals: given.positionals };
}

/**
 * Prevents Jest's warning about a process that continues for a second after the list. Jest 29.0 to 29.4 can be kept from it
 * by `--detectOpenHandles` alone, which does nothing else where no tests run.
 */
function withoutHandleTimeout({ optionTable }: UserJest): string[] {
  return ['openHandlesTimeout' in optionTable ? '--openHandlesTimeout=0' : '--detectOpenHandles'];
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

/** A validation error of Jest has a headline, and advice below it. */
function firstSentence(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '' && !line.startsWith('●')) ?? message;
}

/** Runs Jest, and returns what it passes to our sequencer. Null if it did not get that far. */
async function runUntilFound(work: () => Promise<void>): Promise<Found | null> {
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

/** Jest prints the list on standard output, which belongs to the answer of the command. */
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

/** Returns the arguments without positional ones. */
function withoutPositionals(args: readonly string[], { options }: GivenArguments): string[] {
  return args.filter((_, index) => options.some(({ from, to }) => from <= index && index < to));
}
