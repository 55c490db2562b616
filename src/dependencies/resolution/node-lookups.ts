import * as path from 'node:path';
import { isBuiltin } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageFolder } from '../packages/package-folder';
import { packageName } from '../../records/package-name';
import {
  ownName,
  packageMain,
  packageRedirects,
  packageTargets,
} from '../packages/package-targets';
import { realPath } from '../files/real-paths';
import { kindAt } from '../files/stats';
import { isWithin } from '../files/workspace-paths';

/** Receives the places where Node looks for a module. If any of them changes, the result may be another. */
export interface NodeLookupListener {
  /** The result depends on whether something exists at a path. */
  looked(file: string): void;
  /** Something exists at a path, and the result depends on where it leads. */
  followed(file: string): void;
  /** The result depends on the content of a package.json, or on its absence. */
  governed(manifest: string): void;
}

const RELATIVE = /^\.{1,2}(?:\/|$)/;

/**
 * Reports where `require` looks for a module until it finds it, or in vain. Source: Node's documentation of modules,
 * "All together", and `Module._findPath`.
 * @param request The argument of `Module._findPath`.
 * @param folders The folders that it searches.
 * @param found Absolute path of the module. Null if it was not found.
 * @param extensions The extensions that `require` tries, with their dots.
 */
export function tellRequire(
  to: NodeLookupListener,
  request: string,
  folders: readonly string[],
  found: string | null,
  extensions: readonly string[],
): void {
  const lookup = new RequireLookup(to, found, extensions);
  if (path.isAbsolute(request)) {
    lookup.at(request);
    return;
  }
  const [first = ''] = folders;
  const isRelative = RELATIVE.test(request);
  const asker =
    !isRelative && path.basename(first) === 'node_modules' ? path.dirname(first) : first;
  // An installed package counts as a whole, and so do its dependencies.
  if (found !== null && isInstalled(asker) && isInstalled(found)) return;
  for (const folder of folders) {
    const isFound = isRelative
      ? lookup.at(withSlash(path.resolve(folder, request), request))
      : lookup.named(folder, request);
    if (isFound) return;
  }
}

/** A trailing slash stays, because `require('./x/')` only searches a folder. */
function withSlash(place: string, request: string): string {
  return /(?:^|\/)\.{0,2}$/.test(request) ? place + path.sep : place;
}

function isInstalled(file: string): boolean {
  return packageFolder(file) !== null;
}

class RequireLookup {
  readonly #to: NodeLookupListener;
  readonly #found: string | null;
  readonly #extensions: readonly string[];

  constructor(to: NodeLookupListener, found: string | null, extensions: readonly string[]) {
    this.#to = to;
    this.#found = found;
    this.#extensions = extensions;
  }

  /** @returns Whether the module is at this place. */
  at(place: string): boolean {
    const folder = place.endsWith(path.sep) ? place.slice(0, -1) : place;
    return (folder === place && this.#file(place)) || this.#folder(folder);
  }

  /** @returns Whether the module is this package, or in it. */
  named(holder: string, request: string): boolean {
    const name = packageName(request);
    const inside = request.slice(name.length + 1);
    const home = path.join(holder, name);
    if (kindAt(home) === null) {
      if (inside === '') return this.#file(home);
      this.#to.looked(home);
      return false;
    }
    this.#to.followed(home);
    this.#to.governed(path.join(home, 'package.json'));
    const real = realPath(home);
    const isFound = this.#found !== null && isWithin(real, this.#found);
    const targets = packageTargets(home, inside === '' ? '.' : `./${inside}`);
    if (targets === null) this.at(path.join(isFound ? real : home, inside));
    else if (this.#found === null) for (const target of targets) this.#to.looked(target);
    return isFound;
  }

  #file(place: string): boolean {
    for (const file of [place, ...this.#extensions.map((extension) => place + extension)]) {
      if (file === this.#found) return true;
      if (kindAt(file) !== 'file' || this.#found === null) this.#to.looked(file);
      else {
        this.#to.followed(file);
        return true;
      }
    }
    return false;
  }

  #folder(folder: string): boolean {
    if (kindAt(folder) !== 'directory') return false;
    this.#to.governed(path.join(folder, 'package.json'));
    const main = packageMain(folder);
    if (main !== null && (this.#file(main) || this.#index(main))) return true;
    return this.#index(folder);
  }

  #index(folder: string): boolean {
    for (const extension of this.#extensions) {
      const file = path.join(folder, `index${extension}`);
      if (file === this.#found) return true;
      if (kindAt(file) === 'file' && this.#found !== null) {
        this.#to.followed(file);
        return true;
      }
      this.#to.looked(file);
    }
    return false;
  }
}

/** The entry files of a package without "exports". */
const ENTRIES = ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node'];

/**
 * Reports where `import` looks for a module. Source: Node's documentation of ES modules, "Resolution algorithm".
 * @param folder Absolute path of the folder of the importing module.
 */
export function tellImport(to: NodeLookupListener, folder: string, specifier: string): void {
  if (isBuiltin(specifier)) return;
  if (RELATIVE.test(specifier) || specifier.startsWith('/') || specifier.startsWith('file:')) {
    const file = fileURLToPath(new URL(specifier, pathToFileURL(folder + path.sep)));
    if (kindAt(file) === null) to.looked(file);
    else to.followed(file);
    return;
  }
  if (/^[a-z][a-z\d+.-]+:/i.test(specifier)) return;
  const scope = tellScope(to, folder);
  if (scope !== null) tellOwnTargets(to, scope, specifier);
  if (specifier.startsWith('#')) return;
  const name = packageName(specifier);
  for (let at = folder; ; at = path.dirname(at)) {
    if (path.basename(at) !== 'node_modules' && tellInstalled(to, at, specifier, name)) return;
    if (path.dirname(at) === at) return;
  }
}

/**
 * Reports the package.json files that govern the modules of a folder: the nearest existing one, and possible nearer
 * ones.
 * @returns The folder of the existing one. Null if there is none.
 */
export function tellScope(to: NodeLookupListener, folder: string): string | null {
  for (let at = folder; ; at = path.dirname(at)) {
    if (path.basename(at) === 'node_modules') return null;
    const manifest = path.join(at, 'package.json');
    to.governed(manifest);
    if (kindAt(manifest) === 'file') return at;
    if (path.dirname(at) === at) return null;
  }
}

/**
 * Reports the targets of a specifier that refers to the importing package itself: by a `#` name, or by its own name.
 * @param scope Absolute path of the package's folder.
 */
export function tellOwnTargets(to: NodeLookupListener, scope: string, specifier: string): void {
  const asked = specifier.startsWith('#')
    ? specifier
    : `.${specifier.slice(packageName(specifier).length)}`;
  if (!specifier.startsWith('#') && ownName(scope) !== packageName(specifier)) return;
  for (const target of packageTargets(scope, asked) ?? []) to.looked(target);
  for (const other of specifier.startsWith('#') ? packageRedirects(scope, specifier) : [])
    tellImport(to, scope, other);
}

/** @returns Whether `import` stops searching here. */
function tellInstalled(
  to: NodeLookupListener,
  folder: string,
  specifier: string,
  name: string,
): boolean {
  const holder = path.join(folder, 'node_modules');
  const home = path.join(holder, name);
  if (kindAt(home) !== 'directory') {
    to.looked(home);
    return false;
  }
  to.followed(home);
  to.governed(path.join(home, 'package.json'));
  const inside = specifier.slice(name.length);
  const targets = packageTargets(home, `.${inside}`);
  if (targets !== null) for (const target of targets) to.looked(target);
  else if (inside !== '') to.looked(path.join(home, inside));
  else tellEntry(to, home);
  return true;
}

function tellEntry(to: NodeLookupListener, home: string): void {
  const main = packageMain(home);
  for (const start of main === null ? [] : [main])
    for (const end of ENTRIES) {
      to.looked(start + end);
      if (kindAt(start + end) === 'file') return;
    }
  for (const end of ENTRIES.slice(4)) {
    to.looked(home + end);
    if (kindAt(home + end) === 'file') return;
  }
}
