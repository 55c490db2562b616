import { createHash } from 'node:crypto';
import { encodeBlocks, encodeIds } from './encoding';
import type { Dependency, StoredVersion, TestOutcome } from './types';

/** What something depends on, by row ids of the database at hand. */
export interface IdFootprint {
  /** Executed blocks by file version. */
  blocks: Map<number, Uint8Array>;
  dependencies: Set<number>;
}

/** One test of a record, by row ids. */
export interface IdTest extends IdFootprint {
  name: string[];
  ordinal: number;
  outcome: TestOutcome;
  duration: number;
}

/** A passing record, by row ids. */
export interface IdRecord {
  complete: boolean;
  duration: number;
  recordedAt: number;
  matchedAt: number;
  shared: IdFootprint;
  /** With what each executed beyond the shared part. */
  tests: IdTest[];
}

/** A file version with what places it among others, whatever their row ids. */
export interface KnownVersion extends StoredVersion {
  /** Hash of path and form. */
  key: Buffer;
  /** The start of the key as a number, which compares fast. */
  order: number;
}

/** Looks up what row ids stand for. */
export interface Rows {
  version(id: number): KnownVersion;
  dependency(id: number): Dependency;
  /** What a record's hash reads of some dependencies, in an order that does not depend on row ids. */
  writtenDependencies(ids: ReadonlySet<number>): Iterable<Uint8Array>;
}

/** Bytes of one fingerprint. */
export const FINGERPRINT_BYTES = 8;

/** Completes a file version. */
export function knownVersion({ id, path, form, fingerprints }: StoredVersion): KnownVersion {
  const key = createHash('sha256').update(`${form}\0${path}`).digest().subarray(0, KEY_BYTES);
  return { id, path, form, fingerprints, key, order: key.readUIntBE(0, 6) };
}

const KEY_BYTES = 16;

/** An empty footprint. */
export function emptyFootprint(): IdFootprint {
  return { blocks: new Map(), dependencies: new Set() };
}

/** Adds executed blocks to a footprint. */
export function addBlocks(footprint: IdFootprint, version: number, bits: Uint8Array): void {
  const known = footprint.blocks.get(version);
  footprint.blocks.set(version, known === undefined ? bits : or(known, bits));
}

/** Everything that any of the footprints holds. */
export function union(footprints: Iterable<IdFootprint>): IdFootprint {
  const all = emptyFootprint();
  for (const { blocks, dependencies } of footprints) {
    for (const [version, bits] of blocks) addBlocks(all, version, bits);
    for (const id of dependencies) all.dependencies.add(id);
  }
  return all;
}

/** What `whole` holds and `part` does not. */
export function without(whole: IdFootprint, part: IdFootprint): IdFootprint {
  const rest = emptyFootprint();
  for (const [version, bits] of whole.blocks) {
    const taken = part.blocks.get(version);
    const left = taken === undefined ? bits : andNot(bits, taken);
    if (!isEmpty(left)) rest.blocks.set(version, left);
  }
  for (const id of whole.dependencies) if (!part.dependencies.has(id)) rest.dependencies.add(id);
  return rest;
}

/** Whether no block is among the bits. */
export function isEmpty(bits: Uint8Array): boolean {
  for (let index = 0; index < bits.length; index += 1) if (bits[index] !== 0) return false;
  return true;
}

/** The row form of a footprint. */
export function encodeFootprint({ blocks, dependencies }: IdFootprint): {
  blocks: Buffer;
  dependencies: Buffer;
} {
  return {
    blocks: encodeBlocks(blocks),
    dependencies: encodeIds(dependencies),
  };
}

/** Bits for at most `blocks` blocks: what lies beyond them means nothing. */
export function trimBits(bits: Uint8Array, blocks: number): Uint8Array {
  const whole = blocks >> 3;
  if (bits.length <= whole) return bits;
  const spare = (bits[whole] ?? 0) & ~((1 << (blocks & 7)) - 1);
  if (spare === 0 && bits.length <= whole + 1) return bits;
  const trimmed = Uint8Array.from(bits.subarray(0, Math.ceil(blocks / 8)));
  if (trimmed.length > whole) trimmed[whole] = (trimmed[whole] ?? 0) & ((1 << (blocks & 7)) - 1);
  return trimmed;
}

/** The fingerprints of executed blocks, in tree order. */
export function executedFingerprints(fingerprints: Buffer, bits: Uint8Array): Buffer {
  const executed: Buffer[] = [];
  forEachBlock(bits, (block) => {
    executed.push(
      fingerprints.subarray(block * FINGERPRINT_BYTES, (block + 1) * FINGERPRINT_BYTES),
    );
  });
  return Buffer.concat(executed);
}

/** Orders by code units: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The entries of a footprint in an order that does not depend on row ids. */
export function sortedBlocks(
  blocks: ReadonlyMap<number, Uint8Array>,
  rows: Rows,
): [StoredVersion, Uint8Array][] {
  return Array.from(blocks, ([id, bits]): [StoredVersion, Uint8Array] => [
    rows.version(id),
    bits,
  ]).sort(
    ([a, aBits], [b, bBits]) =>
      compareText(a.path, b.path) ||
      compareText(a.form, b.form) ||
      // Two versions of one file: it was edited while the test file ran.
      Buffer.compare(
        executedFingerprints(a.fingerprints, aBits),
        executedFingerprints(b.fingerprints, bBits),
      ),
  );
}

/** Dependencies in an order that does not depend on row ids. */
export function sortedDependencies(ids: Iterable<number>, rows: Rows): Dependency[] {
  return Array.from(ids, (id) => rows.dependency(id)).sort(compareDependencies);
}

export function compareDependencies(a: Dependency, b: Dependency): number {
  return (
    compareText(a.kind, b.kind) || compareText(a.name, b.name) || compareText(a.value, b.value)
  );
}

function forEachBlock(bits: Uint8Array, visit: (block: number) => void): void {
  for (let index = 0; index < bits.length; index += 1) {
    const byte = bits[index] ?? 0;
    for (let bit = 0; byte >> bit !== 0; bit += 1)
      if (((byte >> bit) & 1) === 1) visit(index * 8 + bit);
  }
}

/** Neither argument is changed; where one holds the other, it is the result. */
function or(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (holds(a, b)) return a;
  if (holds(b, a)) return b;
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const result = Uint8Array.from(long);
  for (let index = 0; index < short.length; index += 1) {
    result[index] = (result[index] ?? 0) | (short[index] ?? 0);
  }
  return result;
}

/** What `a` holds and `b` does not. Neither is changed. */
export function andNot(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (holds(b, a)) return NO_BLOCKS;
  const result = Uint8Array.from(a);
  for (let index = 0; index < result.length; index += 1) {
    result[index] = (result[index] ?? 0) & ~(b[index] ?? 0);
  }
  return result;
}

const NO_BLOCKS = new Uint8Array(0);

function holds(whole: Uint8Array, part: Uint8Array): boolean {
  for (let index = 0; index < part.length; index += 1) {
    if (((part[index] ?? 0) & ~(whole[index] ?? 0)) !== 0) return false;
  }
  return true;
}
