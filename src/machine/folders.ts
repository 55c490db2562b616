import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isPrivateFolder, whyUnsafeParent } from './ownership';

/** As they are before anyone watches or replaces them. */
const { existsSync, mkdirSync } = fs;

/** What a kind of folder is called on each system. */
interface Kind {
  /** The variable that names the folder of all programs, where one is set. */
  variable: string;
  linux: string;
  macos: string;
  windows: string;
}

const STATE: Kind = {
  variable: 'XDG_STATE_HOME',
  linux: '.local/state',
  macos: 'Library/Application Support',
  windows: 'state',
};

const CACHE: Kind = {
  variable: 'XDG_CACHE_HOME',
  linux: '.cache',
  macos: 'Library/Caches',
  windows: 'cache',
};

/**
 * The folder of this user for what makes this machine another than all others.
 * @returns Null where there is none that this user alone can use.
 */
export function stateFolder(): string | null {
  return folderOf(STATE);
}

/** The folder of this user for what can be made again; null as with `stateFolder`. */
export function cacheFolder(): string | null {
  return folderOf(CACHE);
}

function folderOf(kind: Kind): string | null {
  try {
    const folder = placeOf(kind);
    return isSafe(folder) || madeSafe(folder) ? folder : null;
  } catch {
    // No home, or one that cannot be written: everything works without.
    return null;
  }
}

function placeOf({ variable, linux, macos, windows }: Kind): string {
  const named = process.env[variable] ?? '';
  if (path.isAbsolute(named)) return path.join(named, 'jest-testmon');
  if (process.platform === 'win32')
    return path.join(process.env['LOCALAPPDATA'] ?? os.homedir(), 'jest-testmon', windows);
  return path.join(os.homedir(), process.platform === 'darwin' ? macos : linux, 'jest-testmon');
}

function isSafe(folder: string): boolean {
  return isPrivateFolder(folder) && whyUnsafeParent(path.dirname(folder)) === null;
}

/** Makes a folder that is not there yet. Root makes none in the home of somebody else, who could not use it. */
function madeSafe(folder: string): boolean {
  if (existsSync(folder)) return false;
  let above = path.dirname(folder);
  while (!existsSync(above)) above = path.dirname(above);
  if (whyUnsafeParent(above) !== null) return false;
  // Of several processes that begin at once, each finds it made.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return isSafe(folder);
}
