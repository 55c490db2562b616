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
const REDRAW_INTERVAL_MS = 100;

/** Fewer items than these are done before anyone could read how many. */
const MIN_ITEMS = 100;

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
  if (!isTerminal(stream, environment) || total < MIN_ITEMS) return noProgress;
  let drawnAt = -REDRAW_INTERVAL_MS;
  return {
    at: (done) => {
      const now = performance.now();
      if (now - drawnAt < REDRAW_INTERVAL_MS) return;
      drawnAt = now;
      stream.write(`\r\u001b[2Ktestmon: ${what} ${done}/${total}`);
    },
    end: () => void stream.write('\r\u001b[2K'),
  };
}

/** Hands items on one by one, and shows how many are done. */
export function* withProgress<T>(items: Iterable<T>, progress: Progress): Generator<T> {
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
