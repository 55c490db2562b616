import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseJson } from '../files/json';
import { folderWith, packageFolder, realPath } from '../files/paths';
import { isFile } from '../files/stats';
import { getOrCreate } from '../get-or-create';
import { runCache } from '../run-cache';
import { quotedInParentheses, unquoted } from './code-text';

const EXTENSIONS = [
  '',
  '.js',
  '.cjs',
  '.mjs',
  '.ts',
  '.cts',
  '.mts',
  '.jsx',
  '.tsx',
  '.json',
  '.d.ts',
  '/index.js',
  '/index.ts',
];

const NO_INDEX = EXTENSIONS.filter((extension) => !extension.startsWith('/'));

/** Whitespace and comments between two words. A comment matches in one way alone, or many take time without end. */
const GAP = String.raw`(?:\s|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|//[^\n]*\n)*`;

/**
 * Matches specifiers after `from` and `import`, and the parenthesis of `import(` and `require(`.
 *
 * A parser for JavaScript cannot read all files of a tool chain, which may be TypeScript or JSX. A comment that looks
 * like an import only adds a file.
 */
const SPECIFIER = new RegExp(
  String.raw`\b(?:from|import)${GAP}("(?:[^"\\\n]|\\[^])+"|'(?:[^'\\\n]|\\[^])+')|\b(?:import|require(?:\.\w+)?)${GAP}(?:\?\.)?${GAP}\(`,
  'g',
);

/** Matches the path in a `/// <reference path="…">` directive of TypeScript. */
const REFERENCE = /^\s*\/\/\/\s*<reference\s+path\s*=\s*["']([^"'\n]+)["']/gm;

/** Matches what a config extends: one name, or a list. */
const EXTENDS = /\bextends["']?\s*:\s*(\[[^\]]*\]|["'][^"']*["'])/g;

/**
 * A lookahead, so that every quote can open a text. Otherwise an apostrophe in a comment would hide the next real
 * text.
 */
const QUOTED = /(?=(["'`])([^"'`\n]+)\1)/g;

/** Returns the quoted texts without leading or trailing space and without `${`. */
function quotedIn(source: string): string[] {
  return [...source.matchAll(QUOTED)]
    .map(([, , text = '']) => text)
    .filter((text) => text.trim() === text && !text.includes('${'));
}

/** Returns the absolute paths of the files that a source refers to. */
type Follow = (source: string, folder: string, file: string) => string[];

/**
 * Finds the project's own files that a file of the tool chain (a global setup, a transformer, a config) consists of:
 * itself and its imports by relative paths or from packages of the workspace, recursively.
 * @param files Absolute paths.
 * @param follow Returns the files that a source refers to. By default its imports.
 * @returns Absolute paths of existing files, sorted.
 */
export function importClosure(
  files: Iterable<string>,
  follow: Follow = (source, folder) => importedFiles(source, folder),
): string[] {
  const closure = new Set<string>();
  const queue = [...files];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (closure.has(file)) continue;
    let source: string;
    try {
      source = fs.readFileSync(file, 'utf8');
    } catch {
      // The file is missing or cannot be read.
      continue;
    }
    closure.add(file);
    queue.push(...follow(source, path.dirname(file), file));
  }
  return [...closure].sort();
}

/**
 * Finds the files that a source imports by relative paths or from packages of the workspace.
 * @param folder Absolute path of the source's folder.
 * @param alias Returns other paths that a specifier may refer to, absolute and without extensions.
 * @returns Absolute paths of existing files.
 */
export function importedFiles(
  source: string,
  folder: string,
  alias?: (specifier: string) => string[],
): string[] {
  const specifiers = specifiersIn(source);
  for (const [, names = ''] of source.matchAll(EXTENDS)) specifiers.push(...quotedIn(names));
  const references = [...source.matchAll(REFERENCE)].flatMap(
    ([, name = '']) => resolve(path.resolve(folder, name)) ?? [],
  );
  return [
    ...references,
    ...specifiers.flatMap((specifier) => {
      if (RELATIVE.test(specifier)) return resolve(path.resolve(folder, specifier)) ?? [];
      const aliased = (alias?.(specifier) ?? []).flatMap((base) => resolve(base) ?? []);
      return aliased.length > 0 ? aliased : workspaceFiles(specifier, folder);
    }),
  ];
}

/** Returns what a source imports, as it is written there. */
function specifiersIn(source: string): string[] {
  return [...source.matchAll(SPECIFIER)].flatMap(({ 0: found, 1: quoted, index }) =>
    quoted === undefined ? quotedInParentheses(source, index + found.length - 1) : unquoted(quoted),
  );
}

/** Matches a `/// <reference …>` directive of TypeScript, to a file or to a package of types. */
const DIRECTIVE = /^\s*\/\/\/\s*<reference\s+(path|types)\s*=\s*["']([^"'\n]+)["']/gm;

/** Returns everything that a source refers to, as names or as relative paths: imports, and files and types by directives. */
export function referencesIn(source: string): string[] {
  const directives = [...source.matchAll(DIRECTIVE)].map(([, kind, name = '']) =>
    kind === 'path' && !RELATIVE.test(name) ? `./${name}` : name,
  );
  return [...directives, ...specifiersIn(source)];
}

const RELATIVE = /^\.{1,2}(?:\/|$)/;

/** Like `importedFiles`, plus every file that a source names in quotes. Babel and SWC load what their configs name. */
export function mentionedFiles(source: string, folder: string): string[] {
  const mentioned = quotedIn(source).flatMap((name) => {
    if (RELATIVE.test(name)) return resolve(path.resolve(folder, name)) ?? [];
    // The name of a plug-in's file may be joined to the folder.
    if (/^[\w.-]+\.(?:[cm]?[jt]s|json|wasm)$/.test(name) && name !== 'package.json')
      return isFile(path.join(folder, name)) ? [path.join(folder, name)] : [];
    return PACKAGE_NAME.test(name) ? workspaceFiles(name, folder) : [];
  });
  return [...importedFiles(source, folder), ...mentioned];
}

/**
 * Like `importedFiles`, plus everything that a program of the tool chain names by a relative path. There are many
 * ways to load a module, such as `createRequire(here)('./x')`, `jiti`, or a path joined to `__dirname`. The form of a
 * relative path is all that they have in common.
 *
 * Paths in JSON do not count, because JSON loads nothing. Folders do not count either: a program usually lists them.
 */
export function loadableFiles(source: string, folder: string, file: string): string[] {
  const named = file.endsWith('.json')
    ? []
    : quotedIn(source).filter((text) => RELATIVE.test(text));
  return [
    ...importedFiles(source, folder),
    ...named.flatMap((name) => resolve(path.resolve(folder, name), NO_INDEX) ?? []),
  ];
}

const PACKAGE_NAME = /^@?[a-z0-9][\w.-]*(?:\/[\w.-]+)*$/i;

/** By folder and specifier. */
const workspaces = runCache.table<string, string[]>('imports');

/**
 * Returns the possible entry files of a package that is linked from the same workspace. None for an installed
 * package.
 */
function workspaceFiles(specifier: string, folder: string): string[] {
  const [, name, below] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  if (name === undefined || path.isAbsolute(specifier)) return [];
  return getOrCreate(workspaces, `${folder}\0${specifier}`, () => {
    const home = name.startsWith('#') ? null : linkedFolder(name, folder);
    if (home === null) return ownFiles(specifier, folder);
    if (below === undefined) return entriesOf(home);
    return [resolve(path.join(home, below)) ?? []].flat();
  });
}

/**
 * Resolves a specifier within the importing package: by the `imports` of its package.json (`#tools/x`), or by its own
 * name and `exports`. Source: Node's documentation of packages, "Subpath imports" and "Self-referencing".
 */
function ownFiles(specifier: string, folder: string): string[] {
  const home = folderWith(folder, 'package.json');
  const manifest = home === null ? null : manifestIn(home);
  if (home === null || manifest === null) return [];
  const { name, imports, exports } = manifest;
  const isOwnName =
    typeof name === 'string' && (specifier === name || specifier.startsWith(`${name}/`));
  if (!isOwnName && !specifier.startsWith('#')) return [];
  const wanted = isOwnName ? `.${specifier.slice(name.length)}` : specifier;
  const entries = Object.entries((isOwnName ? exports : imports) ?? {});
  const targets = entries.flatMap(([pattern, target]) => {
    const [before = '', after] = pattern.split('*');
    if (after === undefined) return pattern === wanted ? stringsIn(target) : [];
    if (!wanted.startsWith(before) || !wanted.endsWith(after)) return [];
    const rest = wanted.slice(before.length, wanted.length - after.length);
    return stringsIn(target).map((text) => text.replaceAll('*', () => rest));
  });
  if (wanted === '.') return entriesOf(home);
  return targets.flatMap((target) => resolve(path.resolve(home, target)) ?? []);
}

/**
 * Returns the target of a linked package in the nearest `node_modules` that has it. Null if the package is installed
 * there, not linked.
 */
function linkedFolder(name: string, folder: string): string | null {
  for (let at = folder; ; at = path.dirname(at)) {
    const place = path.join(at, 'node_modules', name);
    const real = realPath(place);
    if (real !== place) return packageFolder(real) === null ? real : null;
    if (fs.existsSync(place) || path.dirname(at) === at) return null;
  }
}

/** Returns the files that a package.json names as entries, for all conditions, and the index. */
function entriesOf(home: string): string[] {
  const manifest = manifestIn(home);
  if (manifest === null) return [];
  const { exports, main, module, source, types, typings } = manifest;
  const root =
    typeof exports === 'object' && exports !== null && '.' in exports ? exports['.'] : exports;
  const named = [...stringsIn(root), ...stringsIn([source, types, typings, module, main]), '.'];
  return [...new Set(named.flatMap((name) => resolve(path.resolve(home, name)) ?? []))];
}

/** Returns the package.json in a folder. Null if there is none, or if it is not JSON. */
export function manifestIn(home: string): Record<string, unknown> | null {
  try {
    const text = fs.readFileSync(path.join(home, 'package.json'), 'utf8');
    return { ...(parseJson(text) as object) };
  } catch {
    // As described above.
    return null;
  }
}

/** Returns every string in a value, also in nested objects. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

/** The results of `resolve`. A path that was not found is searched again at the next call. */
const resolved = runCache.table<string, string>('imports');

/** Returns the file at a path, as written or with an extension or an index. */
function resolve(base: string, extensions = EXTENSIONS): string | null {
  const known = resolved.get(base);
  if (known !== undefined) return known;
  const found = find(base, extensions);
  if (found !== null) resolved.set(base, found);
  return found;
}

function find(base: string, extensions: readonly string[]): string | null {
  // TypeScript sources import their siblings by the extension of the output.
  const bases = [base, base.replace(/\.[cm]?js$/, '')];
  return (
    bases
      .flatMap((start) => extensions.map((extension) => start + extension))
      .find((candidate) => isFile(candidate)) ?? null
  );
}
