import * as fs from 'node:fs';
import * as path from 'node:path';
import { isPrivateFolder } from './ownership';
import { cacheFolder } from './folders';
import { machineSecret } from './secret';

/** As they are before anyone watches or replaces them. */
const { mkdirSync, readdirSync, rmdirSync, rmSync, statSync, utimesSync } = fs;

const DAY_MS = 24 * 60 * 60 * 1000;

/** A folder that no process has used for longer is removed when another one is made. */
const MAX_UNUSED_MS = 30 * DAY_MS;

/** Code that was compiled longer ago is removed: another version of Node made it, or its package has gone. */
const MAX_CODE_AGE_MS = 30 * DAY_MS;

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

/** Notes that a folder is in use, once a day, and removes what is old in it then: Node itself removes nothing. */
function markUsed(folder: string): void {
  const now = Date.now();
  if (now - statSync(folder).mtimeMs <= DAY_MS) return;
  utimesSync(folder, now / 1000, now / 1000);
  removeOldCode(folder);
}

/**
 * Removes old code from a folder, and from the folders in it: Node makes one for each of its versions. Code that is
 * still in use is compiled once more, and kept again.
 */
export function removeOldCode(folder: string): void {
  const isOld = (file: string): boolean => Date.now() - statSync(file).mtimeMs > MAX_CODE_AGE_MS;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    try {
      if (!entry.isDirectory()) {
        if (isOld(file)) rmSync(file, { force: true });
        continue;
      }
      removeOldCode(file);
      // A folder that another process has just made is empty as well, and that process is about to write there.
      if (isOld(file) && readdirSync(file).length === 0) rmdirSync(file);
    } catch {
      // Another process removes the same.
    }
  }
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
