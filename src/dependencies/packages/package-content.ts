import * as fs from 'node:fs';
import * as path from 'node:path';
import { contentHash, shortHash } from '../files/content';
import type { StatCache } from '../files/stat-cache';
import { isListOfNames } from './installed';

/** Captured at load, before a test can mock them. */
const { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } = fs;

/** Folders in a package that do not belong to its content. Nested packages have values of their own. */
const NOT_CONTENT = new Set(['node_modules', '.git']);

/**
 * Hashes the names and contents of all files of a package.
 * @param folder Absolute path of the package's folder, or of a single file.
 * @param kept Caches what is read of each file and folder.
 * @returns Empty if nothing exists there.
 */
export function packageContent(folder: string, kept: StatCache): string {
  const content = kept.of(folder, readEntry, isEntry);
  if (content === null) return '';
  if (typeof content === 'string') return content;
  const found: string[] = [];
  const folders = [{ at: folder, names: content }];
  for (let next = folders.pop(); next !== undefined; next = folders.pop())
    for (const name of [...next.names].sort()) {
      if (NOT_CONTENT.has(name)) continue;
      const place = path.join(next.at, name);
      const entry = kept.of(place, readEntry, isEntry);
      if (Array.isArray(entry)) folders.push({ at: place, names: entry });
      found.push(`${path.relative(folder, place)} ${typeof entry === 'string' ? entry : ''}`);
    }
  return shortHash(found.join('\n'));
}

/** What stands at a path: the names in a folder, else a text for its content. */
type Entry = string | string[];

function readEntry(place: string): Entry | null {
  try {
    const stats = lstatSync(place);
    if (!stats.isSymbolicLink()) return stats.isDirectory() ? readdirSync(place) : read(place);
    // A link to a folder could lead back to where it is.
    return `${readlinkSync(place)} ${statSync(place).isFile() ? read(place) : ''}`;
  } catch {
    // It is missing or cannot be read, also for the tests.
    return null;
  }
}

function read(file: string): string {
  // Reading a pipe or a device might never end.
  return statSync(file).isFile() ? contentHash(readFileSync(file)) : 'other';
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'string' || isListOfNames(value);
}
