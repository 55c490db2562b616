import type { Database } from 'better-sqlite3';

/** More than this many lines tell nothing new. */
const MAX_PROBLEMS = 10;

/**
 * Reads the whole database for damage that opening it does not show.
 * @returns What SQLite finds wrong, a line each; empty where it is sound.
 */
export function findDamage(db: Database): string[] {
  const lines = db
    .prepare<[], string>(`PRAGMA integrity_check(${MAX_PROBLEMS})`)
    .pluck()
    .all()
    .filter((line) => line !== 'ok');
  const strays = db.prepare('PRAGMA foreign_key_check').all().length;
  return strays === 0 ? lines : [...lines, `${strays} of its rows refer to rows that are missing`];
}
