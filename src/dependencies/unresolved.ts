import * as path from 'node:path';
import { packageName } from './package-name';

/**
 * Where a module that was not found would be looked for.
 * Source: Node's documentation of modules, "Loading from node_modules folders".
 * @param specifier As it was required.
 * @param folder Absolute path of the folder of the file that asked.
 * @returns Absolute paths, without the extensions that Jest tries.
 */
export function placesOf(specifier: string, folder: string): string[] {
  if (path.isAbsolute(specifier)) return [path.normalize(specifier)];
  if (/^\.{1,2}(?:\/|$)/.test(specifier)) return [path.resolve(folder, specifier)];
  const name = packageName(specifier);
  const places: string[] = [];
  for (let at = folder; ; at = path.dirname(at)) {
    if (path.basename(at) !== 'node_modules') places.push(path.join(at, 'node_modules', name));
    if (path.dirname(at) === at) return places;
  }
}
