import type { Database } from 'better-sqlite3';
import { after } from '../connection/clock';
import { StoreError } from '../connection/errors';
import type { Environment, EnvironmentKey } from '../../records/types';

/** A stamp that is younger, in milliseconds, need not be written anew: each writing waits for the disk. */
const STAMP_AGE = 60 * 60 * 1000;

/** How many environments stay of equal name, project, Node version and platform. */
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

/** The environment rows. */
export class Environments {
  readonly #db: Database;
  readonly #file: string;
  readonly #byId;
  readonly #alike;

  constructor(db: Database, file: string) {
    this.#db = db;
    this.#file = file;
    this.#byId = db.prepare<[number], Row>('SELECT * FROM environment WHERE id = ?');
    // The one that was asked for comes first, then the one last used.
    this.#alike = db.prepare<[string, string, number, string, string], Row>(
      `SELECT * FROM environment WHERE name = ? AND project = ? AND node_major = ? AND platform = ?
       ORDER BY hash = ? DESC, used_at DESC, id DESC LIMIT 1`,
    );
  }

  /** @throws StoreError `missing` when there is none of this id. */
  get(id: number): Environment {
    const row = this.#byId.get(id);
    if (row === undefined) throw this.#missing(`the environment ${id}`);
    return asEnvironment(row);
  }

  /**
   * The environment of a read-only store. Its hash may differ from the one asked for: what is recorded is all there
   * is, and nobody may update it.
   * @throws StoreError `missing` when there is none that differs in its hash only.
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

  /** The environment of exactly this key; null where there is none. */
  known(key: EnvironmentKey): Environment | null {
    const { name, project, nodeMajor, platform, hash } = key;
    const row = this.#alike.get(name, project, nodeMajor, platform, hash);
    return row?.hash === hash ? asEnvironment(row) : null;
  }

  /** The environment of exactly this key, made if it is new, and stamped as used. */
  findOrCreate(key: EnvironmentKey, now: number): Environment {
    const { name, project, nodeMajor, platform, hash } = key;
    // The one in use is the last used, also where the clock went back: else it would be the next to be dropped.
    const last = this.#db
      .prepare<[string, string, number, string, string], unknown>(
        `SELECT max(used_at) FROM environment
         WHERE name = ? AND project = ? AND node_major = ? AND platform = ? AND hash != ?`,
      )
      .pluck()
      .get(name, project, nodeMajor, platform, hash);
    const at = after(last, Math.round(now));
    const known = this.#alike.get(name, project, nodeMajor, platform, hash);
    if (known?.hash === hash && known.used_at > Number(last) && at - known.used_at < STAMP_AGE)
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
   * Drops the least recently used of environments that differ in their hash only. Those with records and those without
   * are counted apart: a run that recorded nothing pushes out nothing that was recorded.
   * @returns How many were dropped, with all that was recorded in them.
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
