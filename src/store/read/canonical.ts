import type { Database } from 'better-sqlite3';
import { isCount } from '../../records/checks';
import { DependencyOrder } from '../../records/dependency-order';
import type { ByteWriter } from '../../records/encoding';
import type { Details } from './details';
import {
  knownVersion,
  trimBits,
  union,
  type IdFootprint,
  type IdRecord,
  type KnownVersion,
  type Rows,
} from '../../records/footprint';
import { FINGERPRINT_BYTES } from '../../records/fingerprint';
import type { Loader } from './load';
import { recordHash } from '../../records/record-hash';
import type { Dependency, EnvironmentKey, SelectionData, StoredRecord } from '../../records/types';

/** The row of an environment. */
export interface EnvironmentHead {
  key: EnvironmentKey;
  id: number;
  createdAt: number;
  usedAt: number;
}

/** One environment of a database with everything that is recorded in it. Invalid rows are left out. */
export interface EnvironmentContent extends EnvironmentHead {
  data: SelectionData;
  rows: Rows;
}

/** Reads the rows of environments, in a fixed order. Null for an invalid one. */
export function readEnvironmentHeads(db: Database): (EnvironmentHead | null)[] {
  return db
    .prepare<[], Record<string, unknown>>(
      'SELECT * FROM environment ORDER BY name, project, node_major, platform, hash',
    )
    .all()
    .map((row) => {
      const { id, name, project, platform, hash } = row;
      const { node_major: nodeMajor, created_at: createdAt, used_at: usedAt } = row;
      if (!isCount(id) || !isCount(nodeMajor) || !isCount(createdAt) || !isCount(usedAt))
        return null;
      if (
        typeof name !== 'string' ||
        typeof project !== 'string' ||
        typeof platform !== 'string' ||
        typeof hash !== 'string'
      )
        return null;
      return { key: { name, project, nodeMajor, platform, hash }, id, createdAt, usedAt };
    });
}

/**
 * Reads environments, one after the other.
 * @param part Which of them. Default: all.
 */
export function* readEnvironments(
  db: Database,
  loader: Loader,
  part: { wants: (key: EnvironmentKey) => boolean } | null = null,
): Generator<EnvironmentContent> {
  for (const head of readEnvironmentHeads(db)) {
    if (head === null || part?.wants(head.key) === false) continue;
    const data = loader.load(head.id);
    yield { ...head, data, rows: new LoadedRows(data) };
  }
}

/** A record whose content is what its hash says. */
export interface VerifiedRecord extends IdRecord {
  /** The union of all its footprints. */
  whole: IdFootprint;
}

/**
 * Reads a record with its tests.
 * @returns Null if its content does not match its hash, because a value was changed.
 */
export function readVerifiedRecord(
  record: StoredRecord,
  details: Details,
  rows: Rows,
): VerifiedRecord | null {
  const { complete, duration, recordedAt, matchedAt } = record;
  const trim = ({ blocks, dependencies }: IdFootprint): IdFootprint => ({
    blocks: blocks.map(({ version, bits }) => {
      const { fingerprints } = rows.version(version);
      return { version, bits: trimBits(bits, fingerprints.length / FINGERPRINT_BYTES) };
    }),
    dependencies,
  });
  try {
    const found = details.footprints(record.id);
    if (found === null) return null;
    const shared = trim(found.shared);
    const tests = found.tests.map((test) => ({ ...test, ...trim(test) }));
    const whole = union([shared, ...tests]);
    const read = { complete, duration, recordedAt, matchedAt, shared, tests, whole };
    return recordHash(read, rows, whole).toString('hex') === record.hash ? read : null;
  } catch {
    // A footprint refers to a missing row.
    return null;
  }
}

/** Resolves row ids from loaded data. */
export class LoadedRows implements Rows {
  readonly #data: SelectionData;
  readonly #versions = new Map<number, KnownVersion>();
  readonly #order = new DependencyOrder();

  constructor(data: SelectionData) {
    this.#data = data;
  }

  version(id: number): KnownVersion {
    let known = this.#versions.get(id);
    if (known === undefined) {
      const version = this.#data.versions.get(id);
      if (version === undefined) throw new Error(`There is no file version ${id}.`);
      known = knownVersion(version);
      this.#versions.set(id, known);
    }
    return known;
  }

  dependency(id: number): Dependency {
    const dependency = this.#data.dependencies.get(id);
    if (dependency === undefined) throw new Error(`There is no dependency ${id}.`);
    return dependency;
  }

  writeDependencies(ids: readonly number[], writer: ByteWriter): void {
    for (const id of ids)
      if (this.#order.get(id) === undefined) this.#order.add(id, this.dependency(id));
    this.#order.write(ids, writer);
  }
}
