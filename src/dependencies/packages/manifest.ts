import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseJson } from '../files/json';
import { shortHash } from '../files/content';
import type { FolderReader } from '../resolution/resolution-candidates';

/**
 * Keys of a package.json that decide which files of its package are found, and what kind of modules they are.
 * Source: Node's documentation of packages, and what bundlers and resolvers add.
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
  // What Babel, browserslist and SWC take from the nearest one.
  'babel',
  'browserslist',
  'swc',
];

/**
 * What the package.json of a package in the project says of its files; empty where there is none.
 * @param file Absolute path.
 * @param read The unpatched `readFileSync`, where the caller watches `fs`.
 */
export function manifestValue(
  file: string,
  read: (file: string, encoding: 'utf8') => string = fs.readFileSync,
): string {
  let text: string;
  try {
    text = read(file, 'utf8');
  } catch {
    // It is missing, which is a value like any other.
    return '';
  }
  try {
    const manifest = parseJson(text) as Record<string, unknown>;
    return shortHash(JSON.stringify(RESOLUTION_KEYS.map((key) => manifest[key] ?? null)));
  } catch {
    // It is no JSON: nobody can say what in it counts, so all of it does.
    return shortHash(text);
  }
}

/**
 * The package.json files that govern a module: the nearest one above it, and those that would be nearer, in each folder
 * between, where none is yet.
 * @param name Stored path of the module.
 * @returns Their stored paths, the nearest last. That of the root belongs to the environment.
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
