import * as path from 'node:path';
import type { InstalledPackages } from './installed';
import { packageFolder } from '../files/paths';

/** String literals in a config file that could name a package. */
export function packageNamesIn(text: string): string[] {
  return [...text.matchAll(/["'`]((?:module:)?@?[a-z0-9][\w.-]*(?:\/[\w.-]+)*)["'`]/gi)].map(
    ([, name = '']) => name.replace(/^module:/, ''),
  );
}

/**
 * The installed packages that are named, and all that they depend on.
 * @param named Paths of files in packages, and texts that may be names of packages.
 * @param from Absolute paths of the folders that names are looked up from.
 * @param installed Where packages lie.
 * @returns Absolute, real paths of the packages' folders, sorted.
 */
export function packagesBeneath(
  named: Iterable<string>,
  from: readonly string[],
  installed: InstalledPackages,
): string[] {
  const found = new Set<string>();
  const queue: string[] = [];
  const add = (real: string) => {
    const name = path.basename(real);
    // Ours, and the store's engine: neither shapes a test's result.
    if (found.has(real) || name === 'jest-testmon' || name.startsWith('better-sqlite3')) return;
    found.add(real);
    queue.push(real);
  };
  const addNamed = (folder: string | null) => {
    if (folder !== null && folder !== '') add(installed.realPaths.of(folder));
  };
  for (const name of new Set(named)) {
    if (path.isAbsolute(name)) {
      const folder = packageFolder(name);
      // Where it is a link, that it leads elsewhere shows in what stands there.
      if (folder) installed.manifest(folder);
      addNamed(folder);
    } else
      for (const spelling of packageSpellings(name))
        for (const folder of from) addNamed(installed.find(folder, spelling));
  }
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop())
    installed.dependencies(folder).forEach(add);
  return [...found].sort();
}

/** Babel's short names: `env` is `babel-preset-env`, `@scope/x` may be `@scope/babel-plugin-x`. */
function packageSpellings(name: string): string[] {
  const match = /^(@[\w.-]+\/)?([\w.-]+)/.exec(name);
  if (match === null) return [];
  const [, scope = '', base = ''] = match;
  if (base === '' || base.startsWith('.')) return [];
  return [
    `${scope}${base}`,
    `${scope}babel-plugin-${base}`,
    `${scope}babel-preset-${base}`,
    ...(scope === '@babel/' ? [`@babel/plugin-${base}`, `@babel/preset-${base}`] : []),
  ];
}
