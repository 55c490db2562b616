import * as fs from 'node:fs';
import * as path from 'node:path';
import { fromStored } from '../files/paths';

/** Lists folders. Each is listed once, because the candidates of neighbouring modules are usually needed together. */
export class FolderReader {
  readonly #root: string;
  readonly #list: (folder: string) => string[];
  readonly #folders = new Map<string, Folder>();

  /** @param list The original `readdirSync`, if interception has patched `fs`. */
  constructor(root: string, list: (folder: string) => string[] = fs.readdirSync) {
    this.#root = root;
    this.#list = list;
  }

  /** Whether anything exists at a stored path. */
  has(name: string): boolean {
    return this.#folder(path.posix.dirname(name)).has(path.posix.basename(name));
  }

  /**
   * Whether no resolution candidate of a module exists. A fast check: there is no other entry with the same name up
   * to the first dot, and no config. If false, the candidates must be compared one by one.
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
      // There is no such folder.
      return [];
    }
  }
}

/** The entries of a folder. One lookup table per folder, because there are many folders, and most have many entries. */
class Folder {
  /** By the part of the name before the first dot: the only entry with that stem, or a set of several. */
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

/** A dot at the start of a name marks a hidden file and does not end the stem. */
function stemOf(name: string): string {
  const dot = name.indexOf('.', 1);
  return dot < 0 ? name : name.slice(0, dot);
}

/** Configs that Babel and SWC look for in the folder of each file and above. */
export const RC_FILES = [
  '.babelrc',
  '.babelrc.json',
  '.babelrc.js',
  '.babelrc.cjs',
  '.babelrc.mjs',
  '.babelrc.cts',
  '.swcrc',
];

/** Candidates of every module in a folder. */
const CANDIDATES_FOR_ALL = ['package.json', ...RC_FILES];

/**
 * Returns the paths that, if they existed, could be found in place of a module or change how it is read: the same
 * name with another extension, a file beside an index's folder, and in the module's folder a package.json and the
 * configs of Babel and SWC.
 *
 * Example: `src/a/index.ts` with the extensions `js` and `ts` has the candidates `src/a/index.js` (tried first),
 * `src/a/index`, `src/a.js` and `src/a.ts` (files come before folders), `src/a/package.json` (its `main` may name
 * another file) and `src/a/.babelrc`.
 *
 * Source: jest-resolve, `resolveModule` (extensions are tried in order, files before folders).
 * @param name Stored path of the module.
 * @param extensions As `moduleExtensions` returns them.
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
  // These change how the files of the folder are read.
  candidates.push(at('package.json'), ...RC_FILES.map((file) => at(file)));
  return candidates;
}

/**
 * Returns the recorded value of a module's resolution candidates: those that exist, one a line. A new candidate
 * changes the value.
 * @param name Stored path of the module.
 * @param extensions As `moduleExtensions` returns them.
 */
export function resolutionCandidatesValue(
  name: string,
  extensions: readonly string[],
  folders: FolderReader,
): string {
  // A fast path. Nearly every module has no candidate.
  const slash = name.lastIndexOf('/');
  const base = name.slice(slash + 1);
  const dot = base.lastIndexOf('.');
  const stem = base.slice(0, dot);
  if (dot > 0 && dot < base.length - 1 && stem !== 'index' && !base.startsWith('.')) {
    if (folders.isAlone(slash < 0 ? '.' : name.slice(0, slash), base)) return '';
  }
  return resolutionCandidates(name, extensions)
    .filter((candidate) => folders.has(candidate))
    .join('\n');
}
