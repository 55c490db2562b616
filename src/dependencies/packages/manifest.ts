import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseJson } from '../files/json';
import { shortHash } from '../files/content';
import type { FolderReader } from '../resolution/resolution-candidates';

/**
 * Keys of a package.json that decide which files of the package are found, and whether they are ES modules. Source:
 * Node's documentation of packages, and the additions of bundlers and resolvers.
 */
export const RESOLUTION_KEYS = [
  'name',
  'type',
  'main',
  'module',
  'browser',
  'exports',
  'imports',
  'source',
  'react-native',
  'jsnext:main',
  // Read from the nearest package.json by Babel, browserslist and SWC.
  'babel',
  'browserslist',
  'swc',
];

/**
 * Returns the recorded value of a package.json in the project: a hash of the keys that matter for the package's
 * files. Empty if there is no file.
 * @param file Absolute path.
 * @param read The original `readFileSync`, if interception has patched `fs`.
 */
export function manifestValue(
  file: string,
  read: (file: string, encoding: 'utf8') => string = fs.readFileSync,
): string {
  let text: string;
  try {
    text = read(file, 'utf8');
  } catch {
    // The file is missing. That is a recorded value too.
    return '';
  }
  try {
    const manifest = parseJson(text) as Record<string, unknown>;
    return shortHash(JSON.stringify(RESOLUTION_KEYS.map((key) => manifest[key] ?? null)));
  } catch {
    // Not JSON. Nobody can tell which parts matter, so all of it counts.
    return shortHash(text);
  }
}

/**
 * Returns the package.json files that govern a module: the nearest existing one, and the possible nearer ones, which
 * would take its place if they were added.
 * @param name Stored path of the module.
 * @returns Stored paths, the existing one last. The package.json of the root is left out, because it is part of the
 *   environment.
 */
export function governingManifests(name: string, folders: FolderReader): string[] {
  const manifests: string[] = [];
  for (let at = path.posix.dirname(name); ; at = path.posix.dirname(at)) {
    if (at === '.' || at === '..' || at.endsWith('/..')) return manifests;
    const manifest = path.posix.join(at, 'package.json');
    manifests.push(manifest);
    if (folders.has(manifest)) return manifests;
  }
}
