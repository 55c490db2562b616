import * as fs from 'node:fs';
import * as path from 'node:path';
import { packageFolder, realPath } from './paths';
import { isFile } from './stats';

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

/** Specifiers after `from`, `import` and `require(`; a comment that looks like one only adds a file. */
const SPECIFIER =
  /(?:\bfrom|\bimport|\brequire(?:\.resolve)?\s*\(|\bimport\s*\()\s*["']([^"'\s]+)["']/g;

/** What a config extends: one name, or a list of them. */
const EXTENDS = /\bextends["']?\s*:\s*(\[[^\]]*\]|["'][^"']*["'])/g;

const QUOTED = /["'`]([^"'`\s]+)["'`]/g;

/** Tells which files a source is made of besides itself, as absolute paths. */
type Follow = (source: string, folder: string) => string[];

/**
 * The project's own files that a file of the tool chain (a global setup, a transformer, a config) is made of: itself
 * and what it imports by relative paths or from packages of the same workspace, at any depth.
 * @param files Absolute paths.
 * @returns Absolute paths of existing files, sorted.
 */
export function importClosure(files: Iterable<string>, follow: Follow = importedFiles): string[] {
  const closure = new Set<string>();
  const queue = [...files];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (closure.has(file)) continue;
    let source: string;
    try {
      source = fs.readFileSync(file, 'utf8');
    } catch {
      continue;
    }
    closure.add(file);
    queue.push(...follow(source, path.dirname(file)));
  }
  return [...closure].sort();
}

/**
 * The files that a source imports by relative paths or from packages of the same workspace.
 * @param folder Absolute path of the source's folder.
 * @param alias Tells where else a specifier may lead, as absolute paths without extensions.
 * @returns Absolute paths of existing files.
 */
export function importedFiles(
  source: string,
  folder: string,
  alias?: (specifier: string) => string[],
): string[] {
  const specifiers = [...source.matchAll(SPECIFIER)].map(([, specifier = '']) => specifier);
  for (const [, names = ''] of source.matchAll(EXTENDS))
    specifiers.push(...[...names.matchAll(QUOTED)].map(([, name = '']) => name));
  return specifiers.flatMap((specifier) => {
    if (RELATIVE.test(specifier)) return resolve(path.resolve(folder, specifier)) ?? [];
    const aliased = alias?.(specifier)
      .map(resolve)
      .find((file) => file !== null);
    return aliased ?? workspaceFiles(specifier, folder);
  });
}

const RELATIVE = /^\.{1,2}(?:\/|$)/;

/** As `importedFiles`, and whatever else a source names in quotes: Babel and SWC load what is named in their config. */
export function mentionedFiles(source: string, folder: string): string[] {
  const mentioned = [...source.matchAll(QUOTED)].flatMap(([, name = '']) => {
    if (RELATIVE.test(name)) return resolve(path.resolve(folder, name)) ?? [];
    // A plug-in's file may be joined to its folder.
    if (/^[\w.-]+\.(?:[cm]?[jt]s|json|wasm)$/.test(name) && name !== 'package.json')
      return isFile(path.join(folder, name)) ? [path.join(folder, name)] : [];
    return PACKAGE_NAME.test(name) ? workspaceFiles(name, folder) : [];
  });
  return [...importedFiles(source, folder), ...mentioned];
}

const PACKAGE_NAME = /^@?[a-z0-9][\w.-]*(?:\/[\w.-]+)*$/i;

/** By folder and specifier; forgotten by `forgetImports`. */
const workspaces = new Map<string, string[]>();

/** Forgets what imports were found to lead to, as files may have come or gone, and packages been linked anew. */
export function forgetImports(): void {
  workspaces.clear();
  resolved.clear();
}

/** The files that a package linked from the same workspace may be entered by; none for an installed one. */
function workspaceFiles(specifier: string, folder: string): string[] {
  const [, name, below] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  if (name === undefined || path.isAbsolute(specifier)) return [];
  const key = `${folder}\0${specifier}`;
  let files = workspaces.get(key);
  if (files === undefined) {
    const home = linkedFolder(name, folder);
    files =
      home === null
        ? []
        : below === undefined
          ? entries(home)
          : [resolve(path.join(home, below)) ?? []].flat();
    workspaces.set(key, files);
  }
  return files;
}

/** Where a link in the nearest `node_modules` that has the package leads; null where it is installed there. */
function linkedFolder(name: string, folder: string): string | null {
  for (let at = folder; ; at = path.dirname(at)) {
    const place = path.join(at, 'node_modules', name);
    const real = realPath(place);
    if (real !== place) return packageFolder(real) === null ? real : null;
    if (fs.existsSync(place) || path.dirname(at) === at) return null;
  }
}

/** What a package.json names as a file to enter the package by, whoever asks, and the index. */
function entries(home: string): string[] {
  try {
    const manifest = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    const { exports, main, module, source, types, typings } = manifest;
    const root =
      typeof exports === 'object' && exports !== null && '.' in exports ? exports['.'] : exports;
    const named = [...stringsIn(root), ...stringsIn([source, types, typings, module, main]), '.'];
    return [...new Set(named.flatMap((name) => resolve(path.resolve(home, name)) ?? []))];
  } catch {
    return [];
  }
}

/** Every string anywhere in a value. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

/** By what `resolve` was asked for; forgotten by `forgetImports`. Where nothing was found is looked again. */
const resolved = new Map<string, string>();

/** The file at a path, as it is written or with an extension or an index. */
function resolve(base: string): string | null {
  const known = resolved.get(base);
  if (known !== undefined) return known;
  const found = find(base);
  if (found !== null) resolved.set(base, found);
  return found;
}

function find(base: string): string | null {
  // TypeScript sources name their siblings by the extension of the output.
  const bases = [base, base.replace(/\.[cm]?js$/, '')];
  return (
    bases
      .flatMap((start) => EXTENSIONS.map((extension) => start + extension))
      .find((candidate) => isFile(candidate)) ?? null
  );
}
