import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isWithin, packageFolder, toStored } from '../dependencies/files/paths';
import { isFile } from '../dependencies/files/stats';

/** Keys of a project config whose texts are regular expressions that paths are tested against. */
const PATTERN_KEYS = new Set([
  'modulePathIgnorePatterns',
  'transformIgnorePatterns',
  'unmockedModulePathPatterns',
]);

/** Keys of a project config whose absolute texts are always paths. */
const PATH_KEYS = new Set([
  ...['dependencyExtractor', 'globalSetup', 'globalTeardown', 'moduleDirectories', 'modulePaths'],
  ...['prettierPath', 'resolver', 'rootDir', 'roots', 'runner', 'runtime', 'setupFiles'],
  ...['setupFilesAfterEnv', 'snapshotResolver', 'snapshotSerializers', 'testEnvironment'],
  'testRunner',
]);

/** What separates a checkout folder from the folders of other checkouts of the same project. */
export interface Checkout {
  /** Absolute path of the root. */
  root: string;
  /** Absolute path of the repository that the root lies in. */
  workspace: string;
}

type Entries = readonly (readonly [key: string, value: unknown])[];

/**
 * The entries of a project config as they are in every checkout folder: a path of the project is seen from the root,
 * wherever it stands in a text. A regular expression that begins with a slash is no path, so of a text that may mean
 * anything, and names no file, the folder of the checkout alone is taken out.
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

/** A path seen from the root, where it has anything to do with it; an installed package may lie anywhere. */
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

/** The texts of a config that may be paths or names of packages: regular expressions are neither. */
export function namesIn(entries: Entries): string[] {
  return entries.flatMap(([key, value]) => {
    if (PATTERN_KEYS.has(key)) return [];
    // What specifiers are mapped to is code as any other, recorded where it is loaded.
    if (key === 'moduleNameMapper') return [];
    if (key === 'transform' && Array.isArray(value))
      return value.flatMap((entry) => textsIn(Array.isArray(entry) ? entry.slice(1) : entry));
    return textsIn(value);
  });
}

/** A pattern that matches the checkout folder itself matches all that is in it: it means something else there. */
function portablePattern(
  { root }: Checkout,
  text: (value: string) => string,
  pattern: unknown,
): unknown {
  if (typeof pattern !== 'string') return portable(pattern, text);
  try {
    return [text(pattern), new RegExp(pattern).test(root + path.sep)];
  } catch {
    // No regular expression: Jest says so, or never uses it.
    return text(pattern);
  }
}

/** Takes the folder of the checkout out of a text, also where it is escaped, as in a regular expression or a URL. */
function portableText({ root, workspace }: Checkout): (text: string) => string {
  const folders: [folder: string, name: string][] = [[root, '<root>']];
  if (workspace !== root) folders.push([workspace, '<workspace>']);
  const spellings = folders
    .filter(([folder]) => folder !== path.parse(folder).root)
    .map(([folder, name]): [RegExp, string] => [spellingsOf(folder), name]);
  return (text) =>
    spellings.reduce((before, [spelling, name]) => before.replace(spelling, name), text);
}

/** Matches a folder as it is or with its special characters escaped, and its URL; not a longer name, nor a longer way to it. */
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

/** A value whose texts are mapped; what JSON has no form for (patterns, functions) keeps its meaning as text. */
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

/** Every string anywhere in a value, each object once. */
function textsIn(value: unknown, above: unknown[] = []): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || above.includes(value)) return [];
  return Object.values(value).flatMap((item) => textsIn(item, [...above, value]));
}
