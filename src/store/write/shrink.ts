import type { Database } from 'better-sqlite3';

/** With less free space, copying the database is not worth the time. */
const MIN_FREE_BYTES = 2 ** 20;

/**
 * Returns free pages to the file system if they are more than a quarter. Errors are ignored, because the commit is
 * complete already.
 */
export function shrink(db: Database): void {
  try {
    const [free = 0, pages = 0, size = 0] = ['freelist_count', 'page_count', 'page_size'].map(
      (name) => Number(db.pragma(name, { simple: true })),
    );
    if (free * size >= MIN_FREE_BYTES && free * 4 > pages) db.exec('VACUUM');
  } catch {
    // Another process is reading, or the disk has no room for a copy. The next commit tries again.
  }
}
