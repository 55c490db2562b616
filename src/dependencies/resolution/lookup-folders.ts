import * as path from 'node:path';

/** The keys of a Jest config that say where a bare specifier is searched. */
export interface LookupConfig {
  moduleDirectories: readonly string[];
  modulePaths?: readonly string[];
}

/**
 * Returns the folders in which Jest searches a bare specifier, in order.
 *
 * Example: for a file in `/repo/src` and `['node_modules', 'shared']`, these are `/repo/src/node_modules`,
 * `/repo/src/shared`, `/repo/node_modules`, `/repo/shared`, `/node_modules`, `/shared`, then `paths`.
 *
 * Source: jest-resolve, `nodeModulesPaths` and `Resolver.findNodeModule`.
 * @param folder Absolute path of the folder of the importing file.
 * @param directories Jest's `moduleDirectories`. A relative one is searched in this folder and in each one above.
 * @param paths Absolute paths of the folders that are searched last.
 */
export function* lookupFolders(
  folder: string,
  directories: readonly string[],
  paths: readonly string[],
): Generator<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    for (const directory of directories) {
      if (path.isAbsolute(directory)) {
        if (at === folder) yield directory;
      } else if (directory !== 'node_modules' || path.basename(at) !== directory)
        yield path.join(at, directory);
    }
    if (path.dirname(at) === at) break;
  }
  yield* paths;
}

/**
 * Returns the folders of `NODE_PATH` as absolute paths. Jest's resolver searches them before those of `modulePaths`.
 * @param value The value of the variable.
 * @param cwd Absolute real path of the working folder.
 */
export function nodePathFolders(value: string | undefined, cwd: string): string[] {
  return (value ?? '')
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => path.resolve(cwd, folder));
}
