import * as fs from 'node:fs';
import * as path from 'node:path';
import { isPrivateFolder } from './ownership';
import { cacheFolder } from './folders';
import { machineSecret } from './secret';

/** Captured at load, before tests can mock `fs` and before interception patches it. */
const { mkdirSync, readdirSync, rmdirSync, rmSync, statSync, utimesSync } = fs;

const DAY_MS = 24 * 60 * 60 * 1000;

/** A folder that was not used for this long is removed the next time another folder is created. */
const MAX_UNUSED_MS = 30 * DAY_MS;

/** Compiled code that is older is removed. It usually belongs to another Node version or to a removed package. */
const MAX_CODE_AGE_MS = 30 * DAY_MS;

/** If there are more folders, those that were used least recently are removed. */
const MAX_FOLDERS = 20;

/**
 * The number of characters of the installation path that a folder name contains. All file systems allow names of this
 * length.
 */
const MAX_NAME_CHARACTERS = 80;

/**
 * Creates the folder for the compiled code of one installation.
 *
 * Anyone who can write to this folder can run code as this user. Therefore it lies outside of the project, where no
 * CI cache restores it, and its name is unique to this machine.
 * @param installed Absolute path of the installation. If two paths give the same name they share a folder, which is
 *   safe: code is stored under the full path of its file.
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

/** Updates the folder's modification time once a day, and then removes old code. Node itself never removes any. */
function markUsed(folder: string): void {
  const now = Date.now();
  if (now - statSync(folder).mtimeMs <= DAY_MS) return;
  utimesSync(folder, now / 1000, now / 1000);
  removeOldCode(folder);
}

/**
 * Removes old compiled code from a folder and its subfolders (Node creates one per Node version). Code that is still
 * in use is compiled once more and stored again.
 * @param folder Absolute path.
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
      // The age check protects a new folder, which is empty until the process that created it writes its first file.
      if (isOld(file) && readdirSync(file).length === 0) rmdirSync(file);
    } catch {
      // Another process has removed it.
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
