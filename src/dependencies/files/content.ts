/** Loaded when first used: it is among the dearest of Node's modules, and child processes of tests load this one. */
let crypto: typeof import('node:crypto') | undefined;

/** As it was before a test could replace it. */
const from = Buffer.from.bind(Buffer);

function sha1() {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- As said above.
  crypto ??= require('node:crypto') as typeof import('node:crypto');
  return crypto.createHash('sha1');
}

/**
 * The git blob hash of some bytes: SHA-1 over `blob <length>\0<bytes>`, in hex.
 * Using git's own hash lets git answer for a clean checkout without the files being read again.
 * Source: gitformat-objects, "blob".
 */
export function contentHash(content: Buffer | string): string {
  const bytes = typeof content === 'string' ? from(content) : content;
  return sha1().update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** A short hash of any text, for values that need not be readable. */
export function shortHash(text: string): string {
  return sha1().update(text).digest('hex').slice(0, 16);
}
