import * as fs from 'node:fs';
import * as path from 'node:path';

/** As they are before anyone watches `fs`: what we ask ourselves is no input. */
const { lstatSync } = fs;
const { native } = fs.realpathSync;

/** Whether it is there and no link. */
function isPlain(file: string): boolean {
  try {
    const stats = lstatSync(file, { throwIfNoEntry: false });
    return stats !== undefined && (stats.isFile() || stats.isDirectory());
  } catch {
    return false;
  }
}

/** The real path where there is one, else the path itself. */
export function realPath(file: string): string {
  try {
    return native(file);
  } catch {
    return file;
  }
}

/**
 * As `realPath`, for many paths: a folder holds many, and is resolved once. The answers stay as they were, so make one
 * per run.
 */
export class RealPaths {
  readonly #folders = new Map<string, string>();

  of(file: string): string {
    if (!isPlain(file)) return realPath(file);
    const folder = path.dirname(file);
    let real = this.#folders.get(folder);
    if (real === undefined) {
      real = realPath(folder);
      this.#folders.set(folder, real);
    }
    return path.join(real, path.basename(file));
  }
}
