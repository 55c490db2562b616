import { stripVTControlCharacters } from 'node:util';
import { readComposition } from '../../config/composition';
import { explainWithoutTestmon } from './plain-jest';

/** Matches Jest's message if it exits with 0. Source: `getNoTestsFoundMessage` in @jest/core. */
const SENTENCE = /^No tests found(?:, exiting with code 0| related to files changed since)/;

/** The beginning of Jest's message if it exits with 1. */
const FAILS =
  'No tests found, exiting with code 1\nRun with `--passWithNoTests` to exit with code 0\n';

/**
 * Restores Jest's behaviour if it finds no tests. Our config sets `passWithNoTests`, because selection may leave
 * none. If Jest itself finds none, its exit code and its message must be the same as without us. So Jest runs again
 * without us, and this process ends with the same code.
 * @param mayEnd False if a caller waits for the result of this process.
 */
export function failAsJestWould(mayEnd: boolean): void {
  const composition = readComposition();
  if (composition === null || composition.userPassWithNoTests) return;
  const { onlyChanged, listTests, watch, watchAll, collectTests } = composition.command;
  if (onlyChanged || listTests || watch || watchAll || collectTests) return;
  const code = mayEnd ? explainWithoutTestmon(composition) : null;
  if (code !== null) process.exit(code);
  process.exitCode = 1;
  replaceNoTestsFound(FAILS);
}

/**
 * Suppresses Jest's message that it found no tests, for runs where no test file is affected and the user was told so.
 * Jest writes the message once, in one piece, to one of the streams. All other output passes.
 * @returns A function that ends the suppression. It also ends after the message.
 */
export function suppressNoTestsFound(
  streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr],
): () => void {
  return replaceNoTestsFound(null, streams);
}

/** @param text Replaces the message. Null to write nothing. */
function replaceNoTestsFound(
  text: string | null,
  streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr],
): () => void {
  const restores = streams.map((stream) => {
    const write = Reflect.get<typeof stream, 'write'>(stream, 'write');
    const filtered: typeof stream.write = (...args: unknown[]) => {
      const [chunk] = args;
      if (typeof chunk !== 'string' || !SENTENCE.test(stripVTControlCharacters(chunk)))
        return Reflect.apply(write, stream, args) as boolean;
      restore();
      if (text !== null) return Reflect.apply(write, stream, [text, ...args.slice(1)]) as boolean;
      const callback = args.at(-1);
      if (typeof callback === 'function') process.nextTick(callback);
      return true;
    };
    stream.write = filtered;
    return () => {
      // If somebody else has replaced it meanwhile, their function stays.
      if (stream.write === filtered) stream.write = write;
    };
  });
  const restore = () => restores.forEach((one) => one());
  return restore;
}
