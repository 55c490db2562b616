import { FINGERPRINT_BYTES } from './fingerprint';
import { createHash } from 'node:crypto';
import {
  decodeBlocks,
  decodeIds,
  encodeBlocks,
  encodeIds,
  viewOf,
  type ByteWriter,
  type EncodedBlocks,
} from './encoding';
import { lowerBound, mergeSorted } from './sorted';
import type { Dependency, StoredVersion, TestOutcome } from './types';

/** A footprint by row ids of one database. Both lists are sorted, without duplicates. */
export interface IdFootprint {
  blocks: readonly EncodedBlocks[];
  dependencies: readonly number[];
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
  /** Each test contains only what it executed beyond the shared part. */
  tests: IdTest[];
}

/** A file version with keys that sort it independently of its row id. */
export interface KnownVersion extends StoredVersion {
  /** A hash of path and form, as 16 `latin1` characters. A text needs far less memory than a Buffer. */
  key: string;
  /** The first six bytes of the key as a number, which compares fast. */
  order: number;
  /** The fingerprints, for fast copying. */
  items: DataView;
}

/** Resolves row ids. */
export interface Rows {
  version(id: number): KnownVersion;
  dependency(id: number): Dependency;
  /** Writes dependencies in the form that a record's hash reads, in an order that does not depend on row ids. */
  writeDependencies(ids: readonly number[], writer: ByteWriter): void;
}

/** Adds the sort keys to a file version. */
export function knownVersion({ id, path, form, fingerprints }: StoredVersion): KnownVersion {
  const hash = createHash('sha256').update(`${form}\0${path}`).digest();
  const key = hash.toString('latin1', 0, KEY_BYTES);
  const order = hash.readUIntBE(0, 6);
  return { id, path, form, fingerprints, key, order, items: viewOf(fingerprints) };
}

const KEY_BYTES = 16;

/**
 * Creates a footprint from unsorted blocks and dependencies.
 * @param blocks May contain a version several times. Both arrays are modified.
 */
export function footprintOf(blocks: EncodedBlocks[], dependencies: number[]): IdFootprint {
  return { blocks: inOrder(blocks), dependencies: idsInOrder(dependencies) };
}

function inOrder(blocks: EncodedBlocks[]): EncodedBlocks[] {
  if (isAscending(blocks)) return blocks;
  // The list consists of a few sorted runs, for which the built-in sort is fast.
  blocks.sort((a, b) => a.version - b.version);
  let count = 0;
  let last: EncodedBlocks | undefined;
  for (const entry of blocks) {
    if (last?.version !== entry.version) blocks[count++] = last = entry;
    // Rare. A new entry, because the caller's entries must not change.
    else blocks[count - 1] = last = { version: entry.version, bits: or(last.bits, entry.bits) };
  }
  blocks.length = count;
  return blocks;
}

function isAscending(blocks: readonly EncodedBlocks[]): boolean {
  let last = -1;
  for (const { version } of blocks) {
    if (version <= last) return false;
    last = version;
  }
  return true;
}

function idsInOrder(ids: number[]): number[] {
  let last = -1;
  let isAscending = true;
  for (const id of ids) {
    if (id <= last) isAscending = false;
    last = id;
  }
  if (isAscending) return ids;
  // Row ids are small, except in a foreign database. Sorting 32-bit integers is twice as fast.
  const isSmall = ids.every((id) => id <= MAX_UINT32);
  let count = 0;
  last = -1;
  for (const id of (isSmall ? new Uint32Array(ids) : new Float64Array(ids)).sort()) {
    if (id !== last) ids[count++] = last = id;
  }
  ids.length = count;
  return ids;
}

const MAX_UINT32 = 2 ** 32 - 1;

/** Merges footprints. Best if the first is the largest, like the shared part of a record. */
export function union(footprints: Iterable<IdFootprint>): IdFootprint {
  let all: Sum[] = [];
  let ids: number[] = [];
  for (const { blocks, dependencies } of footprints) {
    const others: Sum[] = [];
    let at = 0;
    for (const { version, bits } of blocks) {
      while ((all[at]?.version ?? Infinity) < version) at += 1;
      const known = all[at];
      if (known?.version === version) addTo(known, bits);
      else others.push({ version, bits, isOwn: false });
    }
    all = mergeSorted(all, others, (a, b) => a.version - b.version);
    ids = mergeSorted(ids, idsWithout(dependencies, ids), (a, b) => a - b);
  }
  return { blocks: all, dependencies: ids };
}

/** An entry to which blocks are added. */
interface Sum extends EncodedBlocks {
  /** Whether no other footprint shares its bits, so that they can be modified. */
  isOwn: boolean;
}

function addTo(sum: Sum, bits: Uint8Array): void {
  if (sum.isOwn && bits.length <= sum.bits.length) addBits(sum.bits, bits);
  else if (!holds(sum.bits, bits)) {
    sum.bits = or(sum.bits, bits);
    sum.isOwn = true;
  }
}

/** Returns what `whole` contains and `part` does not. Entries without blocks are left out. */
export function without(whole: IdFootprint, part: IdFootprint): IdFootprint {
  const blocks: EncodedBlocks[] = [];
  let at = 0;
  for (const entry of whole.blocks) {
    while ((part.blocks[at]?.version ?? Infinity) < entry.version) at += 1;
    const taken = part.blocks[at];
    if (taken?.version !== entry.version) {
      if (!isEmpty(entry.bits)) blocks.push(entry);
    } else if (!holds(taken.bits, entry.bits))
      blocks.push({ version: entry.version, bits: andNot(entry.bits, taken.bits) });
  }
  return { blocks, dependencies: idsWithout(whole.dependencies, part.dependencies) };
}

function idsWithout(whole: readonly number[], part: readonly number[]): number[] {
  const rest: number[] = [];
  let at = 0;
  for (const id of whole) {
    // A test adds a few ids to the hundreds that all tests share, so a binary search is fast.
    at = lowerBound(part.length, at, (nth) => (part[nth] as number) - id);
    if (part[at] !== id) rest.push(id);
  }
  return rest;
}

/** An empty footprint. */
export const EMPTY: IdFootprint = { blocks: [], dependencies: [] };

function isEmpty(bits: Uint8Array): boolean {
  for (let index = 0; index < bits.length; index += 1) if (bits[index] !== 0) return false;
  return true;
}

/** Encodes a footprint for the database. */
export function encodeFootprint({ blocks, dependencies }: IdFootprint): {
  blocks: Buffer;
  dependencies: Buffer;
} {
  return {
    blocks: encodeBlocks(blocks),
    dependencies: encodeIds(dependencies),
  };
}

/**
 * Decodes a footprint.
 * @throws {EncodingError} If the bytes are not a valid encoding.
 */
export function decodeFootprint({
  blocks,
  dependencies,
}: {
  blocks: Uint8Array;
  dependencies: Uint8Array;
}): IdFootprint {
  return { blocks: decodeBlocks(blocks), dependencies: decodeIds(dependencies) };
}

/** Removes the bits beyond the number of blocks, which mean nothing. */
export function trimBits(bits: Uint8Array, blocks: number): Uint8Array {
  const whole = blocks >> 3;
  if (bits.length <= whole) return bits;
  const spare = (bits[whole] ?? 0) & ~((1 << (blocks & 7)) - 1);
  if (spare === 0 && bits.length <= whole + 1) return bits;
  const trimmed = new Uint8Array(bits.subarray(0, Math.ceil(blocks / 8)));
  if (trimmed.length > whole) trimmed[whole] = (trimmed[whole] ?? 0) & ((1 << (blocks & 7)) - 1);
  return trimmed;
}

/** Returns the fingerprints of executed blocks, in tree order. */
export function executedFingerprints(fingerprints: Buffer, bits: Uint8Array): Buffer {
  const executed: Buffer[] = [];
  forEachBlock(bits, (block) => {
    executed.push(
      fingerprints.subarray(block * FINGERPRINT_BYTES, (block + 1) * FINGERPRINT_BYTES),
    );
  });
  return Buffer.concat(executed);
}

/** Compares by code units, so that the order is the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts the blocks of a footprint in an order that does not depend on row ids. */
export function sortedBlocks(
  blocks: readonly EncodedBlocks[],
  rows: Rows,
): [StoredVersion, Uint8Array][] {
  return blocks
    .map(({ version, bits }): [StoredVersion, Uint8Array] => [rows.version(version), bits])
    .sort(
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

/** Sorts dependencies in an order that does not depend on row ids. */
export function sortedDependencies(ids: Iterable<number>, rows: Rows): Dependency[] {
  return Array.from(ids, (id) => rows.dependency(id)).sort(compareDependencies);
}

/** Compares dependencies by kind, name and value. */
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

/** Returns the bits that are set in `a` or `b`. Modifies neither. */
function or(a: Uint8Array, b: Uint8Array): Uint8Array {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const result = new Uint8Array(long);
  addBits(result, short);
  return result;
}

/** Sets more bits. `bits` must be at least as long as `more`. */
function addBits(bits: Uint8Array, more: Uint8Array): void {
  for (let index = 0; index < more.length; index += 1)
    bits[index] = (bits[index] ?? 0) | (more[index] ?? 0);
}

/** Returns the bits that are set in `a` and not in `b`. Modifies neither. */
function andNot(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a);
  for (let index = 0; index < result.length; index += 1) {
    result[index] = (result[index] ?? 0) & ~(b[index] ?? 0);
  }
  return result;
}

function holds(whole: Uint8Array, part: Uint8Array): boolean {
  for (let index = 0; index < part.length; index += 1) {
    if (((part[index] ?? 0) & ~(whole[index] ?? 0)) !== 0) return false;
  }
  return true;
}
