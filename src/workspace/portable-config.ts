import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isWithin, packageFolder, toStored } from '../dependencies/files/paths';
import { isFile } from '../dependencies/files/stats';

/** Keys of a project config that hold regular expressions for paths. */
const PATTERN_KEYS = new Set([
  'modulePathIgnorePatterns',
  'transformIgnorePatterns',
  'unmockedModulePathPatterns',
]);

/** Keys of a project config in which every absolute path is a path, not a pattern. */
const PATH_KEYS = new Set([
  ...['dependencyExtractor', 'globalSetup', 'globalTeardown', 'moduleDirectories', 'modulePaths'],
  ...['prettierPath', 'resolver', 'rootDir', 'roots', 'runner', 'runtime', 'setupFiles'],
  ...['setupFilesAfterEnv', 'snapshotResolver', 'snapshotSerializers', 'testEnvironment'],
  'testRunner',
]);

/** The folders of a checkout, in which it differs from other checkouts of the same project. */
export interface Checkout {
  /** Absolute path of the root. */
  root: string;
  /** Absolute path of the repository that contains the root. */
  workspace: string;
}

type Entries = readonly (readonly [key: string, value: unknown])[];

/**
 * Rewrites the entries of a project config so that they are equal in every checkout folder. Paths of the project
 * become relative to the root.
 *
 * A text that starts with a slash may also be a regular expression. So in a text that can be either and names no
 * existing file, only the checkout folder is replaced.
 */
export function portableConfig(checkout: Checkout, entries: Entries): unknown {
  const text = portableText(checkout);
  const pattern = (item: unknown): unknown => portablePattern(checkout, text, item);
  const asPath = (item: string): string =>
    path.isAbsolute(item) ? portablePath(checkout, item) : text(item);
  const asAnything = (item: string): string =>
    path.isAbsolute(item) && isFile(item) ? portablePath(checkout, item) : text(item);
  return entries.map(([key, value]) => {
    if (PATTERN_KEYS.has(key)) return [key, listed(value, pattern)];
    if (PATH_KEYS.has(key)) return [key, portable(value, asPath)];
    const isMap = key === 'moduleNameMapper';
    if (!isMap && key !== 'transform') return [key, portable(value, asAnything)];
    const entry = (item: unknown, index: number): unknown => {
      if (index > 0) return portable(item, isMap ? asPath : asAnything);
      return isMap ? portable(item, text) : pattern(item);
    };
    return [key, listed(value, (item) => listed(item, entry))];
  });
}

/**
 * Makes a path relative to the root, or to `node_modules` for an installed package, which can be anywhere. A path on
 * another drive or in another top-level folder stays as it is.
 */
export function portablePath({ root, workspace }: Checkout, file: string): string {
  const base = path.parse(root).root;
  const isNear = firstOf(base, root) === firstOf(base, file);
  if (isWithin(workspace, file)) return `<root>/${toStored(root, file)}`;
  const folder = packageFolder(file);
  if (folder) return path.relative(folder.slice(0, folder.lastIndexOf(MODULES)), file);
  return isNear ? `<root>/${toStored(root, file)}` : file;
}

const MODULES = `${path.sep}node_modules${path.sep}`;

function firstOf(base: string, file: string): string | undefined {
  return path.relative(base, file).split(path.sep)[0];
}

/** Returns the texts of a config that may be paths or package names. Regular expressions are left out. */
export function namesIn(entries: Entries): string[] {
  return entries.flatMap(([key, value]) => {
    if (PATTERN_KEYS.has(key)) return [];
    // The targets are ordinary code, which is recorded when it is loaded.
    if (key === 'moduleNameMapper') return [];
    if (key === 'transform' && Array.isArray(value))
      return value.flatMap((entry) => textsIn(Array.isArray(entry) ? entry.slice(1) : entry));
    return textsIn(value);
  });
}

/**
 * Also notes whether the pattern matches the checkout folder itself: there it matches every file in it, and elsewhere
 * it may not.
 */
function portablePattern(
  { root }: Checkout,
  text: (value: string) => string,
  pattern: unknown,
): unknown {
  if (typeof pattern !== 'string') return portable(pattern, text);
  try {
    return [text(pattern), new RegExp(pattern).test(root + path.sep)];
  } catch {
    // Not a valid regular expression. Jest reports it, or never uses it.
    return text(pattern);
  }
}

/**
 * Returns a function that replaces the checkout folder in a text. Also finds it in escaped form, as in a regular
 * expression or a URL.
 */
function portableText({ root, workspace }: Checkout): (text: string) => string {
  const folders: [folder: string, name: string][] = [[root, '<root>']];
  if (workspace !== root) folders.push([workspace, '<workspace>']);
  const spellings = folders
    .filter(([folder]) => folder !== path.parse(folder).root)
    .map(([folder, name]): [RegExp, string] => [spellingsOf(folder), name]);
  return (text) =>
    spellings.reduce((before, [spelling, name]) => before.replace(spelling, name), text);
}

/**
 * Matches a folder as plain text, with its special characters escaped, or as a URL. Does not match a longer name such
 * as `/app-2`, nor a longer path that ends with the folder.
 */
function spellingsOf(folder: string): RegExp {
  const inText = folder.replace(/./gsu, spellingsOfCharacter);
  const url = pathToFileURL(folder).href.replace(/[^\w/:]/g, '\\$&');
  return new RegExp(`(?:${url}|(?<![\\w.*+?)\\]\\\\/-])${inText})(?![\\w-])`, 'g');
}

function spellingsOfCharacter(character: string): string {
  if (/\w/.test(character)) return character;
  if (character === '/' || character === '\\') return '(?:\\\\{1,2}|\\\\?/|\\\\x2f|\\\\x5c)';
  const code = character.charCodeAt(0).toString(16).padStart(2, '0');
  const literal = /[^\x20-\x7e]/.test(character) ? character : `\\x${code}`;
  return `(?:\\\\?${literal}|\\\\x${code})`;
}

function listed(value: unknown, each: (item: unknown, index: number) => unknown): unknown {
  return Array.isArray(value) ? value.map(each) : value;
}

/** Maps all texts in a value. Values without a JSON form, such as patterns and functions, become text. */
function portable(value: unknown, text: (value: string) => string, above: unknown[] = []): unknown {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'function' || typeof value === 'bigint' || value instanceof RegExp)
    return [typeof value, text(String(value))];
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return ['circular'];
  const inner = (item: unknown): unknown => portable(item, text, [...above, value]);
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Map || value instanceof Set) return ['items', ...[...value].map(inner)];
  if (value instanceof Date) return ['date', value.getTime()];
  return Object.entries(value).map(([key, item]) => [text(key), inner(item)]);
}

/** Returns every string in a value, also in nested objects. */
function textsIn(value: unknown, above: unknown[] = []): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || above.includes(value)) return [];
  return Object.values(value).flatMap((item) => textsIn(item, [...above, value]));
}
