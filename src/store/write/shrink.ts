import type { Database } from 'better-sqlite3';

/** Less free space than this is not worth copying the database for. */
const MIN_FREE_BYTES = 2 ** 20;

/** Gives free pages back when they are more than a quarter. The commit before it stands whether this works or not. */
export function shrink(db: Database): void {
  try {
    const [free = 0, pages = 0, size = 0] = ['freelist_count', 'page_count', 'page_size'].map(
      (name) => Number(db.pragma(name, { simple: true })),
    );
    if (free * size >= MIN_FREE_BYTES && free * 4 > pages) db.exec('VACUUM');
  } catch {
    // Another process is reading, or the disk has no room for a copy: the next commit tries again.
  }
}
