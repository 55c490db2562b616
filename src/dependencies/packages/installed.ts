import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseJson } from '../files/json';
import { StatCache } from '../files/stat-cache';
import { RealPaths } from '../files/real-paths';
import { getOrCreate } from '../get-or-create';

/** The parts of an installed package.json that are used here. */
export interface InstalledManifest {
  name: string | null;
  version: string | null;
  /** The names of its dependencies, including peer and optional ones, but no development dependencies. */
  dependencies: string[];
  /** The names of dependencies that do not come from a registry. */
  unregistered: string[];
}

/** A `node_modules` folder with the names of its entries. */
interface SearchedFolder {
  modules: string;
  names: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Finds installed packages. Each folder is listed once and each package.json read once, so create one instance per
 * run.
 */
export class InstalledPackages {
  /** Resolves links. Cached for good, as everything in this class. */
  readonly realPaths = new RealPaths();
  readonly #kept: StatCache;
  readonly #folders = new Map<string, ReadonlySet<string>>();
  readonly #manifests = new Map<string, InstalledManifest | null>();
  readonly #searched = new Map<string, readonly SearchedFolder[]>();
  readonly #dependencies = new Map<string, readonly string[]>();

  /** @param kept What earlier runs read. */
  constructor(kept: StatCache = new StatCache(null)) {
    this.#kept = kept;
  }

  /**
   * Finds a package by name, as Node does. Returns the absolute path of its folder, or null.
   * @param from Absolute path of the folder from which the search starts.
   */
  find(from: string, name: string): string | null {
    const [scope = '', inner] = name.startsWith('@') ? name.split('/') : [name];
    for (const { modules, names } of this.#nodeModulesAbove(from)) {
      if (!names.has(scope)) continue;
      const folder = path.join(modules, name);
      if (
        (inner === undefined || this.#entries(path.dirname(folder)).has(inner)) &&
        this.manifest(folder) !== null
      )
        return folder;
    }
    return null;
  }

  /**
   * Returns the installed packages that a package depends on, as absolute real paths of their folders.
   * @param folder Absolute real path of the package's folder.
   */
  dependencies(folder: string): readonly string[] {
    return getOrCreate(this.#dependencies, folder, () =>
      (this.manifest(folder)?.dependencies ?? []).flatMap((name) => {
        const place = this.find(folder, name);
        return place === null ? [] : [this.realPaths.of(place)];
      }),
    );
  }

  /** Returns the `node_modules` folders that Node searches from a folder, nearest first. */
  #nodeModulesAbove(from: string): readonly SearchedFolder[] {
    return getOrCreate(this.#searched, from, () => {
      const above = path.dirname(from);
      const further = above === from ? [] : this.#nodeModulesAbove(above);
      const modules = path.join(from, 'node_modules');
      // Node does not search `node_modules/node_modules`.
      const names = path.basename(from) === 'node_modules' ? NONE : this.#entries(modules);
      return names.size === 0 ? further : [{ modules, names }, ...further];
    });
  }

  /** Returns the names of the packages in a `node_modules` folder, sorted. Empty if there is no such folder. */
  namesIn(modules: string): string[] {
    return [...this.#entries(modules)]
      .flatMap((name) =>
        name.startsWith('@')
          ? [...this.#entries(path.join(modules, name))].map((inner) => `${name}/${inner}`)
          : [name],
      )
      .filter((name) => !name.startsWith('.'))
      .sort();
  }

  /** Returns the package.json of a package, or null if there is none. */
  manifest(folder: string): InstalledManifest | null {
    return getOrCreate(this.#manifests, folder, () =>
      this.#kept.of(path.join(folder, 'package.json'), readManifest, isManifest),
    );
  }

  #entries(folder: string): ReadonlySet<string> {
    return getOrCreate(
      this.#folders,
      folder,
      () => new Set(this.#kept.of(folder, list, isListOfNames)),
    );
  }
}

function readManifest(file: string): InstalledManifest | null {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    // Not installed there.
    return null;
  }
  const { name, version, ...fields } = fieldsOf(text);
  return {
    name: typeof name === 'string' ? name : null,
    version: typeof version === 'string' ? version : null,
    dependencies: ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((key) =>
      Object.keys(fields[key] ?? {}),
    ),
    unregistered: ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((key) =>
      Object.entries(fields[key] ?? {}).flatMap(([dependency, from]) =>
        NOT_FROM_REGISTRY.test(String(from)) ? [dependency] : [],
      ),
    ),
  };
}

/** Matches the specifier of a dependency that is a folder, an archive or a repository. Source: npm's package.json. */
const NOT_FROM_REGISTRY = /^(?!npm:|workspace:|catalog:)(?:[\w+]+:|[~.]{0,2}\/|[\w-]+\/)/;

function fieldsOf(text: string): Record<string, unknown> {
  try {
    return { ...(parseJson(text) as object | null) };
  } catch {
    // Not JSON. Nobody can read dependencies from it.
    return {};
  }
}

function isManifest(value: unknown): value is InstalledManifest {
  if (typeof value !== 'object' || value === null) return false;
  const { name, version, dependencies, unregistered } = value as Partial<Record<string, unknown>>;
  return (
    (name === null || typeof name === 'string') &&
    (version === null || typeof version === 'string') &&
    isListOfNames(dependencies) &&
    isListOfNames(unregistered)
  );
}

/** Whether a cached value is a list of texts. */
export function isListOfNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function list(folder: string): string[] | null {
  try {
    return fs.readdirSync(folder);
  } catch {
    // There is no such folder.
    return null;
  }
}
