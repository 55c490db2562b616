import * as fs from 'node:fs';
import * as path from 'node:path';
import { isPrivateFolder } from './ownership';
import { cacheFolder } from './folders';
import { machineSecret } from './secret';

/** As they are before anyone watches or replaces them. */
const { mkdirSync, readdirSync, rmSync, statSync, utimesSync } = fs;

const DAY_MS = 24 * 60 * 60 * 1000;

/** A folder that no process has used for longer is removed when another one is made. */
const MAX_UNUSED_MS = 30 * DAY_MS;

/** Folders beyond this number are removed, those first that have not been used for longest. */
const MAX_FOLDERS = 20;

/** Characters that an installation's path adds to a folder's name. Every file system takes a name of this length. */
const MAX_NAME_CHARACTERS = 80;

/**
 * Makes the folder for the compiled code of one installation of packages. Whoever can write there can run code. So the
 * folder lies where no CI cache of the project reaches, and no other machine makes a folder of the same name.
 * @param installed Absolute path. Two installations whose paths give the same name share a folder; in it, code is kept
 *   under the full path of its file.
 * @returns Null if there is no folder that only this user can write to.
 */
export function compiledFolder(installed: string): string | null {
  const [cache, secret] = [cacheFolder(), machineSecret()];
  if (cache === null || secret === null) return null;
  const all = path.join(cache, 'compiled');
  const name = installed.replace(/\W+/g, '-').slice(-MAX_NAME_CHARACTERS);
  const folder = path.join(all, `${secret.cacheName}-${name}`);
  if (isPrivateFolder(folder)) {
    markUsed(folder);
    return folder;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeUnused(all);
  return isPrivateFolder(folder) ? folder : null;
}

function markUsed(folder: string): void {
  const now = Date.now();
  if (now - statSync(folder).mtimeMs > DAY_MS) utimesSync(folder, now / 1000, now / 1000);
}

function removeUnused(all: string): void {
  const now = Date.now();
  const folders = readdirSync(all)
    .map((name) => path.join(all, name))
    .map((folder) => ({ folder, used: statSync(folder).mtimeMs }))
    .sort((a, b) => b.used - a.used);
  for (const [place, { folder, used }] of folders.entries())
    if (place >= MAX_FOLDERS || now - used > MAX_UNUSED_MS)
      rmSync(folder, { recursive: true, force: true });
}
