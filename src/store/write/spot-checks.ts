import type { Database } from 'better-sqlite3';
import { isCount, isStoredPath, isText } from '../../records/checks';
import type { NewEscape, ProjectPath, StoredEscape } from '../../records/types';

/** The length at which messages are cut off, in characters. */
const MAX_MESSAGE_CHARACTERS = 500;

/** Writes the results of spot checks. The caller must open the transaction. */
export class SpotCheckWriter {
  readonly #check;
  readonly #escape;
  readonly #settleRow;
  readonly #forgetCheck;
  readonly #settleGone;
  readonly #find;
  readonly #countOpen;
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
    this.#check = db.prepare<[string, string, number]>(
      `INSERT INTO spot_check (project, path, checked_at) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET checked_at = max(checked_at, excluded.checked_at)`,
    );
    // If two have the same time, the winner must not depend on their order, because the result of merges would depend
    // on it.
    this.#escape = db.prepare<[string, string, number, number, string, number, string]>(
      `INSERT INTO escaped (project, path, found_at, settled_at, record_hash, recorded_at, message) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET
         record_hash = iif(${IS_LATER}, excluded.record_hash, record_hash),
         recorded_at = iif(${IS_LATER}, excluded.recorded_at, recorded_at),
         message = iif(${IS_LATER}, excluded.message, message),
         found_at = max(found_at, excluded.found_at), settled_at = max(settled_at, excluded.settled_at)`,
    );
    this.#settleRow = db.prepare<[number]>(
      `UPDATE escaped SET settled_at = found_at WHERE found_at > settled_at AND (project, path) IN (
         SELECT e.project, t.path FROM test_file t JOIN environment e ON e.id = t.environment_id
         WHERE t.id = ? AND t.failed = 0
       )`,
    );
    this.#forgetCheck = db.prepare<[number, string]>(
      'DELETE FROM spot_check WHERE project = (SELECT project FROM environment WHERE id = ?) AND path = ?',
    );
    this.#settleGone = db.prepare<[number, string]>(
      `UPDATE escaped SET settled_at = max(settled_at, found_at)
       WHERE project = (SELECT project FROM environment WHERE id = ?) AND path = ?`,
    );
    this.#find = db
      .prepare<[string, string], 0 | 1>(
        'SELECT found_at > settled_at FROM escaped WHERE project = ? AND path = ?',
      )
      .pluck();
    this.#countOpen = db
      .prepare<[], number>('SELECT count(*) FROM escaped WHERE found_at > settled_at')
      .pluck();
  }

  /** Whether a test file is an open escape. Undefined if it never was one. */
  isOpen({ project, path }: ProjectPath): boolean | undefined {
    const isOpen = this.#find.get(project, path);
    return isOpen === undefined ? undefined : isOpen === 1;
  }

  get hasOpen(): boolean {
    return (this.#countOpen.get() ?? 0) > 0;
  }

  /** Notes that an unaffected test file ran to its end. */
  check({ project, path }: ProjectPath, at: number): void {
    this.#check.run(project, path, at);
  }

  /** Notes that an unaffected test file failed. */
  escape({ project, path, recordHash, recordedAt, message }: NewEscape, at: number): void {
    const shortened = message.slice(0, MAX_MESSAGE_CHARACTERS);
    this.#escape.run(project, path, at, 0, recordHash, recordedAt, shortened);
  }

  /**
   * Settles the escape of a test file that passed completely, unless the file is still selected because of a failure.
   */
  settle(testFileId: number): void {
    this.#settleRow.run(testFileId);
  }

  settleAll(): void {
    this.#db.exec('UPDATE escaped SET settled_at = max(settled_at, found_at)');
  }

  /**
   * Removes the spot check of a deleted test file. Its escape stays and is settled, because another database may
   * still have it open.
   */
  forget(environmentId: number, path: string): void {
    this.#forgetCheck.run(environmentId, path);
    this.#settleGone.run(environmentId, path);
  }

  /**
   * Adds the spot checks and escapes of another database.
   * @param wants Whether to add the spot check of a test file. Escapes are always added.
   */
  addAll(other: Database, wants: (testFile: ProjectPath) => boolean = () => true): void {
    for (const { project, path, checkedAt } of readChecks(other))
      if (wants({ project, path })) this.#check.run(project, path, checkedAt);
    for (const escape of readEscapes(other)) {
      const { project, path, foundAt, settledAt, recordHash, recordedAt, message } = escape;
      this.#escape.run(project, path, foundAt, settledAt, recordHash, recordedAt, message);
    }
  }
}

/** Whether the new row wins over the existing one. */
const IS_LATER =
  '(excluded.found_at, excluded.recorded_at, excluded.record_hash, excluded.message) > (found_at, recorded_at, record_hash, message)';

interface Check extends ProjectPath {
  /** Milliseconds since the epoch. */
  checkedAt: number;
}

/** Returns when test files last ran as spot checks. */
export function readChecks(db: Database): Check[] {
  return db
    .prepare<[], unknown[]>('SELECT project, path, checked_at FROM spot_check')
    .raw()
    .all()
    .flatMap(([project, path, checkedAt]) =>
      isText(project) && isStoredPath(path) && isCount(checkedAt)
        ? [{ project, path, checkedAt }]
        : [],
    );
}

/** Returns all escapes, the open ones first, then the latest. */
export function readEscapes(db: Database): (StoredEscape & { settledAt: number })[] {
  return db
    .prepare<[], unknown[]>(
      `SELECT project, path, found_at, settled_at, record_hash, recorded_at, message FROM escaped
       ORDER BY found_at > settled_at DESC, found_at DESC, project, path`,
    )
    .raw()
    .all()
    .flatMap(([project, path, foundAt, settledAt, recordHash, recordedAt, message]) =>
      isText(project) &&
      isStoredPath(path) &&
      isCount(foundAt) &&
      isCount(settledAt) &&
      isText(recordHash) &&
      isCount(recordedAt) &&
      isText(message)
        ? [
            {
              ...{ project, path, foundAt, settledAt, isOpen: foundAt > settledAt },
              ...{ recordHash, recordedAt, message: message.slice(0, MAX_MESSAGE_CHARACTERS) },
            },
          ]
        : [],
    );
}
