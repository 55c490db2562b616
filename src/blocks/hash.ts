import { createHash } from 'node:crypto';

/** How many bytes of the SHA-1 a fingerprint keeps. */
export const FINGERPRINT_BYTES = 8;

/** Raised when equal code would get other fingerprints, or other code equal ones: nothing recorded before then matches. */
export const FINGERPRINTS_VERSION = 3;

/** What a fingerprint is made of. */
export interface Hashable {
  /** Index of the parent in the list, -1 for the module. */
  parent: number;
  /** The block's own syntax, without its child blocks. */
  syntax: string;
  /** Names that hoist out of blocks below it, and other effects that reach it without running. */
  hoisted: ReadonlySet<string>;
}

/**
 * Chains fingerprints down the tree: the parent's, the index among its children, the block's own syntax.
 * @param blocks Parents before children.
 * @returns One fingerprint per block.
 */
export function fingerprintAll(blocks: readonly Hashable[]): Buffer[] {
  const fingerprints: Buffer[] = [];
  const children = new Uint32Array(blocks.length);
  for (const { parent, syntax, hoisted } of blocks) {
    const hash = createHash('sha1');
    const above = fingerprints[parent];
    if (above !== undefined) {
      hash.update(above);
      const index = children[parent] ?? 0;
      children[parent] = index + 1;
      hash.update(`${index};`);
    }
    hash.update(syntax);
    if (hoisted.size > 0) hash.update(`;${[...hoisted].sort().join(';')}`);
    fingerprints.push(hash.digest().subarray(0, FINGERPRINT_BYTES));
  }
  return fingerprints;
}

/**
 * Makes texts independent of where the project lies.
 * @param root Absolute folder. Its spellings with `/` and with `\` are both replaced.
 */
export function rootReplacer(root: string): (text: string) => string {
  const bare = root.replace(/[\\/]+$/, '');
  if (bare.length < 2) return (text) => text;
  const spellings = [...new Set([bare, bare.replaceAll('\\', '/'), bare.replaceAll('/', '\\')])];
  return (text) => {
    if (text.length < bare.length) return text;
    let replaced = text;
    for (const spelling of spellings) {
      if (replaced.includes(spelling)) replaced = replaced.replaceAll(spelling, '<root>');
    }
    return replaced;
  };
}
