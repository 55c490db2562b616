import { stripVTControlCharacters } from 'node:util';

/** How Jest begins to say so and exits with 0. Source: `getNoTestsFoundMessage` in @jest/core. */
const SENTENCE = /^No tests found(?:, exiting with code 0| related to files changed since)/;

/**
 * Keeps Jest from saying that it found no tests, where it found them and none is affected, as we have said. Jest writes
 * the sentence in one piece, once, to the one or the other of its streams; nothing else is held back.
 * @returns Ends it; it ends by itself once the sentence has come.
 */
export function withholdNoTestsFound(
  streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr],
): () => void {
  const restores = streams.map((stream) => {
    const write = Reflect.get<typeof stream, 'write'>(stream, 'write');
    const filtered: typeof stream.write = (...args: unknown[]) => {
      const [chunk] = args;
      if (typeof chunk !== 'string' || !SENTENCE.test(stripVTControlCharacters(chunk)))
        return Reflect.apply(write, stream, args) as boolean;
      restore();
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
