import * as fs from 'node:fs';
import * as path from 'node:path';
import { FileLock } from '../store/connection/file-lock';
import { swallowed } from '../terminal/debug';

/** The file that a controller keeps locked while it lives. */
const LOCK_NAME = 'controller.lock';

/** A folder without a lock that is older than this belongs to a controller that died while creating it. */
const MAX_CREATION_MS = 60_000;

/**
 * Creates the lock file of a new folder and locks it.
 * @param folder Absolute path.
 * @returns Null if the file system does not support locks.
 */
export function makeLock(folder: string): FileLock | null {
  const file = path.join(folder, LOCK_NAME);
  fs.closeSync(fs.openSync(file, 'wx', 0o600));
  try {
    return FileLock.take(file);
  } catch (error) {
    swallowed('run', error, `locking ${folder}; the run goes on without a lock`);
    return null;
  }
}

/**
 * Takes the lock of a run whose controller has died.
 *
 * Process ids would not show that: two containers can share the temporary folder, and each has process ids of its
 * own.
 * @param folder Absolute path.
 * @returns `alive` if the controller may still be running. Null if it is dead and there is no lock file.
 */
export function lockOfDead(folder: string): FileLock | null | 'alive' {
  const file = path.join(folder, LOCK_NAME);
  try {
    const made = fs.lstatSync(file, { throwIfNoEntry: false });
    if (made !== undefined) return made.isFile() ? (FileLock.take(file) ?? 'alive') : 'alive';
    const { mtimeMs } = fs.statSync(folder);
    return Date.now() - mtimeMs > MAX_CREATION_MS ? null : 'alive';
  } catch (error) {
    swallowed('run', error, `asking for the lock of ${folder}; its run is left alone`);
    // Without locks nobody can tell. A folder that stays is better than two controllers that commit the same run.
    return 'alive';
  }
}
