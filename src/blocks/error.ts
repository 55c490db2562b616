/**
 * Thrown if a text cannot be divided into blocks. The message is a sentence for users. The file then runs unchanged,
 * and tests depend on the whole file.
 */
export class BlocksError extends Error {
  override readonly name = 'BlocksError';
}
