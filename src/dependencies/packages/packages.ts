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

/** Where patch-package and Yarn keep the patches that change an installed package but not its version. */
const PATCH_FOLDERS = ['patches', path.join('.yarn', 'patches')];

/** An installed package: the names of the folder that it stands in and of its own, and its value. */
export type PackageValue = readonly [holder: string, name: string, value: string];

/** Reads what a record keeps of installed packages; remembers each, so make one per run. */
export class PackageReader {
  /** Where they lie. */
  readonly installed: InstalledPackages;
  readonly #root: string;
  readonly #kept: StatCache;
  readonly #answers: DerivedCache;
  readonly #values = new Map<string, string>();
  /** By top `node_modules` folder. */
  readonly #origins = new Map<string, Origins>();
  #patches: Patches | null = null;

  /**
   * @param root Absolute path of the root that holds `patches/`.
   * @param keptIn Absolute path of the file that keeps what was read for the next run; null for none.
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

  /** Keeps what was read and concluded for the next run. */
  keep(): void {
    this.#kept.save();
    this.#answers.save();
  }

  /**
   * The installed packages that are named, and all that they depend on.
   * @param named Paths of files in packages, and texts that may be names of packages.
   * @param from Absolute paths of the folders that names are looked up from.
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
   * The value of the package in a folder: its version, the hashes of the patches that name it, which commit or archive
   * it was made from where it came from no registry, and where it finds packages before others do.
   * @param folder Absolute path of the package's folder.
   * @returns Empty when nothing is installed there.
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
    return [version, ...patches, ...this.#originOf(folder), ...this.#nearer(folder)].join('+');
  }

  /** A hash of the packages nested in a package and, in a store, of those linked beside it; nothing where there are none. */
  #nearer(folder: string): string[] {
    const found = this.installed.namesIn(path.join(folder, 'node_modules'));
    if (STORE.test(folder)) {
      const holder = folder.slice(0, folder.lastIndexOf('node_modules') + 'node_modules'.length);
      for (const name of this.installed.namesIn(holder)) {
        // Only a link can come to lead elsewhere.
        const target = linkTarget(path.join(holder, name));
        if (target !== null) found.push(`${name} -> ${target}`);
      }
    }
    return found.length === 0 ? [] : [shortHash(found.join('\n'))];
  }

  /** Without a registry the same version can be installed anew from another commit. */
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
    // patch-package writes @scope+name+version.patch, Yarn @scope-name-npm-version-hash.patch.
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

/** Patches of installed packages, each with a hash of what it says. */
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

/** By a package's folder, as npm spells it: a hash of where it came from, where that was no registry. */
type Origins = Readonly<Record<string, string>>;

/** What npm notes of a package that came from a repository or an archive. */
const FROM_ELSEWHERE = /"resolved":\s*"(?:git|file:|https?:\/\/codeload\.)/;

/**
 * What npm notes of the packages that it installed.
 * Source: npm's documentation of package-lock.json, "Hidden Lockfiles".
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
    // No lock file of npm, or one of another shape.
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

/** Folders of stores from which packages are linked, by pnpm and Yarn: what stands beside a package there is its own. */
const STORE = /[\\/]node_modules[\\/]\.(pnpm|store)[\\/]/;

function linkTarget(file: string): string | null {
  try {
    return fs.readlinkSync(file);
  } catch {
    // It is no link, or is missing.
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
