import * as fs from 'node:fs';
import * as path from 'node:path';
import { InstalledPackages } from '../packages/installed';
import { packageName } from '../../records/package-name';

/**
 * The manual mocks for bare specifiers: by the name of the package or Node module, the sorted paths of the mocks for
 * it and for files in it, one a line. Packages and modules below the roots count as well, because Jest finds them by
 * name if they are not installed.
 */
export type Mocks = Readonly<Record<string, string>>;

/** The value if the mocks of a project are not known. It differs from every real value. */
const UNKNOWN = '?';

/**
 * Groups manual mocks by package.
 * @param mocks From Jest's haste map: the name that each mock stands for, and its path relative to the project's
 *   `rootDir`.
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

/** The entry of one name in Jest's haste map: by platform, the path and whether it is a package. */
type Named = Readonly<Record<string, readonly [file: string, type: number]>>;

/**
 * Returns the packages and modules below the roots that can be imported by name, in the form that `mocksByPackage`
 * takes.
 * @param map The `map` of Jest's haste map. Source: jest-resolve, `Resolver.resolveModule`, which consults the haste
 *   map last.
 */
export function* namedBelowRoots(
  map: Iterable<readonly [name: string, named: Named]>,
): Generator<[name: string, file: string]> {
  for (const [name, named] of map) for (const [file] of Object.values(named)) yield [name, file];
}

/** Returns the recorded value for the mocks of a package or Node module. Empty if there are none. */
export function mocksValue(name: string, mocks: Mocks | null): string {
  if (mocks === null) return UNKNOWN;
  return Object.hasOwn(mocks, name) ? (mocks[name] ?? '') : '';
}

/**
 * In a recorded value, the prefix of a mock that the test file did not load. Paths relative to `rootDir` never begin
 * with it.
 */
const UNUSED = './';

/**
 * Marks the mocks in a value that a test file did not load. Jest ignored them, for example because of `jest.unmock`,
 * so they may be removed.
 * @param value A value from `mocksValue`.
 */
export function withUnusedMocks(value: string, isUsed: (file: string) => boolean): string {
  const marked = (file: string): string => (isMock(file) && !isUsed(file) ? UNUSED + file : file);
  return value === '' || value === UNKNOWN ? value : value.split('\n').map(marked).join('\n');
}

/**
 * Whether the mocks of a package or Node module still match a recorded value: none was added, and no used one was
 * removed.
 */
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

/** Matches paths of manual mocks. */
const MOCKS = /(?:^|[\\/])__mocks__[\\/]/;

function isMock(file: string): boolean {
  return MOCKS.test(file) && path.basename(file) !== 'package.json';
}

/**
 * Returns the name by which Jest knows a manual mock. Null for any other file. Source: jest-haste-map, `getMockName`.
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
 * Finds manual mocks and packages below the roots. Used where Jest's haste map is not available. Source:
 * jest-haste-map, `worker`.
 * @param roots Jest's `roots`, as absolute paths.
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
    // There is no such folder.
    return [];
  }
}
