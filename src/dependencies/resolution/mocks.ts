import * as fs from 'node:fs';
import * as path from 'node:path';
import { InstalledPackages } from '../packages/installed';
import { packageName } from '../../records/package-name';

/**
 * The manual mocks that Jest knows for names without a path, by the package or module of Node that a name begins
 * with: the paths of the mocks for it and for files in it. Packages and modules below the roots count as well, as Jest
 * finds by its name what is installed nowhere.
 */
export type Mocks = Readonly<Record<string, string>>;

/** The value of mocks that nobody knows: it is none that a look at them could give. */
const UNKNOWN = '?';

/**
 * Sorts manual mocks by package.
 * @param mocks As in Jest's haste map: what each stands for, and its path relative to the project's `rootDir`.
 */
export function mocksByPackage(mocks: Iterable<readonly [name: string, file: string]>): Mocks {
  const byPackage = new Map<string, string[]>();
  for (const [name, file] of mocks) {
    const key = packageName(name);
    const paths = byPackage.get(key) ?? [];
    byPackage.set(key, paths);
    paths.push(file.split(path.sep).join('/'));
  }
  return Object.fromEntries(
    Array.from(byPackage, ([name, paths]) => [name, paths.sort().join('\n')]),
  );
}

/** What Jest's haste map says of one name: by platform, the path and whether it is a package. */
type Named = Readonly<Record<string, readonly [file: string, type: number]>>;

/**
 * The packages and modules below the roots that can be asked for by name, as `mocksByPackage` takes them.
 * @param map The `map` of Jest's haste map.
 * Source: jest-resolve, `Resolver.resolveModule`, which asks it last.
 */
export function* namedBelowRoots(
  map: Iterable<readonly [name: string, named: Named]>,
): Generator<[name: string, file: string]> {
  for (const [name, named] of map) for (const [file] of Object.values(named)) yield [name, file];
}

/** The value of the mocks of a package or module of Node: empty where there are none. */
export function mocksValue(name: string, mocks: Mocks | null): string {
  if (mocks === null) return UNKNOWN;
  return Object.hasOwn(mocks, name) ? (mocks[name] ?? '') : '';
}

/** Begins the path of a mock in a value that the test file did not load: `./`, as no path relative to a folder does. */
const UNUSED = './';

/**
 * The value of mocks of which some were not loaded: Jest passed them over, as for `jest.unmock`, so they may go.
 * @param value As `mocksValue` gives it.
 */
export function withUnusedMocks(value: string, isUsed: (file: string) => boolean): string {
  const marked = (file: string): string => (isMock(file) && !isUsed(file) ? UNUSED + file : file);
  return value === '' || value === UNKNOWN ? value : value.split('\n').map(marked).join('\n');
}

/** Whether the mocks of a package or module of Node are those of a value: none came, and none went that was used. */
export function mocksHold(name: string, mocks: Mocks | null, value: string): boolean {
  const now = mocksValue(name, mocks);
  if (now === value) return true;
  const recorded = value.split('\n');
  const remaining = new Set(now === '' ? [] : now.split('\n'));
  for (const file of recorded) {
    const isUnused = file.startsWith(UNUSED);
    if (!remaining.delete(isUnused ? file.slice(UNUSED.length) : file) && !isUnused) return false;
  }
  return remaining.size === 0;
}

/** The names of files and folders that hold manual mocks. */
const MOCKS = /(?:^|[\\/])__mocks__[\\/]/;

function isMock(file: string): boolean {
  return MOCKS.test(file) && path.basename(file) !== 'package.json';
}

/**
 * The name by which Jest knows a manual mock; null for any other file.
 * Source: jest-haste-map, `getMockName`.
 */
export function mockName(file: string): string | null {
  const [, below] = file.split(`${path.sep}__mocks__${path.sep}`);
  if (below === undefined) return null;
  return below
    .slice(0, below.length - path.extname(below).length)
    .split(path.sep)
    .join('/');
}

/**
 * Finds manual mocks, and packages below the roots, where Jest's haste map is not at hand.
 * Source: jest-haste-map, `worker`.
 * @param roots Jest's `roots`, absolute.
 */
export function* findMocks(
  rootDir: string,
  roots: readonly string[],
): Generator<[name: string, file: string]> {
  const manifests = new InstalledPackages();
  const queue = [...roots];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    for (const entry of entriesOf(folder)) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && entry.name !== '.git') queue.push(file);
        continue;
      }
      if (entry.name === 'package.json') {
        const name = manifests.manifest(folder)?.name ?? null;
        if (name !== null) yield [name, path.relative(rootDir, file)];
      }
      const name = mockName(file);
      if (name !== null) yield [name, path.relative(rootDir, file)];
    }
  }
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    // No such folder: it has no mocks.
    return [];
  }
}
