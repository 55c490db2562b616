import * as fs from 'node:fs';
import * as path from 'node:path';
import { fromStored } from '../files/paths';

/** Lists folders, each once: the candidates of neighbours are asked for one after the other. */
export class FolderReader {
  readonly #root: string;
  readonly #list: (folder: string) => string[];
  readonly #folders = new Map<string, Folder>();

  /** @param list The unpatched `readdirSync`, where the caller watches `fs`. */
  constructor(root: string, list: (folder: string) => string[] = fs.readdirSync) {
    this.#root = root;
    this.#list = list;
  }

  /** Whether there is anything at a stored path. */
  has(name: string): boolean {
    return this.#folder(path.posix.dirname(name)).has(path.posix.basename(name));
  }

  /**
   * Whether it is plain that nothing in a folder could stand in the place of a module in it or decide how it is read:
   * there is nothing else of its name up to its first dot, and no config.
   * @param base The module's name in the folder.
   */
  isAlone(folder: string, base: string): boolean {
    return this.#folder(folder).isAlone(base);
  }

  #folder(folder: string): Folder {
    let known = this.#folders.get(folder);
    if (known === undefined) {
      known = new Folder(this.#read(folder));
      this.#folders.set(folder, known);
    }
    return known;
  }

  #read(folder: string): string[] {
    try {
      return this.#list(fromStored(this.#root, folder));
    } catch {
      // No such folder: nothing in it can be found.
      return [];
    }
  }
}

/** The entries of a folder: one look-up table, as there are many folders and most have many entries. */
class Folder {
  /** By what stands before the first dot: the entry of that beginning, or all of them where there are several. */
  readonly #byStem = new Map<string, string | Set<string>>();
  readonly #isPlain: boolean;

  constructor(names: readonly string[]) {
    for (const name of names) {
      const stem = stemOf(name);
      const known = this.#byStem.get(stem);
      if (known === undefined) this.#byStem.set(stem, name);
      else if (typeof known === 'string') this.#byStem.set(stem, new Set([known, name]));
      else known.add(name);
    }
    this.#isPlain = !CANDIDATES_FOR_ALL.some((name) => this.has(name));
  }

  has(name: string): boolean {
    const known = this.#byStem.get(stemOf(name));
    return known === name || (known instanceof Set && known.has(name));
  }

  isAlone(base: string): boolean {
    if (!this.#isPlain) return false;
    const known = this.#byStem.get(stemOf(base));
    return known === undefined || known === base;
  }
}

/** A dot at the start hides a file, and ends no stem. */
function stemOf(name: string): string {
  const dot = name.indexOf('.', 1);
  return dot < 0 ? name : name.slice(0, dot);
}

/** Configs that Babel and SWC look for beside and above each file. */
export const RC_FILES = [
  '.babelrc',
  '.babelrc.json',
  '.babelrc.js',
  '.babelrc.cjs',
  '.babelrc.mjs',
  '.babelrc.cts',
  '.swcrc',
];

/** What is a candidate for each module of a folder. */
const CANDIDATES_FOR_ALL = ['package.json', ...RC_FILES];

/**
 * The paths that, if they existed, could be found in place of a module, or would change how it is read: the same name
 * with another extension, a file beside a folder's index, a package.json and the configs of Babel and SWC in its
 * folder.
 *
 * Example: `src/a/index.ts` with the extensions `js` and `ts` has the candidates `src/a/index.js` (tried first),
 * `src/a/index`, `src/a.js` and `src/a.ts` (files come before folders),
 * `src/a/package.json` (its `main` may name another file) and `src/a/.babelrc`.
 *
 * Source: jest-resolve, `resolveModule` (extensions are tried in order, files before folders).
 * @param name Stored path of the module.
 * @param extensions As `moduleExtensions` gives them.
 */
export function resolutionCandidates(name: string, extensions: readonly string[]): string[] {
  const folder = path.posix.dirname(name);
  const base = path.posix.basename(name);
  const extension =
    extensions.find((any) => base.endsWith(`.${any}`)) ?? path.posix.extname(base).slice(1);
  const stem = extension === '' ? base : base.slice(0, -extension.length - 1);
  const rank = extensions.indexOf(extension);
  const at = (...parts: string[]) => path.posix.join(folder, ...parts);

  const candidates = extensions
    .slice(0, rank < 0 ? extensions.length : rank)
    .map((earlier) => at(`${stem}.${earlier}`));
  if (extension !== '') candidates.push(at(stem));
  if (stem === 'index' && folder !== '.') {
    for (const any of extensions) candidates.push(`${folder}.${any}`);
  }
  // These decide how the files of a folder are read.
  candidates.push(at('package.json'), ...RC_FILES.map((file) => at(file)));
  return candidates;
}

/**
 * The value of the dependency on a module's resolution candidates: those that exist, so that a new one changes it.
 * @param name Stored path of the module.
 * @param extensions As `moduleExtensions` gives them.
 */
export function resolutionCandidatesValue(
  name: string,
  extensions: readonly string[],
  folders: FolderReader,
): string {
  // Nearly every module is alone with its name in its folder: then no candidate exists.
  const slash = name.lastIndexOf('/');
  const base = name.slice(slash + 1);
  const dot = base.lastIndexOf('.');
  const stem = base.slice(0, dot);
  if (dot > 0 && dot < base.length - 1 && stem !== 'index' && !base.startsWith('.')) {
    if (folders.isAlone(slash < 0 ? '.' : name.slice(0, slash), base)) return '';
  }
  return resolutionCandidates(name, extensions)
    .filter((rival) => folders.has(rival))
    .join('\n');
}
