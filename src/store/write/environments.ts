import type { Database } from 'better-sqlite3';
import { after } from '../connection/clock';
import { StoreError } from '../connection/errors';
import type { Environment, EnvironmentKey } from '../../records/types';

/** A younger timestamp is not written again, because each write waits for the disk. In milliseconds. */
const MAX_STAMP_AGE_MS = 60 * 60 * 1000;

/** How many environments with the same name, project, Node version and platform are kept. */
export const MAX_ENVIRONMENTS = 10;

interface Row {
  id: number;
  name: string;
  project: string;
  node_major: number;
  platform: string;
  hash: string;
  used_at: number;
}

/** Reads and writes the rows of environments. */
export class Environments {
  readonly #db: Database;
  readonly #file: string;
  readonly #byId;
  readonly #alike;

  constructor(db: Database, file: string) {
    this.#db = db;
    this.#file = file;
    this.#byId = db.prepare<[number], Row>('SELECT * FROM environment WHERE id = ?');
    // The exact match comes first, then the one that was used last.
    this.#alike = db.prepare<[string, string, number, string, string], Row>(
      `SELECT * FROM environment WHERE name = ? AND project = ? AND node_major = ? AND platform = ?
       ORDER BY hash = ? DESC, used_at DESC, id DESC LIMIT 1`,
    );
  }

  /** @throws {StoreError} With the reason `missing`, if there is none with this id. */
  get(id: number): Environment {
    const row = this.#byId.get(id);
    if (row === undefined) throw this.#missing(`the environment ${id}`);
    return asEnvironment(row);
  }

  /**
   * Finds an environment in a read-only store. Its hash may be another, because only what is recorded exists, and
   * nothing may be written.
   * @throws {StoreError} With the reason `missing`, if there is none with the same key apart from the hash.
   */
  find(key: EnvironmentKey): Environment {
    const { name, project, nodeMajor, platform, hash } = key;
    const row = this.#alike.get(name, project, nodeMajor, platform, hash);
    if (row === undefined) {
      throw this.#missing(
        `the environment "${name}" of project "${project}" for Node ${nodeMajor} on ${platform}`,
      );
    }
    return asEnvironment(row);
  }

  /** Returns the environment with exactly this key, or null. */
  known(key: EnvironmentKey): Environment | null {
    const { name, project, nodeMajor, platform, hash } = key;
    const row = this.#alike.get(name, project, nodeMajor, platform, hash);
    return row?.hash === hash ? asEnvironment(row) : null;
  }

  /** Returns the environment with exactly this key, creates it if it is new, and notes that it was used. */
  findOrCreate(key: EnvironmentKey, now: number): Environment {
    const { name, project, nodeMajor, platform, hash } = key;
    // The environment in use must be the last used one even if the clock went back. Otherwise it would be removed
    // next.
    const last = this.#db
      .prepare<[string, string, number, string, string], unknown>(
        `SELECT max(used_at) FROM environment
         WHERE name = ? AND project = ? AND node_major = ? AND platform = ? AND hash != ?`,
      )
      .pluck()
      .get(name, project, nodeMajor, platform, hash);
    const at = after(last, Math.round(now));
    const known = this.#alike.get(name, project, nodeMajor, platform, hash);
    if (
      known?.hash === hash &&
      known.used_at > Number(last) &&
      at - known.used_at < MAX_STAMP_AGE_MS
    )
      return asEnvironment(known);
    const id = this.#db
      .prepare<[string, string, number, string, string, number, number], number>(
        `INSERT INTO environment (name, project, node_major, platform, hash, created_at, used_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET used_at = max(used_at, excluded.used_at) RETURNING id`,
      )
      .pluck()
      .get(name, project, nodeMajor, platform, hash, at, at);
    return { id: Number(id), ...key };
  }

  /**
   * Removes the least recently used environments that differ only in their hash. Those with records and those without
   * are counted separately, so that a run without records removes nothing that was recorded.
   * @returns The number of removed environments.
   */
  prune(): number {
    return this.#db
      .prepare(
        `DELETE FROM environment WHERE id IN (
           SELECT id FROM (
             SELECT id, row_number() OVER (
               PARTITION BY name, project, node_major, platform, recorded ORDER BY used_at DESC, hash DESC
             ) AS place FROM (
               SELECT *, EXISTS (
                 SELECT 1 FROM test_file t JOIN record r ON r.test_file_id = t.id WHERE t.environment_id = e.id
               ) AS recorded FROM environment e
             )
           ) WHERE place > ?
         )`,
      )
      .run(MAX_ENVIRONMENTS).changes;
  }

  #missing(what: string): StoreError {
    return new StoreError('missing', this.#file, what, {
      message: `The database ${this.#file} does not hold ${what}; the controller should have pre-created it, so run Jest once with the database writable.`,
    });
  }
}

/** Every environment, those of other machines included. */
export function readEnvironmentRows(db: Database): Environment[] {
  return db.prepare<[], Row>('SELECT * FROM environment ORDER BY id').all().map(asEnvironment);
}

function asEnvironment({
  id,
  name,
  project,
  node_major: nodeMajor,
  platform,
  hash,
}: Row): Environment {
  return { id, name, project, nodeMajor, platform, hash };
}
