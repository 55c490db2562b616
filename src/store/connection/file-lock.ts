import type Database from 'better-sqlite3';
import { loadSqlite } from './sqlite';

/**
 * A lock that the kernel releases when the process ends, for whatever reason. It also works between containers that
 * share a folder, where process ids are meaningless. It is implemented as SQLite's lock on a database file. Nothing
 * is written.
 */
export class FileLock {
  readonly #db: Database.Database;

  private constructor(db: Database.Database) {
    this.#db = db;
  }

  /**
   * Locks an existing file.
   * @returns Null if another process holds the lock.
   * @throws {Error} If the file is missing, or the file system does not support locks.
   */
  static take(file: string): FileLock | null {
    const db = new (loadSqlite())(file, { fileMustExist: true, timeout: 0 });
    try {
      db.exec('BEGIN EXCLUSIVE');
      return new FileLock(db);
    } catch (error) {
      db.close();
      if (/^SQLITE_(?:BUSY|LOCKED)/.test(String((error as { code?: unknown }).code))) return null;
      throw error;
    }
  }

  release(): void {
    this.#db.close();
  }
}
