import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseJson } from '../files/json';
import { contentHash, shortHash } from '../files/content';
import { InstalledPackages } from './installed';
import { DerivedCache } from './derived-cache';
import { StatCache } from '../files/stat-cache';
import { toStored } from '../files/paths';
import { getOrCreate } from '../get-or-create';
import { packagesBeneath } from './tool-packages';

/**
 * The folders in which patch-package and Yarn store patches. A patch changes an installed package but not its
 * version.
 */
const PATCH_FOLDERS = ['patches', path.join('.yarn', 'patches')];

/** An installed package: the name of the folder above it, its own folder name, and its value. */
export type PackageValue = readonly [holder: string, name: string, value: string];

/** Reads the recorded values of installed packages. Each is cached, so create one instance per run. */
export class PackageReader {
  /** Finds the packages. */
  readonly installed: InstalledPackages;
  readonly #root: string;
  readonly #kept: StatCache;
  readonly #answers: DerivedCache;
  readonly #values = new Map<string, string>();
  /** By the outermost `node_modules` folder. */
  readonly #origins = new Map<string, Origins>();
  #patches: Patches | null = null;

  /**
   * @param root Absolute path of the root, which contains `patches/`.
   * @param keptIn Absolute path of the cache file for later runs. Null for none.
   */
  constructor(root: string, keptIn: string | null = null) {
    this.#root = root;
    this.#kept = new StatCache(keptIn);
    this.#answers = new DerivedCache(
      keptIn && keptIn.replace(/(\.json)?$/, '.answers.json'),
      this.#kept,
    );
    this.installed = new InstalledPackages(this.#kept);
  }

  /** Writes the cache files for the next run. */
  keep(): void {
    this.#kept.save();
    this.#answers.save();
  }

  /**
   * Returns the named packages and all of their dependencies, recursively.
   * @param named Absolute paths of files in packages, and texts that may be package names.
   * @param from Absolute paths of the folders from which names are resolved.
   */
  beneath(named: readonly string[], from: readonly string[]): readonly PackageValue[] {
    return this.#answers.of(
      shortHash(JSON.stringify([named, from, this.#allPatches()])),
      () =>
        packagesBeneath(named, from, this.installed).map((folder) => [
          path.basename(path.dirname(folder)),
          path.basename(folder),
          this.#read(folder),
        ]),
      isPackageValues,
    );
  }

  /**
   * Returns the recorded value of a package. It contains the version, the hashes of its patches, the commit or
   * archive it was made from if it came from no registry, and a hash of its nested packages.
   * @param folder Absolute path of the package's folder.
   * @returns Empty if nothing is installed there.
   */
  value(folder: string): string {
    return getOrCreate(this.#values, folder, () =>
      this.#answers.of(
        JSON.stringify([folder, this.#allPatches()]),
        () => this.#read(folder),
        isText,
      ),
    );
  }

  #read(folder: string): string {
    const manifest = this.installed.manifest(folder);
    if (manifest === null) return '';
    const { name, version } = manifest;
    const patches = name === null ? [] : this.#patchesOf(name);
    return [version, ...patches, ...this.#originOf(folder), ...this.#nestedPackages(folder)].join(
      '+',
    );
  }

  /**
   * Returns a hash of the packages that are nested in a package and, in a store, of those linked beside it. Returns
   * nothing without any.
   */
  #nestedPackages(folder: string): string[] {
    const found = this.installed.namesIn(path.join(folder, 'node_modules'));
    if (STORE.test(folder)) {
      const holder = folder.slice(0, folder.lastIndexOf('node_modules') + 'node_modules'.length);
      for (const name of this.installed.namesIn(holder)) {
        // Only a link can change its target.
        const target = linkTarget(path.join(holder, name));
        if (target !== null) found.push(`${name} -> ${target}`);
      }
    }
    return found.length === 0 ? [] : [shortHash(found.join('\n'))];
  }

  /** Without a registry, the same version can be reinstalled from another commit. */
  #originOf(folder: string): string[] {
    const at = folder.indexOf(MODULES);
    if (at < 0) return [];
    const modules = folder.slice(0, at + MODULES.length - 1);
    const origins = getOrCreate(
      this.#origins,
      modules,
      () => this.#kept.of(path.join(modules, '.package-lock.json'), readOrigins, isOrigins) ?? {},
    );
    const place = toStored(folder.slice(0, at), folder);
    const origin = Object.hasOwn(origins, place) ? origins[place] : undefined;
    return origin === undefined ? [] : [origin];
  }

  #patchesOf(name: string): string[] {
    // patch-package writes `@scope+name+version.patch`, Yarn `@scope-name-npm-version-hash.patch`.
    const plain = name.replace('/', '+');
    const yarn = name.replace('/', '-');
    return this.#allPatches()
      .filter(
        ({ file }) =>
          file.startsWith(`${plain}+`) ||
          file.includes(`+${plain}+`) ||
          file.startsWith(`${yarn}-npm-`),
      )
      .map(({ hash }) => hash);
  }

  #allPatches(): Patches {
    return (this.#patches ??= readPatches(this.#root));
  }
}

/** The patches of installed packages, each with a hash of its content. */
type Patches = readonly { file: string; hash: string }[];

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isPackageValues(value: unknown): value is readonly PackageValue[] {
  return (
    Array.isArray(value) &&
    value.every((one) => Array.isArray(one) && one.length === 3 && one.every(isText))
  );
}

const MODULES = `${path.sep}node_modules${path.sep}`;

/** By the package's folder, as npm spells it: a hash of its source, for packages that came from no registry. */
type Origins = Readonly<Record<string, string>>;

/** Matches npm's entry of a package that came from a repository or an archive. */
const FROM_ELSEWHERE = /"resolved":\s*"(?:git|file:|https?:\/\/codeload\.)/;

/**
 * Reads npm's notes about the packages that it installed. Source: npm's documentation of package-lock.json, "Hidden
 * Lockfiles".
 */
function readOrigins(file: string): Origins | null {
  try {
    const text = fs.readFileSync(file, 'utf8');
    if (!FROM_ELSEWHERE.test(text)) return {};
    const { packages = {} } = parseJson(text) as {
      packages?: Record<string, { resolved?: unknown; integrity?: unknown; link?: unknown }>;
    };
    return Object.fromEntries(
      Object.entries(packages).flatMap(([place, { resolved, integrity, link }]) =>
        link !== true && FROM_ELSEWHERE.test(JSON.stringify({ resolved }))
          ? [[place, shortHash(JSON.stringify([resolved, integrity]))]]
          : [],
      ),
    );
  } catch {
    // npm has written no lock file, or it has another format.
    return null;
  }
}

function isOrigins(value: unknown): value is Origins {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((origin) => typeof origin === 'string')
  );
}

/**
 * Folders of the stores from which pnpm and Yarn link packages. The packages beside a package there are its own
 * dependencies.
 */
const STORE = /[\\/]node_modules[\\/]\.(pnpm|store)[\\/]/;

function linkTarget(file: string): string | null {
  try {
    return fs.readlinkSync(file);
  } catch {
    // It is not a link, or is missing.
    return null;
  }
}

function readPatches(root: string): Patches {
  return PATCH_FOLDERS.flatMap((folder) => {
    try {
      return fs
        .readdirSync(path.join(root, folder))
        .sort()
        .map((file) => ({
          file,
          hash: contentHash(fs.readFileSync(path.join(root, folder, file))),
        }));
    } catch {
      // There is no folder of patches.
      return [];
    }
  });
}
