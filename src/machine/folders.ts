import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isPrivateFolder, whyUnsafeParent } from './ownership';

/** Captured at load, before tests can mock `fs` and before interception patches it. */
const { existsSync, mkdirSync } = fs;

/** Where one kind of folder is on each system, relative to the home folder (on Windows, to jest-testmon's own). */
interface Kind {
  /** The environment variable that names the parent folder, if it is set. */
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
 * Returns the folder for the files that identify this machine. It is created if necessary.
 * @returns Null if no folder is private to this user.
 */
export function stateFolder(): string | null {
  return folderOf(STATE);
}

/**
 * Returns the folder for files that can be recomputed. It is created if necessary.
 * @returns Null if no folder is private to this user.
 */
export function cacheFolder(): string | null {
  return folderOf(CACHE);
}

function folderOf(kind: Kind): string | null {
  try {
    const folder = pathOf(kind);
    return isSafe(folder) || createSafe(folder) ? folder : null;
  } catch {
    // There is no home folder, or it is not writable. Callers continue without the folder.
    return null;
  }
}

function pathOf({ variable, linux, macos, windows }: Kind): string {
  const named = process.env[variable] ?? '';
  if (path.isAbsolute(named)) return path.join(named, 'jest-testmon');
  if (process.platform === 'win32')
    return path.join(process.env['LOCALAPPDATA'] ?? os.homedir(), 'jest-testmon', windows);
  return path.join(os.homedir(), process.platform === 'darwin' ? macos : linux, 'jest-testmon');
}

function isSafe(folder: string): boolean {
  return isPrivateFolder(folder) && whyUnsafeParent(path.dirname(folder)) === null;
}

/** Creates a folder. Root creates none in another user's home, where that user could not write to it. */
function createSafe(folder: string): boolean {
  if (existsSync(folder)) return false;
  let above = path.dirname(folder);
  while (!existsSync(above)) above = path.dirname(above);
  if (whyUnsafeParent(above) !== null) return false;
  // Several processes may do this at once: `recursive` makes an existing folder no error.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return isSafe(folder);
}
