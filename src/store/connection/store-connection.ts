import type { Database } from 'better-sqlite3';
import { asStoreError, isBeyondUse, StoreError } from './errors';
import { findDamage } from './integrity';
import { openDatabase, type OpenOptions } from './open';

/** An open database. Every error is converted to a StoreError with its real cause. */
export class StoreConnection {
  readonly file: string;
  readonly readonly: boolean;
  readonly options: OpenOptions;
  readonly db: Database;

  /** @throws {StoreError} If the database cannot be used. */
  constructor(file: string, options: OpenOptions) {
    this.file = file;
    this.readonly = options.readonly ?? false;
    this.options = options;
    this.db = openDatabase(file, options);
  }

  /**
   * Runs a function that uses the database.
   * @throws {StoreError} For any error of the function.
   */
  guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const known = asStoreError(error, this.file);
      const isOdd = known.reason === 'missing' && !this.readonly;
      if (!isOdd && known.reason !== 'bug' && known.reason !== 'full') throw known;
      throw this.#damageBehind() ?? known;
    }
  }

  /** Like `guard`, in one transaction, so that all reads see the same commit. */
  atomically<T>(work: () => T): T {
    return this.guard(() => this.db.transaction(work)());
  }

  /**
   * Like `guard`, in one transaction that writes: everything is written or nothing.
   * @throws {StoreError} With the reason `unwritable`, if the database was opened read-only.
   */
  write(work: () => void): void {
    if (this.readonly) {
      throw new StoreError('unwritable', this.file, 'it was opened read-only');
    }
    // `immediate` waits for the lock before anything is done, and never in between.
    this.guard(() => this.db.transaction(work).immediate());
  }

  /** Returns a value that changes when another connection commits. Source: sqlite.org, `PRAGMA data_version`. */
  dataVersion(): unknown {
    return this.db.pragma('data_version', { simple: true });
  }

  /** Closes the database. A second call does nothing. */
  close(): void {
    this.db.close();
  }

  /**
   * Checks whether damage is behind an error that looks like a bug, a full disk or a missing row: rows that violate
   * the constraints of their tables.
   */
  #damageBehind(): StoreError | null {
    try {
      const [problem] = findDamage(this.db);
      if (problem === undefined) return null;
      return new StoreError('damaged', this.file, problem);
    } catch (error) {
      const known = asStoreError(error, this.file);
      return isBeyondUse(known) ? known : null;
    }
  }
}
