import * as fs from 'node:fs';
import { shortHash } from './content';

/** Entries that come and go with our own work and never count as a change of the folder. */
const OWN_ENTRY = /^\.testmondata/;

/** As `readdirSync` with file types. */
type List = (folder: string, options: { withFileTypes: true }) => fs.Dirent[];

/**
 * The value of a folder's listing: a hash of its entries' sorted names and whether each is a folder; empty when it
 * cannot be listed.
 * @param list The unpatched `readdirSync`, where the caller watches `fs`.
 */
export function listingValue(folder: string, list: List = fs.readdirSync): string {
  return valueOfEntries(listingEntries(folder, list));
}

/** The entries of a folder as they count, a folder's name with a slash behind it; null where it cannot be listed. */
export function listingEntries(folder: string, list: List = fs.readdirSync): string[] | null {
  try {
    return list(folder, { withFileTypes: true })
      .filter(({ name }) => !OWN_ENTRY.test(name))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  } catch {
    // No folder, which is a value like any other.
    return null;
  }
}

/** The value of a listing of these entries, in any order; of null that of a folder that cannot be listed. */
export function valueOfEntries(entries: readonly string[] | null): string {
  return entries === null ? '' : shortHash([...entries].sort().join('\0'));
}
