import { createHash } from 'node:crypto';
import { componentsOf } from './components';
import { FINGERPRINT_BYTES } from '../../records/fingerprint';

export { FINGERPRINT_BYTES };

/** Increase this if equal code gets other fingerprints, or different code gets equal ones. Old records then never match. */
export const FINGERPRINTS_VERSION = 11;

/** A top-level declaration that counts only for code that refers to its name. */
export interface HashableDeclaration {
  name: string;
  /** Its own syntax, without its blocks, and where it is evaluated. */
  syntax: string;
  /** Names that may refer to declarations. */
  mentions: ReadonlySet<string>;
}

/** What a fingerprint is made of. */
export interface Hashable {
  /** Index of the parent in the list. -1 for the module. */
  parent: number;
  /** The declaration that contains the block, if it is written apart from the blocks around it. */
  declaration?: HashableDeclaration;
  /** The block's own syntax, without its child blocks. */
  syntax: string;
  /** Names that hoist out of blocks below it, and other effects that reach it even if their code does not run. */
  hoisted: ReadonlySet<string>;
  /** Names in its own syntax that may refer to declarations. */
  mentions: ReadonlySet<string>;
}

/**
 * Computes fingerprints from the top of the tree downwards. Each covers the parent's fingerprint, the index among the
 * children, the block's own syntax, and the declarations that it refers to.
 * @param blocks Parents come before children.
 * @param declarations The declarations of the module.
 * @returns One fingerprint for each block.
 */
export function fingerprintAll(
  blocks: readonly Hashable[],
  declarations: readonly HashableDeclaration[],
): Buffer[] {
  const fingerprints: Buffer[] = [];
  const referred = declarationHashes(declarations);
  const children = new Map<HashableDeclaration | number, number>();
  for (const { parent, declaration, syntax, hoisted, mentions } of blocks) {
    const hash = createHash('sha1');
    const above = fingerprints[parent];
    if (above !== undefined) {
      hash.update(above);
      // Inside a block of the declaration, the index counts within that block.
      const isDeeper = blocks[parent]?.declaration === declaration;
      const around = isDeeper ? parent : (declaration ?? parent);
      const index = children.get(around) ?? 0;
      children.set(around, index + 1);
      // A declaration is identified by its name. The code beside it does not matter.
      if (declaration !== undefined)
        hash.update(`${declaration.name}=${referred.get(declaration.name)};`);
      hash.update(`${index};`);
    }
    hash.update(syntax);
    if (hoisted.size > 0) hash.update(`;${[...hoisted].sort().join(';')}`);
    const known = [...mentions].filter((name) => referred.has(name));
    for (const name of known.sort()) hash.update(`;${name}=${referred.get(name)}`);
    fingerprints.push(hash.digest().subarray(0, FINGERPRINT_BYTES));
  }
  return fingerprints;
}

/**
 * Hashes each declaration with all that it refers to, directly or indirectly. Declarations that refer to each other
 * in a circle share one hash.
 */
export function declarationHashes(
  declarations: readonly HashableDeclaration[],
): Map<string, string> {
  const byName = new Map(declarations.map((declaration) => [declaration.name, declaration]));
  const hashes = new Map<string, string>();
  const mentioned = (name: string): string[] =>
    [...(byName.get(name)?.mentions ?? [])].filter((other) => byName.has(other));
  for (const component of componentsOf([...byName.keys()], mentioned)) {
    const hash = createHash('sha1');
    for (const name of [...component].sort()) {
      const syntax = byName.get(name)?.syntax ?? '';
      hash.update(`${name}:${syntax.length}:${syntax};`);
      for (const other of mentioned(name).sort())
        hash.update(`${other}=${component.includes(other) ? '' : hashes.get(other)};`);
    }
    const digest = hash.digest('hex');
    for (const name of component) hashes.set(name, digest);
  }
  return hashes;
}

/**
 * Replaces the root in texts, so that they do not depend on the place of the project.
 * @param root Absolute folder. It is replaced in its spellings with `/` and with `\`.
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
