import type { Database } from 'better-sqlite3';
import { asStoreError, isBeyondUse, StoreError } from './errors';
import { findDamage } from './integrity';
import { openDatabase, type OpenOptions } from './open';

/** An open database whose every error is a StoreError that names the true cause. */
export class StoreConnection {
  readonly file: string;
  readonly readonly: boolean;
  readonly options: OpenOptions;
  readonly db: Database;

  /** @throws StoreError */
  constructor(file: string, options: OpenOptions) {
    this.file = file;
    this.readonly = options.readonly ?? false;
    this.options = options;
    this.db = openDatabase(file, options);
  }

  /**
   * Works on the database.
   * @throws StoreError for whatever the work throws.
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

  /** As `guard`, in one transaction, so that all that is read is of one commit. */
  atomically<T>(work: () => T): T {
    return this.guard(() => this.db.transaction(work)());
  }

  /**
   * As `guard`, in one transaction that writes: all of it happens or nothing.
   * @throws StoreError `unwritable` when the database was opened read-only.
   */
  write(work: () => void): void {
    if (this.readonly) {
      throw new StoreError('unwritable', this.file, 'it was opened read-only');
    }
    // Immediate: a lock is waited for before anything is done, and never in between.
    this.guard(() => this.db.transaction(work).immediate());
  }

  /** Changes whenever another connection has committed. Source: sqlite.org, `PRAGMA data_version`. */
  dataVersion(): unknown {
    return this.db.pragma('data_version', { simple: true });
  }

  /** A second time does nothing. */
  close(): void {
    this.db.close();
  }

  /** What may have looked like a programming error, a full disk or a lost row: rows that break the rules of their tables. */
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
