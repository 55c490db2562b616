import * as fs from 'node:fs';
import { shortHash } from './content';

/** Our own files, which never count as a change of a folder. */
const OWN_ENTRY = /^\.testmondata/;

/** `readdirSync` with file types. */
type List = (folder: string, options: { withFileTypes: true }) => fs.Dirent[];

/**
 * Returns the recorded value of a folder's listing: a hash of the names of its entries, and whether each is a folder.
 * Empty if the folder cannot be listed.
 * @param list The original `readdirSync`, if interception has patched `fs`.
 */
export function listingValue(folder: string, list: List = fs.readdirSync): string {
  return valueOfEntries(listingEntries(folder, list));
}

/**
 * Returns the names of a folder's entries, with a slash after the name of a subfolder. Null if the folder cannot be
 * listed.
 */
export function listingEntries(folder: string, list: List = fs.readdirSync): string[] | null {
  try {
    return list(folder, { withFileTypes: true })
      .filter(({ name }) => !OWN_ENTRY.test(name))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  } catch {
    // There is no such folder. That is a recorded value too.
    return null;
  }
}

/**
 * Returns the recorded value of a listing.
 * @param entries In any order. Null for a folder that cannot be listed.
 */
export function valueOfEntries(entries: readonly string[] | null): string {
  return entries === null ? '' : shortHash([...entries].sort().join('\0'));
}
