import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseJson } from '../files/json';
import { shortHash } from '../files/content';
import { isWithin, toStored } from '../files/paths';
import type { StatCache } from '../files/stat-cache';
import { getOrCreate } from '../get-or-create';
import { isListOfNames, type InstalledPackages } from './installed';

const MODULES = `${path.sep}node_modules${path.sep}`;

/** What package managers write into a `node_modules` folder that they fill: npm, pnpm, Yarn 1, Yarn 2 and later. */
const MARKS = ['.package-lock.json', '.modules.yaml', '.yarn-integrity', '.yarn-state.yml'];

/** Lock files that name where a package comes from. Those of npm are read in `node_modules`. */
const LOCK_FILES = ['yarn.lock', 'pnpm-lock.yaml', 'bun.lock'];

/** Tells where installed packages come from, and so whether their versions say what they contain. */
export class PackageOrigins {
  readonly #root: string;
  readonly #installed: InstalledPackages;
  readonly #kept: StatCache;
  /** By the outermost `node_modules` folder. */
  readonly #sources = new Map<string, Sources>();
  readonly #unregistered = new Map<string, ReadonlySet<string>>();

  /**
   * @param root Absolute path of the root.
   * @param kept All reads go through it.
   */
  constructor(root: string, installed: InstalledPackages, kept: StatCache) {
    this.#root = root;
    this.#installed = installed;
    this.#kept = kept;
  }

  /**
   * Returns a hash of the commit or archive that npm took a package from. Empty for a package from a registry.
   * @param folder Absolute path of the package's folder.
   */
  sourceOf(folder: string): string[] {
    const modules = outermostModules(folder);
    const source = modules === null ? undefined : this.#sourceIn(modules, folder);
    return source === undefined || source === COPY ? [] : [source];
  }

  /**
   * Whether a package that has a version cannot change under it. Packages from a registry cannot. These can: a copy of
   * a folder, what came from a repository or an archive, and a package that no package manager installed, such as a
   * fixture.
   * @param folder Absolute path of the package's folder.
   */
  isVersioned(folder: string): boolean {
    const real = this.#installed.realPaths.of(folder);
    const modules = outermostModules(real);
    // The files of a linked workspace count by themselves.
    if (modules === null) return true;
    const { name = null, version = null } = this.#installed.manifest(folder) ?? {};
    if (version === null || !this.#isManaged(modules)) return false;
    const entry = STORE_ENTRY.exec(real)?.[1];
    if (entry !== undefined && !OF_REGISTRY.test(entry)) return false;
    if (this.#sourceIn(modules, real) === COPY) return false;
    const unregistered = this.#unregisteredIn(modules);
    return !unregistered.has(nameOf(folder)) && (name === null || !unregistered.has(name));
  }

  /**
   * Whether a package manager fills a `node_modules` folder. Above the root it does. Below, either it says so, or the
   * folder belongs to a workspace, which is linked under its name.
   */
  #isManaged(modules: string): boolean {
    const holder = path.dirname(modules);
    if (isWithin(holder, this.#root)) return true;
    if (MARKS.some((mark) => this.#kept.of(path.join(modules, mark), exists, isTrue) === true))
      return true;
    const name = this.#installed.manifest(holder)?.name ?? null;
    const linked = name === null ? null : this.#installed.find(path.dirname(holder), name);
    return linked !== null && this.#installed.realPaths.of(linked) === holder;
  }

  #sourceIn(modules: string, folder: string): string | undefined {
    const sources = getOrCreate(
      this.#sources,
      modules,
      () => this.#kept.of(path.join(modules, '.package-lock.json'), readSources, isSources) ?? {},
    );
    const place = toStored(path.dirname(modules), folder);
    return Object.hasOwn(sources, place) ? sources[place] : undefined;
  }

  /** The names of packages that do not come from a registry, as the project and its lock file say. */
  #unregisteredIn(modules: string): ReadonlySet<string> {
    return getOrCreate(this.#unregistered, modules, () => {
      const holder = path.dirname(modules);
      const locked = LOCK_FILES.flatMap(
        (name) => this.#kept.of(path.join(holder, name), readUnregistered, isListOfNames) ?? [],
      );
      return new Set([...locked, ...(this.#installed.manifest(holder)?.unregistered ?? [])]);
    });
  }
}

function outermostModules(folder: string): string | null {
  const at = folder.indexOf(MODULES);
  return at < 0 ? null : folder.slice(0, at + MODULES.length - 1);
}

/** The name by which a package is installed. */
function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf(MODULES) + MODULES.length).replaceAll(path.sep, '/');
}

/** By the package's folder, as npm spells it: a hash of its source, for packages that came from no registry. */
type Sources = Readonly<Record<string, string>>;

/** In place of a source: a copy of a folder. */
const COPY = 'copy';

/** Matches npm's entry of a package that came from a repository or an archive. */
const FROM_ELSEWHERE = /"resolved":\s*"(?:git|file:|https?:\/\/codeload\.)/;

/**
 * Reads npm's notes about the packages that it installed. Source: npm's documentation of package-lock.json, "Hidden
 * Lockfiles".
 */
function readSources(file: string): Sources | null {
  try {
    const text = fs.readFileSync(file, 'utf8');
    if (!FROM_ELSEWHERE.test(text)) return {};
    const { packages = {} } = parseJson(text) as {
      packages?: Record<string, { resolved?: unknown; integrity?: unknown; link?: unknown }>;
    };
    return Object.fromEntries(
      Object.entries(packages).flatMap(([place, { resolved, integrity, link }]) => {
        if (link === true || !FROM_ELSEWHERE.test(JSON.stringify({ resolved }))) return [];
        // An archive has a hash, a folder has none.
        const isCopy = String(resolved).startsWith('file:') && integrity === undefined;
        return [[place, isCopy ? COPY : shortHash(JSON.stringify([resolved, integrity]))]];
      }),
    );
  } catch {
    // npm has written no lock file, or it has another format.
    return null;
  }
}

function isSources(value: unknown): value is Sources {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((source) => typeof source === 'string')
  );
}

/** Matches `name@specifier` in a lock file, where the package is a folder, an archive or in a repository. */
const UNREGISTERED =
  /((?:@[\w.-]+\/)?[\w.-]+)@(?:virtual:\w+#)?(?:(?:file|portal|exec|git|ssh|https?|git\+\w+|github|gitlab|bitbucket|gist):|\.{0,2}\/|[\w-]+\/[\w.-])/g;

function readUnregistered(file: string): string[] | null {
  try {
    const text = fs.readFileSync(file, 'utf8');
    return [...new Set([...text.matchAll(UNREGISTERED)].map(([, name = '']) => name))];
  } catch {
    // Another package manager is used.
    return null;
  }
}

function exists(file: string): true | null {
  return fs.existsSync(file) ? true : null;
}

function isTrue(value: unknown): value is true {
  return value === true;
}

/** Matches a package in the store from which pnpm or Yarn links packages, and the name of its entry there. */
const STORE_ENTRY = /[\\/]node_modules[\\/]\.(?:pnpm|store)[\\/]([^\\/]+)[\\/]/;

/** Matches the name of the entry of a package from a registry: pnpm's, Yarn's, and Yarn's for one with peers. */
const OF_REGISTRY = /^(?:(?:@[^+@]+\+)?[^+@]+@\d|.*-(?:npm|virtual)-)/;

/**
 * Returns the `node_modules` folder in which the store of pnpm or Yarn links a package's own dependencies. Null for a
 * package outside of a store.
 * @param folder Absolute path of the package's folder.
 */
export function storeNeighbours(folder: string): string | null {
  const entry = STORE_ENTRY.exec(`${folder}${path.sep}`);
  return entry === null
    ? null
    : path.join(folder.slice(0, entry.index + entry[0].length), 'node_modules');
}
