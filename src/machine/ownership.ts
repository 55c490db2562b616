import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * Run files and journals lie in the temporary folder, which other users may write to as well. What they say decides
 * which tests are skipped, so each is looked at before it is believed. Windows has no such owners, and a folder for
 * temporary files per user.
 */
const user = process.getuid?.();

/** Bits of a mode. */
const OTHERS_WRITE = 0o002;
const ANYONE_ELSE_WRITES = 0o022;
const ANYONE_ELSE = 0o077;
const STICKY = 0o1000;

/**
 * Why a folder is no place for temporary files of ours: its owner, or everybody, could put something else in the place
 * of what we make there.
 * @returns Null where it is one; else what is wrong, as it may stand in a sentence.
 */
export function whyUnsafeParent(folder: string): string | null {
  if (user === undefined) return null;
  const { uid, mode } = fs.statSync(folder);
  if (uid !== user && uid !== 0) return `the folder ${folder} belongs to another user`;
  if ((mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0)
    return `anybody can replace what is in the folder ${folder}, as its sticky bit is not set`;
  return null;
}

/** Whether a folder is one that this user alone can use; a link to one is not. */
export function isPrivateFolder(folder: string): boolean {
  try {
    const stats = fs.lstatSync(folder);
    return stats.isDirectory() && isOurs(stats);
  } catch {
    // It is not there, or cannot be looked at: then it is not private.
    return false;
  }
}

/** Whether a folder belongs to this user and nobody else can write to it, though others may read it. */
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
 * Opens a file that this user alone can have written, in a folder that is private.
 * @returns Null where there is none, or it is anything else: a link, a pipe, or the file of somebody else.
 */
export function openPrivate(file: string): number | null {
  if (!isPrivateFolder(path.dirname(file))) return null;
  let opened: number;
  try {
    opened = fs.openSync(file, fs.constants.O_RDONLY | NEITHER_LINK_NOR_WAIT);
  } catch {
    // It is missing, a link, or closed to us: callers do without it.
    return null;
  }
  const stats = fs.fstatSync(opened);
  if (stats.isFile() && isOurs(stats)) return opened;
  fs.closeSync(opened);
  return null;
}

/** A link fails, and a pipe does not wait for who writes to it. Windows has neither flag. */
const NEITHER_LINK_NOR_WAIT =
  ((fs.constants.O_NOFOLLOW as number | undefined) ?? 0) |
  ((fs.constants.O_NONBLOCK as number | undefined) ?? 0);

function isOurs({ uid, mode }: fs.Stats): boolean {
  return user === undefined || (uid === user && (mode & ANYONE_ELSE) === 0);
}
