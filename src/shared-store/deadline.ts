import { SharedStoreError } from './engine';

/**
 * Waits for work, but no longer than the signal lets it.
 * @param stop Ends what is under way, where the signal comes first. What that work then throws is nobody's business.
 * @throws {SharedStoreError} `unreachable` when the signal came first.
 */
export async function within<T>(
  signal: AbortSignal,
  stop: () => void,
  work: () => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw tooLate();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(tooLate());
      stop();
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  const working = work();
  working.catch(() => undefined);
  try {
    return await Promise.race([working, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function tooLate(): SharedStoreError {
  return new SharedStoreError('unreachable', 'it did not answer in time');
}
