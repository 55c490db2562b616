import { createHash } from 'node:crypto';
import { ByteWriter } from './encoding';
import {
  compareText,
  executedFingerprints,
  union,
  type IdFootprint,
  type IdRecord,
  type KnownVersion,
  type Rows,
} from './footprint';

/**
 * Hashes the content of a record: the fingerprints of executed blocks, dependencies, tests and outcomes.
 *
 * The hash does not depend on row ids, times, blocks that were not executed, or the order of entries. So a record has
 * the same hash in every database, and merging two databases is a union.
 * @param whole The union of all footprints of the record, if the caller has it already.
 * @returns 32 bytes.
 */
export function recordHash(
  record: Pick<IdRecord, 'complete' | 'shared' | 'tests'>,
  rows: Rows,
  whole: IdFootprint = union([record.shared, ...record.tests]),
): Buffer {
  writer.reset();
  writer.text(record.complete ? 'complete' : 'incomplete');
  const files = new FileOrder(whole, rows);
  writer.varint(files.keys.length);
  for (const key of files.keys) writer.latin1(key);
  writeFootprint(record.shared, rows, files);
  const tests = record.tests.map((test) => ({ test, name: JSON.stringify(test.name) }));
  tests.sort((a, b) => compareText(a.name, b.name) || a.test.ordinal - b.test.ordinal);
  for (const { test, name } of tests) {
    writer.text(name);
    writer.varint(test.ordinal);
    writer.text(test.outcome);
    writeFootprint(test, rows, files);
  }
  return createHash('sha256').update(writer.view()).digest();
}

/** Shared by all calls, because a full run hashes hundreds of megabytes. */
const writer = new ByteWriter();

/** The files of a record in an order that does not depend on row ids. Computed once per record, not once per test. */
class FileOrder {
  /** One key per file, sorted. */
  readonly keys: string[] = [];
  /** The index of each version's file in `keys`. */
  readonly places = new Map<number, number>();
  /** The version of each file. The first one if there are several. */
  readonly versions: KnownVersion[] = [];
  /** Scratch space: the bits of a footprint, by index of the file. */
  readonly bits: Uint8Array[] = [];
  /** Whether a file has two versions, because it was edited while the test file ran. */
  readonly hasTwins: boolean;

  constructor({ blocks }: IdFootprint, rows: Rows) {
    const versions = blocks.map(({ version }) => rows.version(version));
    versions.sort((a, b) => a.order - b.order || compareText(a.key, b.key));
    for (const version of versions) {
      if (this.versions.at(-1)?.key !== version.key) {
        this.keys.push(version.key);
        this.versions.push(version);
      }
      this.places.set(version.id, this.keys.length - 1);
    }
    this.hasTwins = this.keys.length < versions.length;
  }
}

function writeFootprint(footprint: IdFootprint, rows: Rows, files: FileOrder): void {
  writer.varint(footprint.blocks.length);
  if (files.hasTwins) writeTwins(footprint, rows, files);
  else writeBlocks(footprint, files);
  writer.varint(footprint.dependencies.length);
  rows.writeDependencies(footprint.dependencies, writer);
}

function writeBlocks({ blocks }: IdFootprint, files: FileOrder): void {
  const places = new Int32Array(blocks.length);
  let count = 0;
  for (const { version, bits } of blocks) {
    const place = files.places.get(version) ?? 0;
    places[count++] = place;
    files.bits[place] = bits;
  }
  for (const place of places.sort())
    writeEntry(place, files.versions[place] as KnownVersion, files.bits[place] as Uint8Array);
}

/**
 * Like `writeBlocks`, for records with two versions of a file. The versions of one file are ordered by their executed
 * fingerprints.
 */
function writeTwins({ blocks }: IdFootprint, rows: Rows, files: FileOrder): void {
  blocks
    .map(({ version: id, bits }) => {
      const version = rows.version(id);
      const executed = executedFingerprints(version.fingerprints, bits);
      return { place: files.places.get(id) ?? 0, version, bits, executed };
    })
    .sort((a, b) => a.place - b.place || Buffer.compare(a.executed, b.executed))
    .forEach(({ place, version, bits }) => writeEntry(place, version, bits));
}

function writeEntry(place: number, { items }: KnownVersion, bits: Uint8Array): void {
  writer.varint(place);
  writer.varint(countBlocks(bits));
  writer.chosen(items, bits);
}

function countBlocks(bits: Uint8Array): number {
  let count = 0;
  for (let index = 0; index < bits.length; index += 1) {
    for (let rest = bits[index] ?? 0; rest !== 0; rest &= rest - 1) count += 1;
  }
  return count;
}
