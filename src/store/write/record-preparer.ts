import { DependencyOrder } from '../../records/dependency-order';
import type { ByteWriter, EncodedBlocks } from '../../records/encoding';
import { FINGERPRINT_BYTES } from '../../records/fingerprint';
import {
  EMPTY,
  footprintOf,
  knownVersion,
  trimBits,
  union,
  without,
  type IdFootprint,
  type IdTest,
  type KnownVersion,
  type Rows,
} from '../../records/footprint';
import { NumberedFootprint, type Named } from '../../records/numbered';
import { recordHash } from '../../records/record-hash';
import type { Dependency, FileVersion, Footprint, TestFileRecord } from '../../records/types';
import { finite, stamp } from './numbers';
import { versionIdentity } from './interning';

/** A record that was hashed before any part of it is in the database. Its ids are the numbers of the preparer. */
export interface PreparedRecord {
  record: TestFileRecord;
  /** Null for a failed test file, which has no facts that could stand for another run. */
  facts: PreparedFacts | null;
  /** Whether the pass is provisional: see `CommitBatch.isProvisional`. */
  isProvisional: boolean;
}

/** The content of a passing record. */
export interface PreparedFacts {
  shared: IdFootprint;
  tests: IdTest[];
  /** The union of all footprints of the record. */
  whole: IdFootprint;
  hash: Buffer;
}

/**
 * Numbers the versions and dependencies of records, and hashes the records. A hash does not depend on row ids, so
 * this needs no transaction.
 */
export class RecordPreparer implements Rows {
  /** By object, which is fast, because the records of a journal share objects. */
  readonly #versionObjects = new Map<FileVersion, number>();
  readonly #versionNumbers = new Map<string, number>();
  readonly #versions: { known: KnownVersion; first: FileVersion }[] = [];
  readonly #dependencyNumbers = new Map<string, number>();
  readonly #dependencies = new DependencyOrder();
  readonly #seenIn = new Map<number, Set<FileVersion>>();
  #namedNumbers: NamedNumbers | null = null;

  /** Returns a record with its hash. */
  prepare(record: TestFileRecord, isProvisional: boolean): PreparedRecord {
    const facts = record.outcome === 'failed' ? null : this.#facts(record);
    return { record, facts, isProvisional };
  }

  #facts(record: TestFileRecord): PreparedFacts {
    const seen = this.#seenOf(record.environmentId);
    // Without empty entries, like the rows in the database.
    const shared = without(this.#footprint(record.shared, seen), EMPTY);
    const tests = record.tests.map((test) => ({
      name: test.name,
      ordinal: stamp(test.ordinal),
      outcome: test.outcome,
      duration: finite(test.duration),
      ...without(this.#footprint(test, seen), shared),
    }));
    const whole = union([shared, ...tests]);
    const hash = recordHash({ complete: record.complete, shared, tests }, this, whole);
    return { shared, tests, whole, hash };
  }

  /** Yields every file version with its environment. Those that were transformed in this run have a content hash. */
  *met(): Generator<[environmentId: number, version: FileVersion]> {
    for (const [environmentId, versions] of this.#seenIn)
      for (const version of versions) yield [environmentId, version];
  }

  /** Returns the file version of a number. */
  original(number: number): FileVersion {
    return this.#entry(number).first;
  }

  version(number: number): KnownVersion {
    return this.#entry(number).known;
  }

  dependency(number: number): Dependency {
    const dependency = this.#dependencies.get(number);
    if (dependency === undefined) throw new Error(`No dependency has the number ${number}.`);
    return dependency;
  }

  writeDependencies(numbers: readonly number[], writer: ByteWriter): void {
    this.#dependencies.write(numbers, writer);
  }

  #entry(number: number): { known: KnownVersion; first: FileVersion } {
    const entry = this.#versions[number];
    if (entry === undefined) throw new Error(`No file version has the number ${number}.`);
    return entry;
  }

  #seenOf(environmentId: number): Set<FileVersion> {
    let seen = this.#seenIn.get(environmentId);
    if (seen === undefined) this.#seenIn.set(environmentId, (seen = new Set()));
    return seen;
  }

  #footprint(footprint: Footprint, seen: Set<FileVersion>): IdFootprint {
    return footprint instanceof NumberedFootprint
      ? this.#numbered(footprint, seen)
      : this.#listed(footprint, seen);
  }

  #listed({ blocks, dependencies }: Footprint, seen: Set<FileVersion>): IdFootprint {
    return footprintOf(
      blocks.map(({ version, bits }) => ({
        version: this.#versionNumber(version, seen),
        bits: trimBits(bits, version.fingerprints.length / FINGERPRINT_BYTES),
      })),
      dependencies.map((dependency) => this.#dependencyNumber(dependency)),
    );
  }

  #numbered({ named, numbers }: NumberedFootprint, seen: Set<FileVersion>): IdFootprint {
    if (this.#namedNumbers?.named !== named || this.#namedNumbers.seen !== seen)
      this.#namedNumbers = { named, seen, versions: [], dependencies: [] };
    const { versions, dependencies } = this.#namedNumbers;
    const blocks: EncodedBlocks[] = [];
    for (const { version: ofJournal, bits } of numbers.blocks) {
      let known = versions[ofJournal];
      if (known === undefined) {
        const version = named.versions[ofJournal] as FileVersion;
        const number = this.#versionNumber(version, seen);
        known = { number, blocks: version.fingerprints.length / FINGERPRINT_BYTES };
        versions[ofJournal] = known;
      }
      blocks.push({ version: known.number, bits: trimBits(bits, known.blocks) });
    }
    const used = numbers.dependencies.map(
      (ofJournal) =>
        (dependencies[ofJournal] ??= this.#dependencyNumber(
          named.dependencies[ofJournal] as Dependency,
        )),
    );
    return footprintOf(blocks, used);
  }

  #versionNumber(version: FileVersion, seen: Set<FileVersion>): number {
    seen.add(version);
    let number = this.#versionObjects.get(version);
    if (number !== undefined) return number;
    const identity = versionIdentity(version).toString('latin1');
    number = this.#versionNumbers.get(identity);
    if (number === undefined) {
      number = this.#versions.length;
      const { path, form, fingerprints } = version;
      const known = knownVersion({ id: number, path, form, fingerprints });
      this.#versions.push({ known, first: version });
      this.#versionNumbers.set(identity, number);
    }
    this.#versionObjects.set(version, number);
    return number;
  }

  #dependencyNumber({ kind, name, value }: Dependency): number {
    const key = JSON.stringify([kind, name, value]);
    let number = this.#dependencyNumbers.get(key);
    if (number === undefined) {
      number = this.#dependencyNumbers.size;
      this.#dependencies.add(number, { kind, name, value });
      this.#dependencyNumbers.set(key, number);
    }
    return number;
  }
}

/** Maps the numbers of one journal to ours. */
interface NamedNumbers {
  named: Named;
  seen: Set<FileVersion>;
  versions: { number: number; blocks: number }[];
  dependencies: number[];
}
