import * as path from 'node:path';
import type { Dependency } from '../../records/types';
import { installedName } from '../../records/package-name';
import { fromStored, realPath, toStored } from '../files/paths';
import type { FolderReader } from './resolution-candidates';

/**
 * The places in `node_modules` folders that are searched before an installed package is found. A package that is
 * installed there later, or a link there that changes its target, replaces the one that is used now.
 *
 * Example: `packages/app/src/a.ts` uses `node_modules/lodash`. Node looks in `packages/app/src/node_modules/lodash`,
 * `packages/app/node_modules/lodash` and `packages/node_modules/lodash` before. As long as such a folder `node_modules`
 * is missing as a whole, its absence stands for all packages.
 *
 * Source: Node's documentation of modules, "Loading from node_modules folders".
 * @param packages Stored paths of the real folders of the packages that were used.
 * @param files Stored paths of the project's modules.
 * @param link What stands at a stored path: see `linkValue`.
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
      // A package that is nested deeper was found by another package, which does not look here.
      else if (!name.startsWith(`${modules}/`))
        places.push({ kind: 'absent', name: place, value: '' });
    }
  }
  return places;
}

/** How the value of a link begins; a folder of its own has another. */
export const LINK = '-> ';

/** What stands at a path that is there: a folder, or the stored path of what a link leads to. */
export function linkValue(root: string, place: string): string {
  const file = fromStored(root, place);
  const real = realPath(file);
  return real === file ? 'directory' : LINK + toStored(root, real);
}

/**
 * The way to a module through a link: it may come to lead elsewhere.
 * @param place Absolute path that was asked for, perhaps without an extension or the name of an index.
 * @param found Absolute, real path of what was found there.
 * @param extensions As `moduleExtensions` gives them.
 * @returns Null where no link leads there.
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

/** The folders of some files and all above them, up to the root. */
export function foldersAbove(files: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const file of files) {
    if (file.startsWith('../')) continue;
    for (let at = path.posix.dirname(file); !folders.has(at); at = path.posix.dirname(at))
      folders.add(at);
  }
  return folders;
}
