import * as fs from 'node:fs';
import * as path from 'node:path';
import { FileLock } from '../store/connection/file-lock';
import { swallowed } from '../terminal/debug';

/** The lock that a controller holds as long as it lives. */
const LOCK_NAME = 'controller.lock';

/** Milliseconds after which a folder without a lock was left behind by a controller that died as it made it. */
const MAX_CREATION_MS = 60_000;

/**
 * Makes the lock of a new folder and takes it.
 * @returns Null where the file system has none to give.
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
 * The lock of a run whose controller is gone. Process ids tell nothing: two containers may share the temporary folder,
 * and each has ids of its own.
 * @returns Null where there is none to take.
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
    // Without locks nobody knows. Two controllers at one run would be worse than a folder that stays.
    return 'alive';
  }
}
