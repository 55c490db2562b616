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
import { isWithin, packageRoot, realPath, toStored } from '../../dependencies/files/paths';
import {
  packageMain,
  packageRedirects,
  packageTargets,
} from '../../dependencies/packages/package-targets';
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
      if (name.startsWith('#')) this.#byOwnName(name, folder, found, dependencies);
      else if (!PATH.test(name)) dependencies.push(...this.#ownTargets(name));
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

  /** A package may call its own modules, and others, by `#` names, which may lead to what is not there yet. */
  #byOwnName(name: string, folder: string, found: string | null, into: Dependency[]): void {
    const home = packageRoot(folder);
    into.push(...this.#missingTargets(home, name));
    for (const specifier of packageRedirects(home, name))
      this.#byName({ folder: home, specifier, found }, into);
  }

  /** It may also call them by the name of the package. */
  #ownTargets(name: string): Dependency[] {
    const own = packageName(name);
    return this.#homes
      .filter((home) => this.#run.packageName(home) === own)
      .flatMap((home) => this.#missingTargets(home, `.${name.slice(own.length)}`));
  }

  /** The files that a package.json leads to and that are not there. */
  #missingTargets(home: string, specifier: string): Dependency[] {
    return (packageTargets(home, specifier) ?? [])
      .filter((target) => kindAt(target) === null)
      .map((target) => this.#absent(target));
  }

  /**
   * @param isMapped Whether `moduleNameMapper` gave this place, so that others may be tried too.
   * @returns Whether the module was found at this place.
   */
  #atPath(place: string, found: string | null, isMapped: boolean, into: Dependency[]): boolean {
    if (found !== null) {
      into.push(...this.#missingMain(place, found));
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
      if (this.#run.paths.place(home).kind !== 'package')
        into.push(...this.#missingTargets(home, inside === '' ? '.' : `./${inside}`));
      if (found !== null && isWithin(realPath(home), found)) {
        if (isProjects) into.push(...this.#missingMain(path.join(home, inside), found));
        return true;
      }
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

  /** The index of a folder is found where the module that its package.json names is not there. */
  #missingMain(folder: string, found: string): Dependency[] {
    if (!path.basename(found).startsWith('index.')) return [];
    const real = realPath(folder);
    const main = path.dirname(found) === real ? packageMain(real) : null;
    return main === null || isAt(main, found) ? [] : this.#missing(main);
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
