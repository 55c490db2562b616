import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { DependencyOrder } from '../../records/dependency-order';
import { packHash, type ByteWriter } from '../../records/encoding';
import { knownVersion, type KnownVersion, type Rows } from '../../records/footprint';
import type { Dependency, FileVersion, StoredVersion } from '../../records/types';

/** A file version without its locations and content. */
type Version = Pick<FileVersion, 'path' | 'form' | 'fingerprints'>;

/** Identifies a file version within its environment. */
export function versionIdentity({ path, form, fingerprints }: Version): Buffer {
  return createHash('sha256')
    .update(`${form}\0${path}\0`)
    .update(fingerprints)
    .digest()
    .subarray(0, 16);
}

/**
 * Finds or creates the rows of file versions and dependencies. Each is queried once, as long as no other process
 * writes in between.
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
  readonly #dataVersion;
  /** The version of the database when the row ids here were read. */
  #foundAt: unknown;
  #versionIds = new Map<string, number>();
  /** By row id. */
  #stored: StoredVersion[] = [];
  #versions: KnownVersion[] = [];
  #dependencyIds = new Map<string, number>();
  readonly #dependencies = new DependencyOrder();
  /** Dependencies that are not sorted yet, because that may never be needed. */
  #unordered: [id: number, dependency: Dependency][] = [];
  #learnt = new Map<string, Learnt>();
  /** Versions that were added since `reset`. */
  readonly #newVersions = new Set<number>();
  /** The number of contents that were added since `reset` to existing versions. */
  #newContents = 0;

  constructor(db: Database) {
    // Changes when another connection commits. Source: sqlite.org, `PRAGMA data_version`.
    this.#dataVersion = db.prepare<[], unknown>('PRAGMA data_version').pluck();
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

  /** Clears everything. Called before each commit. */
  reset(): void {
    this.#forgetRows();
    this.#foundAt = undefined;
    this.#learnt = new Map();
    this.#newVersions.clear();
    this.#newContents = 0;
  }

  /**
   * Clears row ids that another process may have changed. Must be called at the start of each transaction.
   * @returns Whether the ids were cleared.
   */
  refreshIds(): boolean {
    const now = this.#dataVersion.get();
    const isFresh = now === this.#foundAt;
    if (!isFresh) this.#forgetRows();
    this.#foundAt = now;
    return !isFresh;
  }

  #forgetRows(): void {
    this.#versionIds = new Map();
    this.#stored = [];
    this.#versions = [];
    this.#dependencyIds = new Map();
    this.#dependencies.clear();
    this.#unordered = [];
  }

  /** The number of versions that were added since `reset`. */
  get newVersions(): number {
    return this.#newVersions.size;
  }

  /** The number of contents that were added since `reset` to existing versions. */
  get newContents(): number {
    return this.#newContents;
  }

  version(id: number): KnownVersion {
    const stored = this.#stored[id];
    if (stored === undefined) throw new Error(`The file version ${id} was not interned.`);
    return (this.#versions[id] ??= knownVersion(stored));
  }

  dependency(id: number): Dependency {
    const dependency = this.#ordered.get(id);
    if (dependency === undefined) throw new Error(`The dependency ${id} was not interned.`);
    return dependency;
  }

  writeDependencies(ids: readonly number[], writer: ByteWriter): void {
    this.#ordered.write(ids, writer);
  }

  get #ordered(): DependencyOrder {
    for (const [id, dependency] of this.#unordered) this.#dependencies.add(id, dependency);
    this.#unordered = [];
    return this.#dependencies;
  }

  /** Returns the row id of a version, and notes the content that it was transformed from. */
  learn(environmentId: number, version: FileVersion, now: number): number {
    const id = this.versionId(environmentId, version, () => version.places);
    // A version that was read from the database has no content hash.
    if (version.contentHash !== '') this.#noteContent(environmentId, version, id, now);
    return id;
  }

  /**
   * Returns the row id of a version.
   * @param places Returns the encoded locations. Only called for a new version.
   */
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
      this.#stored[id] = { id, path, form, fingerprints };
    }
    return id;
  }

  /** Adds that a content transforms to a version. Existing entries stay. */
  addContent(versionId: number, contentHash: string, learnedAt: number): void {
    this.#insertContent.run(packHash(contentHash), versionId, learnedAt);
  }

  /** Returns the row id of a dependency. */
  dependencyId({ kind, name, value }: Dependency): number {
    const key = JSON.stringify([kind, name, value]);
    let id = this.#dependencyIds.get(key);
    if (id === undefined) {
      id =
        this.#findDependency.get(kind, name, value) ??
        Number(this.#insertDependency.run(kind, name, value).lastInsertRowid);
      this.#dependencyIds.set(key, id);
      this.#unordered.push([id, { kind, name, value }]);
    }
    return id;
  }

  /**
   * Writes which contents transform to which versions. Earlier entries of the same content are replaced, because it
   * was transformed again just now. If one batch contradicts itself, all of its entries are stored, and `load` uses
   * none of them.
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

interface Learnt {
  environmentId: number;
  /** One of the versions that the content was transformed to. */
  version: FileVersion;
  /** The rows of all of them. */
  ids: number[];
  now: number;
}
