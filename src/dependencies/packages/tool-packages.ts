import * as path from 'node:path';
import type { InstalledPackages } from './installed';
import { packageFolder } from '../files/paths';

/** Returns the string literals in a config file that could name a package. */
export function packageNamesIn(text: string): string[] {
  return [...text.matchAll(/["'`]((?:module:)?@?[a-z0-9][\w.-]*(?:\/[\w.-]+)*)["'`]/gi)].map(
    ([, name = '']) => name.replace(/^module:/, ''),
  );
}

/**
 * Finds the named packages and all of their dependencies, recursively.
 * @param named Absolute paths of files in packages, and texts that may be package names.
 * @param from Absolute paths of the folders from which names are resolved.
 * @param installed Finds the packages.
 * @returns Absolute real paths of the packages' folders, sorted.
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
    // jest-testmon and its SQLite driver do not affect any result.
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
      // Reads the package.json at the unresolved path, so that the caches notice if a link changes its target.
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

/** Expands Babel's short names: `env` can be `babel-preset-env`, and `@scope/x` can be `@scope/babel-plugin-x`. */
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
