import * as fs from 'node:fs';
import * as path from 'node:path';
import { fromStored } from './paths';

/** Lists folders, remembering each: rivals of neighbours are asked for one after the other. */
export class FolderReader {
  readonly #root: string;
  readonly #list: (folder: string) => string[];
  readonly #entries = new Map<string, ReadonlySet<string>>();

  /** @param list The unpatched `readdirSync`, where the caller watches `fs`. */
  constructor(root: string, list: (folder: string) => string[] = fs.readdirSync) {
    this.#root = root;
    this.#list = list;
  }

  /** Whether there is anything at a stored path. */
  has(name: string): boolean {
    const folder = path.posix.dirname(name);
    let entries = this.#entries.get(folder);
    if (entries === undefined) {
      entries = this.#read(folder);
      this.#entries.set(folder, entries);
    }
    return entries.has(path.posix.basename(name));
  }

  #read(folder: string): ReadonlySet<string> {
    try {
      return new Set(this.#list(fromStored(this.#root, folder)));
    } catch {
      return new Set();
    }
  }
}

/** Configs that Babel and SWC look for beside and above each file. */
export const RC_FILES = ['.babelrc', '.babelrc.json', '.babelrc.js', '.babelrc.cjs', '.swcrc'];

/**
 * The paths that, if they existed, could be found in the place of a module: the same name with another extension, a
 * file beside a folder's index, a package.json in that folder, and a manual mock.
 * Source: jest-resolve, `resolveModule` (extensions are tried in order, files before folders) and jest-runtime,
 * `requireModuleOrMock` (`__mocks__` beside the module).
 * @param name Stored path of the module.
 * @param extensions Jest's `moduleFileExtensions`, without dots.
 */
export function rivalsOf(name: string, extensions: readonly string[]): string[] {
  const folder = path.posix.dirname(name);
  const base = path.posix.basename(name);
  const extension = path.posix.extname(base).slice(1);
  const stem = extension === '' ? base : base.slice(0, -extension.length - 1);
  const rank = extensions.indexOf(extension);
  const at = (...parts: string[]) => path.posix.join(folder, ...parts);

  const rivals = extensions
    .slice(0, rank < 0 ? extensions.length : rank)
    .map((earlier) => at(`${stem}.${earlier}`));
  for (const any of extensions) rivals.push(at('__mocks__', `${stem}.${any}`));
  if (extension !== '') rivals.push(at(stem));
  if (stem === 'index' && folder !== '.') {
    for (const any of extensions) rivals.push(`${folder}.${any}`);
  }
  // These decide how the files of a folder are read.
  rivals.push(at('package.json'), ...RC_FILES.map((file) => at(file)));
  return rivals;
}

/** The value of a module's rivals: those that exist, so that a new one changes it. */
export function rivalsValue(
  name: string,
  extensions: readonly string[],
  folders: FolderReader,
): string {
  return rivalsOf(name, extensions)
    .filter((rival) => folders.has(rival))
    .join('\n');
}
