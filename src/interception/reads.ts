import path from 'node:path';
import { packageFolder } from '../dependencies/packages/package-folder';
import { tellRequire } from '../dependencies/resolution/node-lookups';
import { calledByModuleLoader, calledForKnownKeys } from './callers';
import { NOBODY, type Sink } from './sink';

/** What a tool looked at while it was loaded or worked. Absolute paths, each once. */
export interface Reads {
  files: string[];
  /** Folders whose entries it listed. */
  folders: string[];
  /** Paths that it looked for, whether they exist or not. */
  looked: string[];
  /** Modules that this process loaded for it. They count as read, though Node loads them only once. */
  modules: string[];
  /** Folders that it made or wanted to make. */
  made: string[];
  wrote: string[];
}

/** Collects what a transformer reads. */
export class Reading {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  readonly #looked = new Set<string>();
  readonly #modules = new Set<string>();
  readonly #made = new Set<string>();
  readonly #wrote = new Set<string>();
  readonly sink: Sink;

  /** @param isLoading Whether a module is being loaded. */
  constructor(isLoading: () => boolean) {
    this.sink = {
      ...NOBODY,
      seesLoading: true,
      read: (file) => {
        if (isLoading()) this.#modules.add(file);
        else if (!this.#files.has(file) && !isKnownManifest(file)) this.#files.add(file);
      },
      looked: (file, seesPermissions) => {
        // What may be done with a file changes no output.
        if (seesPermissions === true) return;
        // Node itself looks for the module.
        if (!isLoading() || !calledByModuleLoader()) this.#looked.add(file);
      },
      unresolved: (from, specifier) => {
        if (packageFolder(from) === null)
          for (const file of placesOf(from, specifier)) this.#looked.add(file);
      },
      listed: (folder) => this.#folders.add(folder),
      makes: (folder) => this.#made.add(folder),
      wrote: (file) => {
        this.#wrote.add(file);
        this.#files.delete(file);
        this.#looked.delete(file);
      },
    };
  }

  get reads(): Reads {
    return {
      files: [...this.#files],
      folders: [...this.#folders],
      looked: [...this.#looked],
      modules: [...this.#modules],
      made: [...this.#made],
      wrote: [...this.#wrote],
    };
  }
}

/** The paths at which Node would have found a module. */
function placesOf(from: string, specifier: string): string[] {
  const places: string[] = [];
  const note = (file: string): void => void places.push(file);
  const to = { looked: note, followed: note, governed: note };
  const folder = path.dirname(from);
  if (/^\.{0,2}\//.test(specifier)) tellRequire(to, specifier, [folder], null, EXTENSIONS);
  return places;
}

/** The extensions that Node tries. */
const EXTENSIONS = ['.js', '.json', '.node'];

function isKnownManifest(file: string): boolean {
  return path.basename(file) === 'package.json' && calledForKnownKeys();
}
