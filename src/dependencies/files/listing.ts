import * as fs from 'node:fs';
import { shortHash } from './content';

/** Our own files, which never count as a change of a folder. */
const OWN_ENTRY = /^\.testmondata/;

/** `readdirSync` with file types. */
type List = (folder: string, options: { withFileTypes: true }) => fs.Dirent[];

/**
 * Returns the recorded value of a folder's listing: a hash of the names of its entries, and whether each is a folder or a link.
 * Empty if the folder cannot be listed.
 * @param list The original `readdirSync`, if interception has patched `fs`.
 */
export function listingValue(folder: string, list: List = fs.readdirSync): string {
  return valueOfEntries(listingEntries(folder, list));
}

/**
 * Returns the names of a folder's entries, with `/` after the name of a subfolder and `/->` after that of a link. Null
 * if the folder cannot be listed.
 */
export function listingEntries(folder: string, list: List = fs.readdirSync): string[] | null {
  try {
    return list(folder, { withFileTypes: true })
      .filter(({ name }) => !OWN_ENTRY.test(name))
      .map((entry) => entry.name + markOf(entry));
  } catch {
    // There is no such folder. That is a recorded value too.
    return null;
  }
}

/** No name of a file ends like this. */
function markOf(entry: fs.Dirent): string {
  if (entry.isSymbolicLink()) return '/->';
  return entry.isDirectory() ? '/' : '';
}

/** Returns the name of an entry without its mark. */
export function nameOfEntry(entry: string): string {
  return entry.replace(/\/(?:->)?$/, '');
}

/**
 * Returns the recorded value of a listing.
 * @param entries In any order. Null for a folder that cannot be listed.
 */
export function valueOfEntries(entries: readonly string[] | null): string {
  return entries === null ? '' : shortHash([...entries].sort().join('\0'));
}
