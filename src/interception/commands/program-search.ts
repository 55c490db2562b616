import fs from 'node:fs';
import path from 'node:path';
import { isFile, isFolder } from '../../dependencies/files/stats';
import { isWithin } from '../../dependencies/files/workspace-paths';
import { knownPart } from './shell-words';

const { accessSync, constants, readdirSync, realpathSync } = fs;

/** Where a program was looked for, as absolute paths. */
export interface FoundProgram {
  /** The program, and the file that a link to it leads to. Files of its name that cannot be run come before it. */
  files: string[];
  /** Where it would have been found first. */
  missed: string[];
}

/**
 * - `sought`: a program of this name may appear where it would be found first
 * - `known`: so it may, if there is one already
 * - `inside`: nothing is looked for but in folders of the workspace
 */
export type HowSought = 'sought' | 'known' | 'inside';

/** Finds the programs of one command, whose parts may each be looked up by another `PATH`. */
export class Programs {
  readonly #workspace: string;
  readonly #searches: ProgramSearch[] = [];
  /** The last value of `PATH`. */
  #path = '';
  /** By name: whether all folders were searched. */
  readonly #sought = new Map<string, boolean>();

  /** @param workspace Absolute path of the repository. */
  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  /**
   * Programs are looked for in these folders, too.
   * @param value As in `PATH`.
   * @param folder Absolute path of the folder that names in it are relative to.
   */
  searchIn(value: string, folder: string): void {
    this.#path = value.replace('$PATH', () => this.#path);
    this.#searches.push(new ProgramSearch(this.#path, folder, this.#workspace));
    this.#sought.clear();
  }

  /** Looks for a program. What was found before is not found again. */
  find(name: string, how: HowSought): FoundProgram {
    const all: FoundProgram = { files: [], missed: [] };
    const isThorough = how !== 'inside';
    if (this.#sought.get(name) === true || this.#sought.get(name) === isThorough) return all;
    this.#sought.set(name, isThorough);
    for (const search of this.#searches) {
      if (how === 'inside' && !search.has(name)) continue;
      const { files, missed, isFound } = search.find(name);
      if (how === 'sought' || isFound) all.missed.push(...missed);
      all.files.push(...files);
    }
    return all;
  }
}

interface SearchedFolder {
  folder: string;
  isInside: boolean;
  /** The names in a folder of the workspace, once they are known. */
  names?: ReadonlySet<string>;
}

/** What programs are called that are given without an ending. */
const ENDINGS = process.platform === 'win32' ? ['', '.com', '.exe', '.bat', '.cmd'] : [''];

/** Finds programs that are given by a name alone, as the system does by `PATH`. Folders of the workspace count. */
class ProgramSearch {
  readonly #folders: SearchedFolder[];
  readonly #workspace: string;

  /**
   * @param value Of `PATH`.
   * @param folder Absolute path of the folder that names in it are relative to.
   * @param workspace Absolute path of the repository.
   */
  constructor(value: string, folder: string, workspace: string) {
    this.#workspace = workspace;
    const folders = new Set(foldersIn(value, folder));
    this.#folders = [...folders].map((at) => ({
      folder: at,
      isInside: leadsInside(at, workspace),
    }));
  }

  /** Looks for a program in all folders. */
  find(name: string): FoundProgram & { isFound: boolean } {
    const found: FoundProgram & { isFound: boolean } = { files: [], missed: [], isFound: false };
    for (const { folder, isInside } of this.#folders)
      for (const ending of ENDINGS) {
        const file = path.join(folder, name + ending);
        if (!isFile(file)) {
          if (isInside) found.missed.push(file);
          continue;
        }
        const real = realOf(file);
        for (const place of new Set([file, real]))
          if (this.#isInside(place)) found.files.push(place);
        if (!canRun(file)) continue;
        found.isFound = true;
        return found;
      }
    return found;
  }

  /** Whether a folder of the workspace has a program of this name. */
  has(name: string): boolean {
    return this.#folders.some((searched) => {
      if (!searched.isInside) return false;
      searched.names ??= namesIn(searched.folder);
      const { names } = searched;
      return ENDINGS.some((ending) => names.has(name + ending));
    });
  }

  #isInside(file: string): boolean {
    return isWithin(this.#workspace, file) || isWithin(this.#workspace, realOf(file));
  }
}

/** The folders of a value of `PATH`, as absolute paths. Of those that begin with something unknown, the rest is taken. */
export function foldersIn(value: string, folder: string): string[] {
  return value
    .split(path.delimiter)
    .map((entry) => path.resolve(folder, entry.includes('$') ? knownPart(`${entry}/.`) : entry));
}

/** The value of `PATH`, whose name Windows writes in another way. */
export function searchPathOf(env: NodeJS.ProcessEnv): string | undefined {
  return env.PATH ?? env.Path;
}

/** The variables that lead into the workspace. */
export function variablesInside(env: NodeJS.ProcessEnv, workspace: string): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([, value = '']) => isWithin(workspace, value)),
  );
}

/** Folders that no link leads to. They are asked for again and again. */
const realFolders = new Set<string>();

function realOf(file: string): string {
  if (realFolders.has(file)) return file;
  try {
    return realpathSync.native(file);
  } catch {
    // There is nothing yet.
    return file;
  }
}

/** Whether a folder is in the workspace, or leads into it. */
function leadsInside(folder: string, workspace: string): boolean {
  const real = realOf(folder);
  if (real === folder && !realFolders.has(folder) && isFolder(folder)) realFolders.add(folder);
  return isWithin(workspace, folder) || isWithin(workspace, real);
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // The search goes on behind it.
    return false;
  }
}

function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folder));
  } catch {
    // There is no such folder.
    return new Set();
  }
}
