import * as fs from 'node:fs';
import { LEADS_TO, TO_NOTHING } from '../../records/presence';

/** Captured at load, before interception patches `fs`: our own calls are not inputs of a test. */
const { lstatSync, readlinkSync, statSync } = fs;

/**
 * Returns the stats of a path, or undefined if nothing exists there for whatever reason. `throwIfNoEntry` alone does
 * not suffice: Node still throws if a parent is a file, a link leads to itself, or the path is invalid.
 */
export function statsOf(file: string): fs.Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    // As described above.
    return undefined;
  }
}

/** Returns the kind of what exists at a path, or null if nothing does. */
export function kindAt(file: string): Kind | null {
  const stats = statsOf(file);
  return stats === undefined ? null : kindOf(stats);
}

/**
 * Returns the value that says where a link leads at whose end nothing exists: what the link says. Null for everything
 * else.
 */
export function deadLinkAt(file: string): string | null {
  if (statsOf(file) !== undefined || entryAt(file)?.isSymbolicLink() !== true) return null;
  try {
    return LEADS_TO + readlinkSync(file) + TO_NOTHING;
  } catch {
    // It was removed meanwhile.
    return null;
  }
}

/** Returns the stats of what is at a path itself, even a link that leads to nothing. Undefined if nothing is. */
export function entryAt(file: string): fs.Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch {
    // A part of the path is a file, or may not be entered.
    return undefined;
  }
}

/** `other` is a pipe, a socket or a device. It has no content that could be compared. */
export type Kind = 'file' | 'directory' | 'other';

/** Returns the kind of what some stats describe. */
export function kindOf(stats: fs.Stats): Kind {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'directory' : 'other';
}

/**
 * Returns the kind of what exists at a path, with what its owner may do (one octal digit: read 4, write 2, execute 1)
 * and whether the path is a link. Null if nothing exists there. Other permissions differ between checkouts.
 */
export function permissionsAt(file: string): string | null {
  const stats = statsOf(file);
  if (stats === undefined) return null;
  const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return `${kindOf(stats)} ${(stats.mode >> 6) & 7}${isLink ? ' link' : ''}`;
}

/** Matches every name of a file descriptor of this process. */
const DESCRIPTOR = /^\/(?:dev\/(?:stdin$|fd\/)|proc\/self\/fd\/)/;

/** Devices that always return the same data. */
const CONSTANT_DEVICES = ['/dev/null', '/dev/zero', '/dev/full'];

/** Whether a path is a pipe, a socket, a device or standard input, so that reading it may give other data each time. */
export function isStream(file: string): boolean {
  if (DESCRIPTOR.test(file)) return true;
  const stats = statsOf(file);
  if (stats === undefined || kindOf(stats) !== 'other') return false;
  return !CONSTANT_DEVICES.some((device) => {
    const constant = statsOf(device);
    return constant?.isCharacterDevice() === true && constant.rdev === stats.rdev;
  });
}

/** Whether there is a regular file at a path. */
export function isFile(file: string): boolean {
  return statsOf(file)?.isFile() === true;
}

/** Whether there is a folder at a path. */
export function isFolder(file: string): boolean {
  return statsOf(file)?.isDirectory() === true;
}
