import * as fs from 'node:fs';
import * as path from 'node:path';

/** Captured at load, before interception patches `fs`: our own calls are not inputs of a test. */
const { lstatSync } = fs;
const { native } = fs.realpathSync;

/** Whether a file or folder exists at a path and is not a link. */
function isPlain(file: string): boolean {
  try {
    const stats = lstatSync(file, { throwIfNoEntry: false });
    return stats !== undefined && (stats.isFile() || stats.isDirectory());
  } catch {
    // A parent is a file, or links form a circle.
    return false;
  }
}

/** Returns the real path of an existing file, else the path itself. */
export function realPath(file: string): string {
  try {
    return native(file);
  } catch {
    // The path leads nowhere.
    return file;
  }
}

/**
 * Like `realPath`, for many paths: each folder is resolved once. Results are cached for good, so create one instance
 * per run.
 */
export class RealPaths {
  readonly #known = new Map<string, string>();

  of(file: string): string {
    let real = this.#known.get(file);
    if (real === undefined) {
      real = isPlain(file)
        ? path.join(this.#folder(path.dirname(file)), path.basename(file))
        : realPath(file);
      this.#known.set(file, real);
    }
    return real;
  }

  #folder(folder: string): string {
    let real = this.#known.get(folder);
    if (real === undefined) {
      real = realPath(folder);
      this.#known.set(folder, real);
    }
    return real;
  }
}
