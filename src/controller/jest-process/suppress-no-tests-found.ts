import { stripVTControlCharacters } from 'node:util';
import { readComposition } from '../../config/composition';
import { explainWithoutTestmon } from './plain-jest';

/** How Jest begins to say so and exits with 0. Source: `getNoTestsFoundMessage` in @jest/core. */
const SENTENCE = /^No tests found(?:, exiting with code 0| related to files changed since)/;

/** What Jest says first where it exits with 1. */
const FAILS =
  'No tests found, exiting with code 1\nRun with `--passWithNoTests` to exit with code 0\n';

/**
 * Our config passes with no tests, as selecting may leave none. Where Jest itself finds none, its exit code and its
 * explanation must be what they are without us: then Jest runs once more without us, and this process ends as that one.
 * @param mayEnd False where someone waits for what comes of this process.
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
 * Keeps Jest from saying that it found no tests, where it found them and none is affected, as we have said. Jest writes
 * the sentence in one piece, once, to the one or the other of its streams; nothing else is held back.
 * @returns Ends it; it ends by itself once the sentence has come.
 */
export function suppressNoTestsFound(
  streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr],
): () => void {
  return replaceNoTestsFound(null, streams);
}

/** @param text What is written in the sentence's place; null for nothing. */
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
      // Whoever replaced it meanwhile keeps the say.
      if (stream.write === filtered) stream.write = write;
    };
  });
  const restore = () => restores.forEach((one) => one());
  return restore;
}
