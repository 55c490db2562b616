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

/** A record whose hash is known before anything of it is in the database. Its numbers are the preparer's. */
export interface PreparedRecord {
  record: TestFileRecord;
  /** Null for one that failed: it is no fact that could stand for another run. */
  facts: PreparedFacts | null;
  /** Whether it passed for now only: see `CommitBatch.isProvisional`. */
  isProvisional: boolean;
}

export interface PreparedFacts {
  shared: IdFootprint;
  tests: IdTest[];
  /** All that the record depends on. */
  whole: IdFootprint;
  hash: Buffer;
}

/**
 * Numbers what records refer to and hashes them. A hash does not depend on row ids, so nobody has to wait for the
 * database meanwhile.
 */
export class RecordPreparer implements Rows {
  /** By object first, as the records of a journal share them. */
  readonly #versionObjects = new Map<FileVersion, number>();
  readonly #versionNumbers = new Map<string, number>();
  readonly #versions: { known: KnownVersion; first: FileVersion }[] = [];
  readonly #dependencyNumbers = new Map<string, number>();
  readonly #dependencies = new DependencyOrder();
  readonly #seenIn = new Map<number, Set<FileVersion>>();
  #namedNumbers: NamedNumbers | null = null;

  /** A record with its hash. */
  prepare(record: TestFileRecord, isProvisional: boolean): PreparedRecord {
    const facts = record.outcome === 'failed' ? null : this.#facts(record);
    return { record, facts, isProvisional };
  }

  #facts(record: TestFileRecord): PreparedFacts {
    const seen = this.#seenOf(record.environmentId);
    // Without what is empty, as its rows say it.
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

  /** Every file version that was met in an environment: with its content, where it was transformed just now. */
  *met(): Generator<[environmentId: number, version: FileVersion]> {
    for (const [environmentId, versions] of this.#seenIn)
      for (const version of versions) yield [environmentId, version];
  }

  /** The file version of a number. */
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

/** The numbers of what a journal names, by its own numbers. */
interface NamedNumbers {
  named: Named;
  seen: Set<FileVersion>;
  versions: { number: number; blocks: number }[];
  dependencies: number[];
}
