import {
  decodeDeclarations,
  decodeLocations,
  EXPORT_NAMES,
  exportOf,
  FINGERPRINT_BYTES,
  TEST_NAMES,
  type BlockLocation,
  type DeclarationLocation,
} from '../blocks';
import { asNamed, type NamedBlock } from './block-at';
import { hasBit } from '../records/bits';

/** The blocks of one version of a file. */
export interface Blocks {
  /** Eight bytes per block, in tree order. */
  fingerprints: Buffer;
  /** The encoded locations of the blocks, for `decodeLocations`. */
  places: string;
}

/** A range of lines, counted from 1. Zero if unknown. */
export type Lines = Pick<BlockLocation, 'line' | 'endLine'>;

/** An executed block that has changed. */
export interface BlockChange {
  /** The function that contains the block. Empty for module-level code. */
  name: string;
  /** The export of a CommonJS module that the block stands for. Left out for code. */
  export?: string;
  /** Of the block for which exports a module has: those that it did not have, and those that it has no more, sorted. */
  names?: { added: string[]; removed: string[] };
  /** The declarations that changed or are new and that the block refers to, where they are now. Left out if there are none. */
  through?: NamedBlock[];
  /** Where the block was when it was recorded. */
  before: Lines;
  /** Where its counterpart is now. Null if it has none. */
  after: Lines | null;
}

/**
 * Returns the executed blocks that changed. A block inside another changed block is left out: the change of the outer
 * block includes it.
 * @param executed Bit i is block i of `recorded`.
 * @param now Null if the file is gone or no longer transforms. Then all of it counts as changed.
 */
export function changedBlocks(
  recorded: Blocks,
  executed: Uint8Array,
  now: Blocks | null,
): BlockChange[] {
  const before = outline(recorded);
  const after = now === null ? [] : outline(now);
  const counterparts = pair(before, after);
  const present = new Set(after.map(({ fingerprint }) => fingerprint));
  const changed = before.filter(
    ({ index, fingerprint }) => hasBit(executed, index) && !present.has(fingerprint),
  );
  const declarations = now === null ? [] : changedDeclarations(recorded.places, now.places);
  return changed
    .filter((block) => !changed.some((other) => isInside(block, other)))
    .map((block) => {
      const counterpart = counterparts.get(block.index);
      const exported = exportOf(block.name);
      const through = declarations.filter(
        ({ name, line, users }) =>
          counterpart !== undefined &&
          // It is said already that this block has changed.
          (name !== block.name || (exported === null && line !== counterpart.line)) &&
          users.includes(counterpart.index),
      );
      return {
        name: block.name,
        ...(exported !== null && { export: exported }),
        ...(block.name === EXPORT_NAMES &&
          counterpart !== undefined && { names: changedNames(before, after) }),
        ...(through.length > 0 && { through: through.map(asNamed) }),
        before: linesOf(block),
        after: counterpart === undefined ? null : linesOf(counterpart),
      };
    });
}

/** The present declarations that were not there, or not as they are now. */
function changedDeclarations(before: string, after: string): DeclarationLocation[] {
  const known = new Set(decodeDeclarations(before).map(({ name, hash }) => `${name}:${hash}`));
  // Older records name no declaration.
  if (known.size === 0) return [];
  return decodeDeclarations(after).filter(({ name, hash }) => !known.has(`${name}:${hash}`));
}

function changedNames(
  before: readonly Outlined[],
  after: readonly Outlined[],
): { added: string[]; removed: string[] } {
  const [old, fresh] = [before, after].map(
    (blocks) => new Set(blocks.flatMap(({ name }) => exportOf(name) ?? [])),
  ) as [Set<string>, Set<string>];
  return {
    added: [...fresh].filter((name) => !old.has(name)).sort(),
    removed: [...old].filter((name) => !fresh.has(name)).sort(),
  };
}

/** The block of a recorded version that a present block comes from. */
export interface Origin {
  /** Index in the recorded version. */
  index: number;
  /** False if the block was edited since. */
  same: boolean;
}

/**
 * Finds the origin of each present block.
 * @returns By index of the present block. New blocks have no entry.
 */
export function originsOf(recorded: Blocks, now: Blocks): Map<number, Origin> {
  const before = outline(recorded);
  const after = outline(now);
  const origins = new Map<number, Origin>();
  for (const [index, counterpart] of pair(before, after))
    origins.set(counterpart.index, { index, same: false });
  const known = new Map(before.map(({ fingerprint, index }) => [fingerprint, index]));
  for (const { fingerprint, index } of after) {
    const origin = known.get(fingerprint);
    if (origin !== undefined) origins.set(index, { index: origin, same: true });
  }
  return origins;
}

interface Outlined extends BlockLocation {
  index: number;
  fingerprint: string;
}

function outline({ fingerprints, places }: Blocks): Outlined[] {
  const decoded = decodeLocations(places);
  return fingerprintsOf(fingerprints).map((fingerprint, index) => {
    const { line, endLine, name } = decoded[index] ?? { line: 0, endLine: 0, name: '' };
    return { index, fingerprint, line, endLine, name };
  });
}

/** Splits a buffer into fingerprints, as `latin1` texts. */
export function fingerprintsOf(fingerprints: Buffer): string[] {
  return Array.from({ length: fingerprints.length / FINGERPRINT_BYTES }, (_, block) =>
    fingerprints.toString('latin1', block * FINGERPRINT_BYTES, (block + 1) * FINGERPRINT_BYTES),
  );
}

/**
 * Whether a block is inside another one. The module contains every block. Otherwise the lines decide, because only a
 * block that comes earlier in tree order can contain another.
 */
function isInside(inner: Outlined, outer: Outlined): boolean {
  if (outer.index >= inner.index) return false;
  if (outer.index === 0) return true;
  // No code is in these, wherever they are shown to stand.
  if ([EXPORT_NAMES, TEST_NAMES].includes(outer.name) || exportOf(outer.name) !== null)
    return false;
  return outer.line <= inner.line && inner.endLine <= outer.endLine && outer.line > 0;
}

/**
 * Pairs the blocks of two versions. Unchanged blocks keep their order. So the blocks between two unchanged ones
 * before correspond to the blocks between the same two now, and among these, blocks of the same function are paired
 * in order.
 * @returns The counterpart of each changed block, by its index in `before`.
 */
function pair(before: Outlined[], after: Outlined[]): Map<number, Outlined> {
  const pairs = new Map<number, Outlined>();
  const positions = new Map(after.map(({ fingerprint }, index) => [fingerprint, index]));
  let from = 0;
  let open: Outlined[] = [];
  const close = (to: number) => {
    const free = after.slice(from, to);
    for (const block of open) {
      const at = free.findIndex(({ name }) => name === block.name);
      if (at < 0) continue;
      const [counterpart] = free.splice(at, 1);
      if (counterpart !== undefined) pairs.set(block.index, counterpart);
    }
    open = [];
  };
  for (const block of before) {
    const at = positions.get(block.fingerprint);
    if (at === undefined || at < from) {
      open.push(block);
      continue;
    }
    close(at);
    from = at + 1;
  }
  close(after.length);
  return pairs;
}

function linesOf({ line, endLine }: BlockLocation): Lines {
  return { line, endLine };
}
