import path from 'node:path';

/**
 * The modules of this process at a place in a package, whichever copy of the package it is. There are thousands of
 * others, so nothing is made of those.
 * @param names The package's folder, and the names below it.
 */
export function loadedModulesAt(...names: string[]): NodeJS.Module[] {
  const end = path.sep + path.join(...names);
  return Object.keys(require.cache).flatMap((file) => {
    const module = file.endsWith(end) ? require.cache[file] : undefined;
    return module ?? [];
  });
}
