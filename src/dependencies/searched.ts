import * as path from 'node:path';
import type { Dependency } from '../store/types';
import { linkValue } from './nearer';
import { packageName } from './package-name';
import { isWithin, realPath, toStored } from './paths';
import type { FolderReader } from './rivals';

/** A module of the project that was found by a name without a path. */
export interface NamedModule {
  /** Absolute path of the folder of the file that asked for it. */
  folder: string;
  specifier: string;
  /** Absolute path of what was found. */
  found: string;
}

/** Where a named module was looked for: places that could have it one day, and links that lead to it. */
export interface Searched {
  /** Stored paths of modules, without the extensions that Jest tries. */
  missed: string[];
  /** Installed packages and links on the way. */
  passed: Dependency[];
}

/**
 * The places that were searched before a module was found, as the workspaces of a monorepo are by their names.
 * Source: Node's documentation of modules, "Loading from node_modules folders", and Jest's `moduleDirectories`.
 * @param directories Jest's `moduleDirectories`.
 */
export function searchedPlaces(
  root: string,
  { folder, specifier, found }: NamedModule,
  directories: readonly string[],
  folders: FolderReader,
): Searched {
  const searched: Searched = { missed: [], passed: [] };
  for (const holder of holders(folder, directories)) {
    const place = path.join(holder, specifier);
    if (isWithin(place, found) || found.startsWith(`${place}.`)) return searched;
    const home = toStored(root, path.join(holder, packageName(specifier)));
    if (!folders.has(home)) {
      if (path.basename(holder) === 'node_modules')
        searched.passed.push({ kind: 'absent', name: home, value: '' });
      else searched.missed.push(toStored(root, place));
      continue;
    }
    searched.passed.push({ kind: 'present', name: home, value: linkValue(root, home) });
    if (isWithin(realPath(path.resolve(root, home)), found)) return searched;
  }
  return searched;
}

function* holders(folder: string, directories: readonly string[]): Generator<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    for (const directory of directories) {
      if (path.isAbsolute(directory) ? at === folder : path.basename(at) !== directory)
        yield path.resolve(at, directory);
    }
    if (path.dirname(at) === at) return;
  }
}
