/**
 * Loaded at the first use, because it is one of the slowest of Node's modules to load, and child processes of tests
 * load this file.
 */
let crypto: typeof import('node:crypto') | undefined;

/** Captured at load, before a test can mock it. */
const from = Buffer.from.bind(Buffer);

function sha1() {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- As said above.
  crypto ??= require('node:crypto') as typeof import('node:crypto');
  return crypto.createHash('sha1');
}

/**
 * Returns the git blob hash of some bytes: the SHA-1 of `blob <length>\0<bytes>`, in hex. With git's own hash, git
 * can tell the hashes of unchanged files, so that they need not be read. Source: gitformat-objects, "blob".
 */
export function contentHash(content: Buffer | string): string {
  const bytes = typeof content === 'string' ? from(content) : content;
  return sha1().update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Returns a hash of a text, 16 hex digits. */
export function shortHash(text: string): string {
  return sha1().update(text).digest('hex').slice(0, 16);
}
