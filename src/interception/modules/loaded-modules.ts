import path from 'node:path';

/**
 * The modules of this process at one path in a package, in all loaded copies of the package. The cache has thousands
 * of other modules, so no object is made for those.
 * @param names The folder of the package, and the names below it.
 */
export function loadedModulesAt(...names: string[]): NodeJS.Module[] {
  const end = path.sep + path.join(...names);
  return Object.keys(require.cache).flatMap((file) => {
    const module = file.endsWith(end) ? require.cache[file] : undefined;
    return module ?? [];
  });
}
