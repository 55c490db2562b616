import * as fs from 'node:fs';
import * as path from 'node:path';
import { contentHash, shortHash } from '../files/content';
import { InstalledPackages } from './installed';
import { DerivedCache } from './derived-cache';
import { StatCache } from '../files/stat-cache';
import { PackageOrigins, storeNeighbours } from './package-origins';
import { packageContent } from './package-content';
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
  readonly #origins: PackageOrigins;
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
    this.#origins = new PackageOrigins(root, this.installed, this.#kept);
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
   * archive it was made from if it came from no registry, and a hash of its nested packages. Where the content can
   * change under the same version, a hash of the content follows.
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
    const content = this.#origins.isVersioned(folder) ? '' : packageContent(folder, this.#kept);
    if (manifest === null) return content;
    const { name, version } = manifest;
    const patches = name === null ? [] : this.#patchesOf(name);
    return [
      version ?? '',
      ...patches,
      ...this.#origins.sourceOf(folder),
      ...this.#nestedPackages(folder),
      ...(content === '' ? [] : [content]),
    ].join('+');
  }

  /**
   * Returns a hash of the packages that are nested in a package and, in a store, of those linked beside it. Returns
   * nothing without any.
   */
  #nestedPackages(folder: string): string[] {
    const found = this.installed.namesIn(path.join(folder, 'node_modules'));
    const holder = storeNeighbours(folder);
    if (holder !== null) {
      for (const name of this.installed.namesIn(holder)) {
        // Only a link can change its target.
        const target = linkTarget(path.join(holder, name));
        if (target !== null) found.push(`${name} -> ${target}`);
      }
    }
    return found.length === 0 ? [] : [shortHash(found.join('\n'))];
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
