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
 * The hash of what a record says: the fingerprints of executed blocks, dependencies, tests and outcomes. Row ids,
 * times, blocks that were not executed and the order of anything leave no trace in it, so it is the same in every
 * database, and merging is a union.
 * @param whole All that the record depends on, where that is known already.
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

/** One for all: a full run hashes hundreds of megabytes. */
const writer = new ByteWriter();

/** The files of a record in an order that does not depend on row ids. Sorted once, and not once per test. */
class FileOrder {
  /** One key per file. */
  readonly keys: string[] = [];
  /** The place of each version's file among the keys. */
  readonly places = new Map<number, number>();
  /** The version at each place. */
  readonly versions: KnownVersion[] = [];
  /** Room for the bits of a footprint, each at its version's place. */
  readonly bits: Uint8Array[] = [];
  /** Whether a file occurs in two versions: it was edited while the test file ran. */
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

/** As `writeBlocks`; versions of one file are told apart by what of them was executed. */
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
