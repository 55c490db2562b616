import { pathToFileURL } from 'node:url';

/**
 * Imports a file as an ES module. The file may be CommonJS too.
 *
 * The build puts this function into a file of its own, because a file that contains `import()` cannot be in the
 * compile cache.
 * @param file Absolute path.
 * @returns The module's namespace.
 */
export function importFile(file: string): Promise<unknown> {
  return import(pathToFileURL(file).href);
}
