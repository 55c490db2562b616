import path from 'node:path';
import { packageFolder } from '../dependencies/packages/package-folder';
import { kindAt } from '../dependencies/files/stats';
import { lookupFolders } from '../dependencies/resolution/lookup-folders';
import { tellRequire } from '../dependencies/resolution/node-lookups';
import { packageName } from '../records/package-name';
import { calledByModuleLoader, calledForKnownKeys } from './callers';
import { NOBODY, type LookupDetails, type Sink } from './sink';

/** What a tool looked at while it was loaded or worked. Absolute paths, each once. */
export interface Reads {
  files: string[];
  /** Folders whose entries it listed. */
  folders: string[];
  /** Paths that it looked for, whether they exist or not. */
  looked: string[];
  /** Folders of packages that it looked for and that were not installed. */
  packages: string[];
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
  readonly #packages = new Set<string>();
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
        if (!isLoading()) this.#notePackage(file);
      },
      unresolved: (from, specifier, details) => {
        const isProjects = packageFolder(from) === null;
        if (isProjects) for (const file of placesOf(from, specifier)) this.#looked.add(file);
        // What installed tools look for while they are loaded is in none of their outputs, with few exceptions.
        if (isProjects || details?.isWhileLoading !== true)
          for (const file of packagesOf(from, specifier, details)) this.#notePackage(file);
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

  /** Notes a package that is missing. Nested packages belong to the package around them. */
  #notePackage(file: string): void {
    const folder = packageFolder(file);
    if (folder === null || folder === '' || this.#packages.has(folder)) return;
    const isNested = folder.indexOf(MODULES) !== folder.lastIndexOf(MODULES);
    if (!isNested && kindAt(folder) === null) this.#packages.add(folder);
  }

  get reads(): Reads {
    return {
      packages: [...this.#packages],
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

const MODULES = `${path.sep}node_modules${path.sep}`;

/** The folders of packages in which Node would have found a module by its name. */
function packagesOf(from: string, specifier: string, details?: LookupDetails): string[] {
  if (/^(?:\.{0,2}\/|\.{1,2}$|[a-z]+:|#)/i.test(specifier)) return [];
  return [...(details?.paths ?? [path.dirname(from)])].flatMap((start) =>
    [...lookupFolders(path.resolve(start), ['node_modules'], [])].map((holder) =>
      path.join(holder, packageName(specifier)),
    ),
  );
}

/** The extensions that Node tries. */
const EXTENSIONS = ['.js', '.json', '.node'];

function isKnownManifest(file: string): boolean {
  return path.basename(file) === 'package.json' && calledForKnownKeys();
}
