import type { Database } from 'better-sqlite3';
import { isCount } from '../../records/checks';

/** The note that stores the time of the last commit. */
const NOTE = 'store:clock';

/**
 * Returns timestamps for commits. They never decrease, even if the system clock is set back: pruning keeps the newest
 * records, so records from a time when the clock was ahead would displace all later ones.
 */
export class Clock {
  readonly #read;
  readonly #save;

  constructor(db: Database) {
    this.#read = db.prepare<[string], unknown>('SELECT value FROM note WHERE key = ?').pluck();
    this.#save = db.prepare<[string, string]>(
      'INSERT OR REPLACE INTO note (key, value) VALUES (?, ?)',
    );
  }

  /** The timestamp of the last commit. Zero if there was none. */
  get last(): number {
    const last = Number(this.#read.get(NOTE));
    return isCount(last) ? last : 0;
  }

  /**
   * Returns the timestamp of a new commit, and stores it.
   * @param now Milliseconds since the epoch.
   */
  next(now: number): number {
    const at = after(Number(this.#read.get(NOTE)), now);
    this.#save.run(NOTE, String(at));
    return at;
  }

  /** Notes the timestamps of a merged database, so that the next commit is later. */
  passed(latest: number): void {
    if (isCount(latest) && latest > (Number(this.#read.get(NOTE)) || 0))
      this.#save.run(NOTE, String(latest));
  }
}

/** Returns `now`, or the next millisecond after `last` if the clock went back. An invalid `last` is ignored. */
export function after(last: unknown, now: number): number {
  return isCount(last) && isCount(last + 1) ? Math.max(now, last + 1) : now;
}
