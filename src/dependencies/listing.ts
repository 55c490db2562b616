import * as fs from 'node:fs';
import { shortHash } from './content';

/** Entries that come and go with our own work and never count as a change of the folder. */
const OWN_ENTRY = /^\.testmondata/;

/**
 * The value of a folder's listing: a hash of its entries' sorted names; empty when it cannot be listed.
 * @param list The unpatched `readdirSync`, where the caller watches `fs`.
 */
export function listingValue(
  folder: string,
  list: (folder: string) => string[] = fs.readdirSync,
): string {
  try {
    return shortHash(
      list(folder)
        .filter((name) => !OWN_ENTRY.test(name))
        .sort()
        .join('\0'),
    );
  } catch {
    return '';
  }
}
