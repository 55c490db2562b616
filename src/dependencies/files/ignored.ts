import * as fs from 'node:fs';
import * as path from 'node:path';
import picomatch from 'picomatch';
import { toStored } from './paths';
import { statsOf } from './stats';

/** A file that the option `ignore` excludes from all records. */
export interface IgnoredFile {
  /** Relative to the root. */
  path: string;
  /** Milliseconds since the epoch. */
  modifiedAt: number;
}

/** The search stops after this number of entries, because its result is only used for messages. */
const MAX_ENTRIES = 100_000;

/**
 * Finds the files below the root that the globs of `ignore` match. Skips `node_modules` and `.git`.
 * @param root Absolute path that the globs are relative to.
 * @returns Sorted by path.
 */
export function findIgnored(root: string, globs: readonly string[]): IgnoredFile[] {
  if (globs.length === 0) return [];
  const matches = picomatch([...globs], { dot: true });
  const found: IgnoredFile[] = [];
  const folders = [root];
  let seen = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of list(folder)) {
      if ((seen += 1) > MAX_ENTRIES) return found;
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && entry.name !== '.git') folders.push(file);
        continue;
      }
      const name = toStored(root, file);
      if (!matches(name)) continue;
      const stats = statsOf(file);
      if (stats?.isFile() === true) found.push({ path: name, modifiedAt: stats.mtimeMs });
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function list(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    // The folder was removed, or cannot be listed.
    return [];
  }
}
