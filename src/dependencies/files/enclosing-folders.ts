import * as fs from 'node:fs';
import * as path from 'node:path';

/** Returns the nearest folder at or above `folder` that has an entry with a name. Null if there is none. */
export function folderWith(folder: string, name: string): string | null {
  for (let at = folder; ; at = path.dirname(at)) {
    if (fs.existsSync(path.join(at, name))) return at;
    if (path.dirname(at) === at) return null;
  }
}

/** Returns the nearest folder at or above `folder` with a package.json, else `folder` itself. */
export function packageRoot(folder: string): string {
  return folderWith(folder, 'package.json') ?? folder;
}

/** Returns the nearest folder at or above `folder` with a repository, else `folder` itself. */
export function repositoryRoot(folder: string): string {
  return folderWith(folder, '.git') ?? folder;
}
