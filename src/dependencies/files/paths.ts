import * as os from 'node:os';
import * as path from 'node:path';
import picomatch from 'picomatch';
import { packageFolder } from '../packages/package-folder';
import { folderWith, packageRoot, repositoryRoot } from './enclosing-folders';
import { realPath, RealPaths } from './real-paths';
import { isForeign, isWithin, type WorkspacePaths } from './workspace-paths';

export { folderWith, isWithin, packageFolder, packageRoot, realPath, repositoryRoot };

/** The meaning of an absolute path for a record. */
export type PathClass =
  /** An installed package, by the stored path of its folder. */
  | { kind: 'package'; name: string }
  /** Any other file or folder, by its stored path. */
  | { kind: 'file'; name: string }
  /** Never recorded, such as caches, our own files and the system's files. */
  | { kind: 'ignored' };

/** The root of stored paths, and which paths are not recorded. */
export interface PathRules {
  /** Absolute real path of the root. */
  root: string;
  /** Absolute paths that are not recorded, such as Jest's cache, the database and coverage reports. */
  excluded: string[];
  /** The user's globs from `ignore`. They match stored paths. */
  ignore: string[];
}

/** Matches an absolute path of Windows. */
const WITH_DRIVE = /^[A-Za-z]:[\\/]/;

/** Converts an absolute path to a stored path: relative to the root, with forward slashes. */
export function toStored(root: string, file: string): string {
  const relative = path.relative(root, file);
  if (path.sep === '\\') return relative.replace(/\\/g, '/');
  // On other systems, code for Windows may ask for a path with a drive letter. Then it is an ordinary name, which
  // must not look absolute in the database.
  return WITH_DRIVE.test(relative) ? `../${path.basename(root)}/${relative}` : relative;
}

/** Converts a stored path to an absolute path. */
export function fromStored(root: string, name: string): string {
  return path.resolve(root, name);
}

/** Classifies paths. Results are cached, because a worker asks about the same files again and again. */
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
      // A package of a workspace is linked into `node_modules`. Its files can change without a new version, so they
      // count as files.
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
