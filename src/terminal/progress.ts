import { isTerminal } from './terminal';

/** Shows the progress of a long task. */
export interface Progress {
  /** @param done The number of finished items. */
  at(done: number): void;
  /** Clears the progress line. */
  end(): void;
}

/** Shows nothing. */
export const noProgress: Progress = { at: () => undefined, end: () => undefined };

/** Minimum time between two updates. */
const REDRAW_INTERVAL_MS = 100;

/** Fewer items finish before anyone could read the number. */
const MIN_ITEMS = 100;

/**
 * Starts to show the progress of a long task on a terminal, in one line that is cleared at the end. In CI, or if
 * standard error is redirected, nothing is shown.
 * @param what The task, such as `merging`.
 * @param total The number of items. Nothing is shown for fewer than 100.
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

/** Yields the items one by one and shows how many are done. */
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
