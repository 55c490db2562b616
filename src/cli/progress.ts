/** Shows how far long work has come. */
export interface Progress {
  /** @param done How much of the total is done. */
  at(done: number): void;
  /** Takes the line away again. */
  end(): void;
}

/** Milliseconds between two drawings. */
const PACE = 100;

/**
 * Begins to show progress on a terminal, as one line that goes away. In CI, or where standard error leads elsewhere,
 * nothing is shown.
 * @param what What is being done, such as `merging`.
 * @param total How much there is to do; null where that is not known.
 */
export function showProgress(
  what: string,
  total: number | null = null,
  stream: NodeJS.WriteStream = process.stderr,
  environment: NodeJS.ProcessEnv = process.env,
): Progress {
  const ci = environment['CI'] ?? '';
  const dumb = environment['TERM'] === 'dumb';
  if (!stream.isTTY || dumb || (ci !== '' && ci !== 'false' && ci !== '0'))
    return { at: () => undefined, end: () => undefined };
  let drawnAt = -PACE;
  return {
    at: (done) => {
      const now = performance.now();
      if (now - drawnAt < PACE) return;
      drawnAt = now;
      const share = total === null ? String(done) : `${done}/${total}`;
      stream.write(`\r\u001b[2Ktestmon: ${what} ${share}`);
    },
    end: () => void stream.write('\r\u001b[2K'),
  };
}
