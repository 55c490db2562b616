/** Why a text has no blocks: its message is a sentence for a person. The file is then used as it is and depended upon whole. */
export class BlocksError extends Error {
  override readonly name = 'BlocksError';
}
