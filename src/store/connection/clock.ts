import type { Database } from 'better-sqlite3';
import { isCount } from '../../records/checks';

/** Where the time of the last commit is kept. */
const NOTE = 'store:clock';

/**
 * The time that commits are stamped with. What was used last outlives what was used before, so it never goes back,
 * whatever the machine's clock does: records stamped while that was wrong would push out all that came later.
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

  /** The stamp of the last commit; 0 where there was none. */
  get last(): number {
    const last = Number(this.#read.get(NOTE));
    return isCount(last) ? last : 0;
  }

  /**
   * The stamp of a commit.
   * @param now Milliseconds since the epoch.
   */
  next(now: number): number {
    const at = after(Number(this.#read.get(NOTE)), now);
    this.#save.run(NOTE, String(at));
    return at;
  }

  /** Stamps of another database came in: the next commit is later than they are. */
  passed(latest: number): void {
    if (isCount(latest) && latest > (Number(this.#read.get(NOTE)) || 0))
      this.#save.run(NOTE, String(latest));
  }
}

/** `now`, or just after `last` where the clock went back. A stamp that cannot be one is passed over. */
export function after(last: unknown, now: number): number {
  return isCount(last) && isCount(last + 1) ? Math.max(now, last + 1) : now;
}
