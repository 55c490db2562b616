import * as fs from 'node:fs';
import { asStoreError, type UselessReason } from './errors';

/** What SQLite may have left beside a database, by ending. */
const COMPANIONS = ['-journal', '-wal', '-shm'];

/**
 * Renames a database that cannot be used, with what SQLite left beside it, so that a new one can take its place.
 * Nothing is ever overwritten or deleted.
 * @param now Milliseconds since the epoch: becomes part of the name.
 * @param reason Why it cannot be used: becomes part of the name.
 * @returns The new name.
 * @throws StoreError when the file cannot be renamed.
 */
export function quarantineDatabase(
  file: string,
  now: number,
  reason: UselessReason = 'damaged',
): string {
  const stamp = new Date(now)
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z');
  try {
    for (let attempt = 1; ; attempt += 1) {
      const aside = `${file}.${reason}-${stamp}${attempt === 1 ? '' : `-${attempt}`}`;
      if ([aside, ...COMPANIONS.map((ending) => aside + ending)].some(exists)) continue;
      fs.renameSync(file, aside);
      keepPrivate(aside);
      // A stale journal would be played back into the database that takes this one's place.
      for (const ending of COMPANIONS)
        if (exists(file + ending)) {
          fs.renameSync(file + ending, aside + ending);
          keepPrivate(aside + ending);
        }
      return aside;
    }
  } catch (error) {
    throw asStoreError(error, file);
  }
}

/** Nobody reads it but a person who looks into what happened. */
function keepPrivate(file: string): void {
  try {
    // Not what a link leads to.
    if (fs.lstatSync(file).isFile()) fs.chmodSync(file, 0o600);
  } catch {
    // It belongs to somebody else.
  }
}

/** Dangling links count: renaming onto one would overwrite it. */
function exists(file: string): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
