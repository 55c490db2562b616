import * as fs from 'node:fs';
import * as path from 'node:path';

/** As they are before anyone watches or replaces them. */
const { mkdirSync, renameSync, rmSync, writeFileSync } = fs;
const { random } = Math;

/** How a file is written. */
interface AtomicWriteOptions {
  /** Of the file. By default, only this user can read and write it. */
  mode?: number;
  /** Of folders above it that do not exist yet. Without it they are not made. */
  folderMode?: number;
}

/**
 * Writes a file whole or not at all. A reader finds what was there before, or the new content. Of several writers, the
 * last one's content stays.
 *
 * `write-file-atomic` is not used: it names the unfinished file by the process id, which two containers that share a
 * folder both have, and it waits for the disk each time. Nothing here has to survive a power cut.
 * @param file Absolute path.
 * @throws What the file system throws. Nothing is left behind then.
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
 * Writes a cache. If that fails, its content is only made again: that costs time alone, so nothing is said.
 * @returns Whether it was written.
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
    // The answer is whether it worked; callers do without the file.
    return false;
  }
}

/**
 * A part of a name that no other process uses. It need not be a secret, as whoever uses it takes no file that is there
 * already (`wx`). So `node:crypto` is not loaded for it, which each start would pay for.
 */
export function uniqueName(): string {
  return `${process.hrtime.bigint().toString(36)}-${random().toString(36).slice(2)}`;
}

/** Removes a file. A folder that is gone, or cannot be written, is no error. */
export function removeIfThere(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The file never came to be.
  }
}
