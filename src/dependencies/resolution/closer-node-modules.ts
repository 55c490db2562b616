import * as path from 'node:path';
import { LEADS_TO } from '../../records/presence';
import type { Dependency } from '../../records/types';
import { installedName } from '../../records/package-name';
import { fromStored, realPath, toStored } from '../files/paths';
import { deadLinkAt } from '../files/stats';
import type { FolderReader } from './resolution-candidates';

/**
 * Returns the paths in `node_modules` folders that Node searches before it finds an installed package. If a package
 * is added there, or a link there gets another target, it replaces the package that is used now.
 *
 * Example: `packages/app/src/a.ts` uses `node_modules/lodash`. Node first looks in
 * `packages/app/src/node_modules/lodash`, `packages/app/node_modules/lodash` and `packages/node_modules/lodash`.
 * While such a `node_modules` folder does not exist at all, one `absent` dependency on the folder covers all
 * packages.
 *
 * Source: Node's documentation of modules, "Loading from node_modules folders".
 * @param packages Stored paths of the real folders of the used packages.
 * @param files Stored paths of the project's modules.
 * @param link Returns the value for an existing stored path: see `linkValue`.
 */
export function closerNodeModules(
  packages: Iterable<string>,
  files: Iterable<string>,
  folders: FolderReader,
  link: (place: string) => string,
): Dependency[] {
  const places: Dependency[] = [];
  const loaded = [...packages];
  if (loaded.length === 0) return places;
  for (const folder of foldersAbove(files)) {
    const modules = path.posix.join(folder, 'node_modules');
    if (!folders.has(modules)) {
      places.push({ kind: 'absent', name: modules, value: '' });
      continue;
    }
    for (const name of loaded) {
      const place = `${modules}/${installedName(name)}`;
      if (place === name) continue;
      if (folders.has(place)) places.push({ kind: 'present', name: place, value: link(place) });
      // A package that is nested deeper was found from another package, which does not search here.
      else if (!name.startsWith(`${modules}/`))
        places.push({ kind: 'absent', name: place, value: '' });
    }
  }
  return places;
}

/** Returns the value of an existing path: `directory`, or the stored path of a link's target after a prefix. */
export function linkValue(root: string, place: string): string {
  const file = fromStored(root, place);
  const real = realPath(file);
  return real === file ? 'directory' : LEADS_TO + toStored(root, real);
}

/** Returns the value that says where an existing path leads, even if that is to itself or to nothing. */
export function leadsTo(root: string, place: string): string {
  const file = fromStored(root, place);
  return deadLinkAt(file) ?? LEADS_TO + toStored(root, realPath(file));
}

/**
 * Returns the dependency on a link that a module was found through, because the link can get another target.
 * @param place Absolute path that was requested. The extension or the name of an index may be missing.
 * @param found Absolute real path of the module that was found.
 * @param extensions As `moduleExtensions` returns them.
 * @returns Null if no link was involved.
 */
export function linkedWay(
  root: string,
  place: string,
  found: string,
  extensions: readonly string[],
): Dependency | null {
  const ways = [place, path.join(place, 'index')].flatMap((start) => [
    start,
    ...extensions.map((extension) => `${start}.${extension}`),
  ]);
  if (ways.includes(found)) return null;
  const way = ways.find((candidate) => realPath(candidate) === found);
  if (way === undefined) return null;
  const name = toStored(root, way);
  return { kind: 'present', name, value: linkValue(root, name) };
}

/**
 * Returns the folders of some files and all folders above them, up to the root.
 * @param files Stored paths.
 */
export function foldersAbove(files: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const file of files) {
    if (file.startsWith('../')) continue;
    for (let at = path.posix.dirname(file); !folders.has(at); at = path.posix.dirname(at))
      folders.add(at);
  }
  return folders;
}
