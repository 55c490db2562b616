import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { DependencyOrder } from '../../records/dependency-order';
import { packHash, type ByteWriter, type EncodedBlocks } from '../../records/encoding';
import {
  EMPTY,
  footprintOf,
  knownVersion,
  trimBits,
  without,
  type IdFootprint,
  type KnownVersion,
  type Rows,
} from '../../records/footprint';
import { FINGERPRINT_BYTES } from '../../records/fingerprint';
import { NumberedFootprint, type Named } from '../../records/numbered';
import type { Dependency, FileVersion, Footprint } from '../../records/types';

/** A file version, whether its places and content are known or not. */
type Version = Pick<FileVersion, 'path' | 'form' | 'fingerprints'>;

/** The identity of a file version among those of its environment. */
export function versionIdentity({ path, form, fingerprints }: Version): Buffer {
  return createHash('sha256')
    .update(`${form}\0${path}\0`)
    .update(fingerprints)
    .digest()
    .subarray(0, 16);
}

/** How many objects are known by themselves. */
const MAX_OBJECTS = 100_000;

/**
 * Finds or creates the rows of file versions and dependencies while one transaction writes. Every distinct thing
 * costs a query once.
 */
export class Interning implements Rows {
  readonly #insertPlaces;
  readonly #insertVersion;
  readonly #findVersion;
  readonly #insertContent;
  readonly #staleContents;
  readonly #deleteContent;
  readonly #insertDependency;
  readonly #findDependency;
  /** By object first, as the records of a journal share them: hashing is for those not seen yet. */
  #versionObjects = new Map<number, Map<FileVersion, number>>();
  #versionIds = new Map<string, number>();
  /** By row id. */
  #versions: KnownVersion[] = [];
  #dependencyObjects = new Map<Dependency, number>();
  #namedRows: NamedRows | null = null;
  #dependencyIds = new Map<string, number>();
  readonly #dependencies = new DependencyOrder();
  #learnt = new Map<string, Learnt>();
  /** Versions added since `reset`. */
  readonly #newVersions = new Set<number>();
  /** Contents added since `reset` to versions that were there. */
  #newContents = 0;

  constructor(db: Database) {
    this.#findVersion = db
      .prepare<[number, Buffer], number>(
        'SELECT id FROM file_version WHERE environment_id = ? AND identity = ?',
      )
      .pluck();
    this.#insertVersion = db.prepare<[number, string, string, Buffer, Buffer]>(
      'INSERT INTO file_version (environment_id, path, form, identity, fingerprints) VALUES (?, ?, ?, ?, ?)',
    );
    this.#insertPlaces = db.prepare<[number, string]>(
      'INSERT OR REPLACE INTO places (file_version_id, text) VALUES (?, ?)',
    );
    this.#insertContent = db.prepare<[Buffer | string, number, number]>(
      `INSERT INTO content (hash, file_version_id, learned_at) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET learned_at = excluded.learned_at WHERE excluded.learned_at > learned_at`,
    );
    this.#staleContents = db
      .prepare<[number, string, string, Buffer | string], number>(
        `SELECT c.file_version_id FROM file_version v JOIN content c ON c.file_version_id = v.id
         WHERE v.environment_id = ? AND v.path = ? AND v.form = ? AND c.hash = ?`,
      )
      .pluck();
    this.#deleteContent = db.prepare<[number, Buffer | string]>(
      'DELETE FROM content WHERE file_version_id = ? AND hash = ?',
    );
    this.#findDependency = db
      .prepare<[string, string, string], number>(
        'SELECT id FROM dependency WHERE kind = ? AND name = ? AND value = ?',
      )
      .pluck();
    this.#insertDependency = db.prepare<[string, string, string]>(
      'INSERT INTO dependency (kind, name, value) VALUES (?, ?, ?)',
    );
  }

  /** Forgets everything: at the start of each transaction, as another process may have written since. */
  reset(): void {
    this.#versionObjects = new Map();
    this.#versionIds = new Map();
    this.#versions = [];
    this.#dependencyObjects = new Map();
    this.#namedRows = null;
    this.#dependencyIds = new Map();
    this.#dependencies.clear();
    this.#learnt = new Map();
    this.#newVersions.clear();
    this.#newContents = 0;
  }

  /** How many versions were added since `reset`. */
  get newVersions(): number {
    return this.#newVersions.size;
  }

  /** How many contents were added since `reset` to versions that were there. */
  get newContents(): number {
    return this.#newContents;
  }

  version(id: number): KnownVersion {
    const version = this.#versions[id];
    if (version === undefined) throw new Error(`The file version ${id} was not interned.`);
    return version;
  }

  dependency(id: number): Dependency {
    const dependency = this.#dependencies.get(id);
    if (dependency === undefined) throw new Error(`The dependency ${id} was not interned.`);
    return dependency;
  }

  writeDependencies(ids: readonly number[], writer: ByteWriter): void {
    this.#dependencies.write(ids, writer);
  }

  /**
   * The row ids of a footprint.
   * @param known What is left out of it.
   */
  footprint(
    environmentId: number,
    footprint: Footprint,
    now: number,
    known: IdFootprint = EMPTY,
  ): IdFootprint {
    const own =
      footprint instanceof NumberedFootprint
        ? this.#numbered(environmentId, footprint, now)
        : this.#listed(environmentId, footprint, now);
    return without(own, known);
  }

  #listed(environmentId: number, { blocks, dependencies }: Footprint, now: number): IdFootprint {
    return footprintOf(
      blocks.map(({ version, bits }) => ({
        version: this.learn(environmentId, version, now),
        bits: trimBits(bits, version.fingerprints.length / FINGERPRINT_BYTES),
      })),
      dependencies.map((dependency) => this.dependencyId(dependency)),
    );
  }

  #numbered(
    environmentId: number,
    { named, numbers }: NumberedFootprint,
    now: number,
  ): IdFootprint {
    const { versionsOf, dependencies } = this.#rowsOf(named);
    let versions = versionsOf.get(environmentId);
    if (versions === undefined) versionsOf.set(environmentId, (versions = []));
    const blocks: EncodedBlocks[] = [];
    for (const { version: number, bits } of numbers.blocks) {
      let row = versions[number];
      if (row === undefined) {
        const version = named.versions[number] as FileVersion;
        const id = this.learn(environmentId, version, now);
        row = { id, blocks: version.fingerprints.length / FINGERPRINT_BYTES };
        versions[number] = row;
      }
      blocks.push({ version: row.id, bits: trimBits(bits, row.blocks) });
    }
    const ids = numbers.dependencies.map(
      (number) =>
        (dependencies[number] ??= this.#dependencyRow(named.dependencies[number] as Dependency)),
    );
    return footprintOf(blocks, ids);
  }

  /** What is known of the numbers of the journal at hand: they are read one after the other. */
  #rowsOf(named: Named): NamedRows {
    if (this.#namedRows?.named !== named)
      this.#namedRows = { named, versionsOf: new Map(), dependencies: [] };
    return this.#namedRows;
  }

  /** The row id of a version; also notes which content it was made from. */
  learn(environmentId: number, version: FileVersion, now: number): number {
    const known = this.#objectsOf(environmentId);
    let id = known.get(version);
    if (id === undefined) {
      id = this.versionId(environmentId, version, () => version.places);
      // Every journal has its own, and those of journals that are done would fill the memory.
      if (known.size >= MAX_OBJECTS) known.clear();
      known.set(version, id);
      // One that was read back was not transformed just now.
      if (version.contentHash !== '') this.#noteContent(environmentId, version, id, now);
    }
    return id;
  }

  #objectsOf(environmentId: number): Map<FileVersion, number> {
    let known = this.#versionObjects.get(environmentId);
    if (known === undefined)
      this.#versionObjects.set(environmentId, (known = new Map<FileVersion, number>()));
    return known;
  }

  /** The row id of a version. */
  versionId(environmentId: number, version: Version, places: () => string): number {
    const { path, form, fingerprints } = version;
    const identity = versionIdentity(version);
    const key = `${environmentId}:${identity.toString('latin1')}`;
    let id = this.#versionIds.get(key);
    if (id === undefined) {
      id = this.#findVersion.get(environmentId, identity);
      if (id === undefined) {
        id = Number(
          this.#insertVersion.run(environmentId, path, form, identity, fingerprints)
            .lastInsertRowid,
        );
        const text = places();
        if (text !== '') this.#insertPlaces.run(id, text);
        this.#newVersions.add(id);
      }
      this.#versionIds.set(key, id);
      this.#versions[id] = knownVersion({ id, path, form, fingerprints });
    }
    return id;
  }

  /** Adds that a content transforms to a version, beside whatever else is known of it. */
  addContent(versionId: number, contentHash: string, learnedAt: number): void {
    this.#insertContent.run(packHash(contentHash), versionId, learnedAt);
  }

  /** The row id of a dependency. */
  dependencyId(dependency: Dependency): number {
    let id = this.#dependencyObjects.get(dependency);
    if (id !== undefined) return id;
    id = this.#dependencyRow(dependency);
    if (this.#dependencyObjects.size >= MAX_OBJECTS) this.#dependencyObjects.clear();
    this.#dependencyObjects.set(dependency, id);
    return id;
  }

  #dependencyRow({ kind, name, value }: Dependency): number {
    const key = JSON.stringify([kind, name, value]);
    let id = this.#dependencyIds.get(key);
    if (id === undefined) {
      id =
        this.#findDependency.get(kind, name, value) ??
        Number(this.#insertDependency.run(kind, name, value).lastInsertRowid);
      this.#dependencyIds.set(key, id);
      this.#dependencies.add(id, { kind, name, value });
    }
    return id;
  }

  /**
   * Writes which contents were learnt. What was known of the same content before is replaced: it was transformed
   * again just now. Where one batch disagrees with itself all its answers stay, and `load` uses none.
   */
  writeContents(): void {
    for (const { environmentId, version, ids, now } of this.#learnt.values()) {
      const { path, form, contentHash } = version;
      const hash = packHash(contentHash);
      const known = this.#staleContents.all(environmentId, path, form, hash);
      for (const id of known) if (!ids.includes(id)) this.#deleteContent.run(id, hash);
      for (const id of ids) {
        if (known.includes(id)) continue;
        this.#insertContent.run(hash, id, now);
        if (!this.#newVersions.has(id)) this.#newContents += 1;
      }
    }
    this.#learnt.clear();
  }

  #noteContent(environmentId: number, version: FileVersion, id: number, now: number): void {
    const key = `${environmentId}|${version.form}|${version.contentHash}|${version.path}`;
    const learnt = this.#learnt.get(key);
    if (learnt === undefined) this.#learnt.set(key, { environmentId, version, ids: [id], now });
    else if (!learnt.ids.includes(id)) learnt.ids.push(id);
  }
}

/** The rows of what a journal names, by its numbers. */
interface NamedRows {
  named: Named;
  /** By environment. */
  versionsOf: Map<number, { id: number; blocks: number }[]>;
  dependencies: number[];
}

interface Learnt {
  environmentId: number;
  /** One of those that the content was seen to transform to. */
  version: FileVersion;
  /** The rows of all of them. */
  ids: number[];
  now: number;
}
