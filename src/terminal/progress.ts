import { isTerminal } from './terminal';

/** Shows how far long work has come. */
export interface Progress {
  /** @param done How many items are done. */
  at(done: number): void;
  /** Takes the line away again. */
  end(): void;
}

/** Shows nothing. */
export const noProgress: Progress = { at: () => undefined, end: () => undefined };

/** Milliseconds between two drawings. */
const PACE = 100;

/** Fewer items than these are done before anyone could read how many. */
const LEAST = 100;

/**
 * Begins to show progress of long work on a terminal, as one line that goes away. In CI, or where standard error leads
 * elsewhere, nothing is shown.
 * @param what What is being done, such as `merging`.
 * @param total How many items there are to do; nothing is shown for a few.
 */
export function showProgress(
  what: string,
  total: number,
  stream: NodeJS.WriteStream = process.stderr,
  environment: NodeJS.ProcessEnv = process.env,
): Progress {
  if (!isTerminal(stream, environment) || total < LEAST) return noProgress;
  let drawnAt = -PACE;
  return {
    at: (done) => {
      const now = performance.now();
      if (now - drawnAt < PACE) return;
      drawnAt = now;
      stream.write(`\r\u001b[2Ktestmon: ${what} ${done}/${total}`);
    },
    end: () => void stream.write('\r\u001b[2K'),
  };
}

/** Hands items on one by one, and shows how many are done. */
export function* countingOff<T>(items: Iterable<T>, progress: Progress): Generator<T> {
  let done = 0;
  try {
    for (const item of items) {
      yield item;
      progress.at(++done);
    }
  } finally {
    progress.end();
  }
}
