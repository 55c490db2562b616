import { pathToFileURL } from 'node:url';

/**
 * Imports a file as an ES module, or a module of either kind. Stands in a built file of its own: code that may import
 * another file cannot be kept compiled.
 * @param file Absolute path.
 */
export function importFile(file: string): Promise<unknown> {
  return import(pathToFileURL(file).href);
}
