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
    // It is below a file, or in a circle of links.
    return false;
  }
}

/** The real path where there is one, else the path itself. */
export function realPath(file: string): string {
  try {
    return native(file);
  } catch {
    // A path that leads nowhere stands for itself.
    return file;
  }
}

/**
 * As `realPath`, for many paths: a folder holds many, and is resolved once. The answers stay as they were, so make one
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
