import * as fs from 'node:fs';
import * as path from 'node:path';

/** Captured at load, before tests can mock `fs` and before interception patches it. */
const { mkdirSync, renameSync, rmSync, writeFileSync } = fs;
const { random } = Math;

/** Options for `writeAtomically` and `writeCache`. */
interface AtomicWriteOptions {
  /** Mode of the file. By default only this user can read and write it. */
  mode?: number;
  /** Mode of missing parent folders. Without it, they are not created. */
  folderMode?: number;
}

/**
 * Writes a file in one step: a reader finds either the old content or the new. If several processes write, the last
 * one wins.
 *
 * `write-file-atomic` is not used for two reasons. It names the temporary file by the process id, which two
 * containers that share a folder can have in common. It also waits for the disk on every write, though nothing here
 * has to survive a power failure.
 * @param file Absolute path.
 * @throws {Error} If the file cannot be written. The temporary file is removed then.
 */
export function writeAtomically(
  file: string,
  content: string | Uint8Array,
  { mode = 0o600, folderMode }: AtomicWriteOptions = {},
): void {
  const unfinished = `${file}.${uniqueName()}`;
  try {
    if (folderMode !== undefined)
      mkdirSync(path.dirname(file), { recursive: true, mode: folderMode });
    writeFileSync(unfinished, content, { flag: 'wx', mode });
    renameSync(unfinished, file);
  } catch (error) {
    removeIfThere(unfinished);
    throw error;
  }
}

/**
 * Writes a cache file. Errors are ignored: the content is computed again next time, which only costs time.
 * @param file Absolute path. Missing parent folders are created.
 * @returns Whether the file was written.
 */
export function writeCache(
  file: string,
  content: string | Uint8Array,
  options: AtomicWriteOptions = {},
): boolean {
  try {
    writeAtomically(file, content, { folderMode: 0o777, ...options });
    return true;
  } catch {
    // Callers continue without the file.
    return false;
  }
}

/**
 * Returns a file name suffix that no other process uses.
 *
 * It need not be unpredictable, because callers create their file with the flag `wx`, which fails if the file exists.
 * This saves loading `node:crypto` at each start.
 */
export function uniqueName(): string {
  return `${process.hrtime.bigint().toString(36)}-${random().toString(36).slice(2)}`;
}

/** Removes a file. A missing file or a folder that is not writable is not an error. */
export function removeIfThere(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The file was never created.
  }
}
