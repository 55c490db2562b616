import path from 'node:path';
import {
  mappedSpecifiers,
  type MapperConfig,
} from '../../dependencies/resolution/module-name-mapper';
import { moduleExtensions, type ExtensionsConfig } from '../../dependencies/resolution/extensions';
import {
  lookupFolders,
  nodePathFolders,
  type LookupConfig,
} from '../../dependencies/resolution/lookup-folders';
import { linkedWay, linkValue } from '../../dependencies/resolution/closer-node-modules';
import { packageName } from '../../records/package-name';
import { isWithin, realPath, toStored } from '../../dependencies/files/paths';
import { kindAt } from '../../dependencies/files/stats';
import { PATH } from '../../interception/modules/resolver';
import type { Dependency } from '../../records/types';
import type { WorkerRun } from '../worker-run';

/** The parts of a Jest config that decide where modules are looked for. */
export type ModuleLookupConfig = LookupConfig &
  MapperConfig &
  ExtensionsConfig & {
    /** Absolute path. */
    rootDir: string;
  };

/** NODE_PATH as Jest's resolver read it: once, before any test could change it. */
const NODE_PATH = nodePathFolders(process.env['NODE_PATH'], realPath(process.cwd()));

/** One lookup of a module. */
export interface ModuleLookup {
  /** Absolute path of the folder of the asking file. */
  folder: string;
  specifier: string;
  /** Absolute, real path of the module that was found. Null if none was. */
  found: string | null;
  /** The `paths` given to `require.resolve`. */
  paths?: readonly string[] | undefined;
}

/**
 * What the lookups of a project's modules depend on: every place that was searched in vain, and each link on the way.
 * If a module appears in one of these places, or a link then leads elsewhere, another module is found.
 */
export class ModuleLookups {
  readonly extensions: readonly string[];
  readonly #run: WorkerRun;
  readonly #directories: readonly string[];
  readonly #paths: readonly string[];
  /** Folders whose package.json belongs to the environment, except for its entry points. */
  readonly #homes: readonly string[];
  readonly #mapped: (specifier: string) => readonly string[] | null;
  /**
   * Whether only folders called `node_modules` are searched. `closerNodeModules` covers these for all packages at
   * once.
   */
  readonly #isPlain: boolean;

  constructor(run: WorkerRun, config: ModuleLookupConfig) {
    this.#run = run;
    this.extensions = moduleExtensions(config);
    this.#directories = config.moduleDirectories;
    this.#paths = [...NODE_PATH, ...(config.modulePaths ?? [])];
    this.#homes = [...new Set([run.file.root, realPath(config.rootDir)])];
    this.#mapped = mappedSpecifiers(config);
    this.#isPlain =
      this.#paths.length === 0 &&
      this.#directories.every((directory) => directory === 'node_modules');
  }

  /** What a lookup depends on, apart from the module that it found. */
  dependencies({ folder, specifier, found, paths }: ModuleLookup): Dependency[] {
    const mapped = this.#mapped(specifier);
    const dependencies: Dependency[] = [];
    for (const name of mapped ?? [specifier]) {
      if (this.#mayEnterHome(name, folder, found))
        dependencies.push(...this.#homes.map((home) => this.#manifest(home)));
      const isFound = PATH.test(name)
        ? this.#atPath(path.resolve(folder, name), found, mapped !== null, dependencies)
        : this.#byName({ folder, specifier: name, found, paths }, dependencies);
      if (isFound) break;
    }
    return dependencies;
  }

  /** Whether a lookup may read the project's own package.json for its entry points. */
  #mayEnterHome(name: string, folder: string, found: string | null): boolean {
    if (found === null) return true;
    if (PATH.test(name)) {
      const place = path.resolve(folder, name);
      return !found.startsWith(`${place}.`) && this.#homes.includes(realPath(place));
    }
    if (!path.isAbsolute(found)) return false;
    return (
      this.#run.paths.place(found).kind !== 'package' ||
      this.#homes.some((home) => this.#run.packageName(home) === packageName(name))
    );
  }

  /**
   * @param isMapped Whether `moduleNameMapper` gave this place, so that others may be tried too.
   * @returns Whether the module was found at this place.
   */
  #atPath(place: string, found: string | null, isMapped: boolean, into: Dependency[]): boolean {
    if (found !== null) {
      const link = linkedWay(this.#run.file.root, place, found, this.extensions);
      if (link !== null) into.push(link);
      // The dependencies of the module itself cover files that would be found before it at its own place.
      if (!isMapped || link !== null || isAt(place, found)) return true;
    }
    into.push(...this.#missing(place));
    return false;
  }

  #byName({ folder, specifier, found, paths }: ModuleLookup, into: Dependency[]): boolean {
    const { root } = this.#run.file;
    if (found !== null && !path.isAbsolute(found)) return true;
    const isProjects = found !== null && this.#run.paths.place(found).kind === 'file';
    if (found !== null && !isProjects && this.#isPlain && paths === undefined) return true;
    const name = packageName(specifier);
    const inside = specifier.slice(name.length + 1);
    const last = paths === undefined ? this.#paths : [...NODE_PATH, ...paths];
    for (const holder of lookupFolders(folder, this.#directories, last)) {
      const place = path.join(holder, specifier);
      if (found !== null && isAt(place, found)) return true;
      const home = path.join(holder, name);
      const kind = kindAt(home);
      if (kind === null) {
        into.push({ kind: 'absent', name: toStored(root, home), value: '' });
        if (inside === '') into.push(this.#resolutionCandidates(home));
        continue;
      }
      const stored = toStored(root, home);
      into.push({ kind: 'present', name: stored, value: linkValue(root, stored) });
      if (found !== null && isWithin(realPath(home), found)) return true;
      into.push(...this.#lacking(home, inside));
    }
    return false;
  }

  /** A package that exists but lacks the module, or whose "exports" do not allow it. */
  #lacking(home: string, inside: string): Dependency[] {
    const known = this.#run.paths.place(home);
    const module = path.join(home, inside);
    if (known.kind !== 'package') return [...this.#missing(module), this.#manifest(home)];
    return [this.#run.packageDependency(known.name), ...this.#missing(module)];
  }

  /** A module that is not at a place: not as written, not with one of Jest's extensions, not as an index file. */
  #missing(place: string): Dependency[] {
    const candidates = this.#resolutionCandidates(place);
    switch (kindAt(place)) {
      case null:
        return [this.#absent(place), candidates];
      case 'directory': {
        const index = path.join(place, 'index');
        return [
          candidates,
          this.#absent(index),
          this.#resolutionCandidates(index),
          this.#manifest(place),
        ];
      }
      case 'file':
        return [candidates];
      // A pipe or a device. A file may replace it.
      case 'other':
        return [
          { kind: 'present', name: toStored(this.#run.file.root, place), value: 'other' },
          candidates,
        ];
    }
  }

  #absent(place: string): Dependency {
    return { kind: 'absent', name: toStored(this.#run.file.root, place), value: '' };
  }

  #resolutionCandidates(place: string): Dependency {
    return this.#run.resolutionCandidates(toStored(this.#run.file.root, place), this.extensions);
  }

  #manifest(folder: string): Dependency {
    return this.#run.manifestAt(toStored(this.#run.file.root, path.join(folder, 'package.json')));
  }
}

/** Whether the found module is at a place, possibly with an extension or inside a folder there. */
function isAt(place: string, found: string): boolean {
  return isWithin(place, found) || found.startsWith(`${place}.`);
}
