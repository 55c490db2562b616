import { createHash, randomBytes } from 'node:crypto';

/** A bundle whose name is right for its content, which means nothing. */
export function someBundle(bytes = 100, madeAt = Date.now()): { name: string; content: Buffer } {
  const content = randomBytes(bytes);
  const hash = createHash('sha256').update(content).digest('hex');
  const environment = randomBytes(8).toString('hex');
  return {
    name: `${String(madeAt).padStart(13, '0')}-node20.linux-${environment}-${hash}`,
    content,
  };
}

/** A signal for one call that must not take longer. */
export function soon(milliseconds = 20_000): AbortSignal {
  return AbortSignal.timeout(milliseconds);
}
