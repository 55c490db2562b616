import * as fs from 'node:fs';
import { asStoreError, type UselessReason } from './errors';

/** The suffixes of the files that SQLite may leave beside a database. */
const COMPANIONS = ['-journal', '-wal', '-shm'];

/**
 * Renames an unusable database and the files that SQLite left beside it, so that a new one can take its place.
 * Nothing is overwritten or deleted.
 * @param file Absolute path.
 * @param now Milliseconds since the epoch. Becomes part of the new name.
 * @param reason Why it cannot be used. Becomes part of the new name.
 * @returns The new path.
 * @throws {StoreError} If the file cannot be renamed.
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
      // SQLite would apply a remaining journal to the new database.
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

/** Makes a file readable only by this user, who may want to examine it. */
function keepPrivate(file: string): void {
  try {
    // Does not follow links.
    if (fs.lstatSync(file).isFile()) fs.chmodSync(file, 0o600);
  } catch {
    // The file belongs to another user.
  }
}

/** Whether a path exists. A dangling link counts, because renaming a file to its path would overwrite it. */
function exists(file: string): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
