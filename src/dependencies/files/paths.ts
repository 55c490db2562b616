import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import picomatch from 'picomatch';
import { packageFolder } from '../packages/package-folder';
import { realPath, RealPaths } from './real-paths';
import { isForeign, isWithin, type WorkspacePaths } from './workspace-paths';

export { isWithin, packageFolder, realPath };

/** What an absolute path means for a record. */
export type PathClass =
  /** An installed package, by the path of its folder relative to the root. */
  | { kind: 'package'; name: string }
  /** Any other file or folder, by its path relative to the root. */
  | { kind: 'file'; name: string }
  /** Nothing a record should hold: caches, our own files, the system's. */
  | { kind: 'ignored' };

/** Where paths are seen from, and what is left out. */
export interface PathRules {
  /** Absolute, real path of the root that stored paths are relative to. */
  root: string;
  /** Absolute folders and files whose content never counts (Jest's cache, our data, coverage). */
  excluded: string[];
  /** The user's `ignore` globs, matched against relative paths. */
  ignore: string[];
}

/** What would be an absolute path if it were read on Windows. */
const WITH_DRIVE = /^[A-Za-z]:[\\/]/;

/** A path as it is stored: relative to the root, with forward slashes. */
export function toStored(root: string, file: string): string {
  const relative = path.relative(root, file);
  if (path.sep === '\\') return relative.replace(/\\/g, '/');
  // Code made for Windows may ask for its paths here too, where they are names like any other.
  return WITH_DRIVE.test(relative) ? `../${path.basename(root)}/${relative}` : relative;
}

/** The absolute path of a stored one. */
export function fromStored(root: string, name: string): string {
  return path.resolve(root, name);
}

/** The nearest folder at or above `folder` that holds something of a name, or null where none does. */
export function folderWith(folder: string, name: string): string | null {
  for (let at = folder; ; at = path.dirname(at)) {
    if (fs.existsSync(path.join(at, name))) return at;
    if (path.dirname(at) === at) return null;
  }
}

/** The nearest folder at or above `folder` that holds a package.json; `folder` itself where there is none. */
export function packageRoot(folder: string): string {
  return folderWith(folder, 'package.json') ?? folder;
}

/** The nearest folder at or above `folder` that holds a repository; `folder` itself where there is none. */
export function repositoryRoot(folder: string): string {
  return folderWith(folder, '.git') ?? folder;
}

/** Tells what a path means, remembering every answer: a worker asks about the same files again and again. */
export class PathClassifier {
  readonly #rules: PathRules;
  readonly #excluded: string[];
  readonly surroundings: WorkspacePaths;
  readonly #ignores: ((name: string) => boolean) | null;
  readonly #known = new Map<string, PathClass>();
  readonly #realPaths = new RealPaths();
  readonly #realFolders = new Map<string, string>();

  constructor(rules: PathRules) {
    this.#rules = rules;
    this.#excluded = rules.excluded.map((folder) => path.normalize(folder));
    this.surroundings = {
      workspace: repositoryRoot(rules.root),
      temporary: realPath(os.tmpdir()),
    };
    this.#ignores = rules.ignore.length > 0 ? picomatch(rules.ignore, { dot: true }) : null;
  }

  /** The root that names are relative to. */
  get root(): string {
    return this.#rules.root;
  }

  place(file: string): PathClass {
    let place = this.#known.get(file);
    if (place === undefined) {
      place = this.#classify(path.resolve(file));
      this.#known.set(file, place);
    }
    return place;
  }

  #classify(file: string): PathClass {
    const { root } = this.#rules;
    if (this.#excluded.some((folder) => isWithin(folder, file))) return { kind: 'ignored' };
    if (isForeign(file, this.surroundings)) return { kind: 'ignored' };
    const folder = packageFolder(file);
    if (folder !== null) {
      if (folder === '') return { kind: 'ignored' };
      const real = this.#realFolder(folder);
      // A workspace is linked into node_modules, but its files change without another version.
      if (packageFolder(real) === null)
        return this.#classify(path.join(real, path.relative(folder, file)));
      return { kind: 'package', name: toStored(root, folder) };
    }
    const name = toStored(root, file);
    return this.#ignores?.(name) ? { kind: 'ignored' } : { kind: 'file', name };
  }

  #realFolder(folder: string): string {
    let real = this.#realFolders.get(folder);
    if (real === undefined) {
      real = this.#realPaths.of(folder);
      this.#realFolders.set(folder, real);
    }
    return real;
  }
}
