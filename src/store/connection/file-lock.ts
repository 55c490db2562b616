import type Database from 'better-sqlite3';
import { loadSqlite } from './sqlite';

/**
 * A lock that the kernel takes back when its process ends, however it ends. It holds between containers that share a
 * folder, where process ids say nothing. SQLite asks the kernel for it as for any database; nothing is written.
 */
export class FileLock {
  readonly #db: Database.Database;

  private constructor(db: Database.Database) {
    this.#db = db;
  }

  /**
   * Takes the lock of a file that is there.
   * @returns Null where somebody has it.
   * @throws Where the file is missing, or the file system knows no locks.
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
