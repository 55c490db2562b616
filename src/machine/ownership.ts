import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * The id of this user; undefined on Windows.
 *
 * Run files and journals lie in the temporary folder, where other users can write too. Their content decides which
 * tests are skipped, so the owner and the mode of each file are checked before it is trusted. Windows needs no check,
 * as its temporary folder belongs to one user.
 */
const user = process.getuid?.();

/** Permission bits of a file mode. */
const OTHERS_WRITE = 0o002;
const ANYONE_ELSE_WRITES = 0o022;
const ANYONE_ELSE = 0o077;
const STICKY = 0o1000;

/**
 * Checks that nobody but this user and root can replace files that are created in a folder.
 * @returns Null if the folder is safe. Otherwise the reason, as a clause that fits into a sentence.
 * @throws {Error} If the folder does not exist or cannot be examined.
 */
export function whyUnsafeParent(folder: string): string | null {
  if (user === undefined) return null;
  const { uid, mode } = fs.statSync(folder);
  if (uid !== user && uid !== 0) return `the folder ${folder} belongs to another user`;
  if ((mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0)
    return `anybody can replace what is in the folder ${folder}, as its sticky bit is not set`;
  return null;
}

/** Whether a path is a folder that only this user can read and write. A symbolic link is not private. */
export function isPrivateFolder(folder: string): boolean {
  try {
    const stats = fs.lstatSync(folder);
    return stats.isDirectory() && isOurs(stats);
  } catch {
    // The folder does not exist or cannot be examined.
    return false;
  }
}

/** Whether a folder belongs to this user and nobody else can write to it. Others may read it. */
export function isOwnFolder(folder: string): boolean {
  try {
    const stats = fs.lstatSync(folder);
    const { uid, mode } = stats;
    return (
      stats.isDirectory() &&
      (user === undefined || (uid === user && (mode & ANYONE_ELSE_WRITES) === 0))
    );
  } catch {
    return false;
  }
}

/**
 * Opens a file for reading if only this user can have written it. Its folder must be private as well.
 * @returns The file descriptor. Null if the file does not exist, is a link or a pipe, or belongs to another user.
 */
export function openPrivate(file: string): number | null {
  if (!isPrivateFolder(path.dirname(file))) return null;
  let opened: number;
  try {
    opened = fs.openSync(file, fs.constants.O_RDONLY | NEITHER_LINK_NOR_WAIT);
  } catch {
    // The file does not exist, is a link, or cannot be read. Callers continue without it.
    return null;
  }
  const stats = fs.fstatSync(opened);
  if (stats.isFile() && isOurs(stats)) return opened;
  fs.closeSync(opened);
  return null;
}

/** Opening fails for a symbolic link, and does not block on a pipe without a writer. Windows has neither flag. */
const NEITHER_LINK_NOR_WAIT =
  ((fs.constants.O_NOFOLLOW as number | undefined) ?? 0) |
  ((fs.constants.O_NONBLOCK as number | undefined) ?? 0);

function isOurs({ uid, mode }: fs.Stats): boolean {
  return user === undefined || (uid === user && (mode & ANYONE_ELSE) === 0);
}
