import path from 'node:path';
import type { Dependency } from '../store/types';

/** Links that lead to one another are followed no further than this. */
const MOST_LINKS = 16;

/**
 * What a test file did to the file system itself. What it finds there is no input, but for what it built on: the
 * content that it appended to, or the absence of the folder that it made.
 */
export class OwnPaths {
  /** By absolute path: what was there before, where that still counts. */
  readonly #own = new Map<string, Dependency | null>();
  readonly #links = new Map<string, string>();

  /** A path was created, replaced or removed. */
  wrote(file: string): void {
    this.#own.set(file, null);
    this.#links.delete(file);
  }

  /** A path was changed, so what was there before counts for whoever looks at it later. */
  changed(file: string, before: Dependency | null): void {
    this.#own.set(file, before);
  }

  /** A link was made: what is seen through it is what stands at its target. */
  linked(link: string, target: string): void {
    this.#own.delete(link);
    this.#links.set(link, target);
  }

  /** The path without the links that the test file made. */
  through(file: string): string {
    let at = file;
    for (let followed = 0; this.#links.size > 0 && followed < MOST_LINKS; followed += 1) {
      const next = this.#follow(at);
      if (next === null) break;
      at = next;
    }
    return at;
  }

  /**
   * What was at or above a path before the test file changed it.
   * @returns Undefined where the path is none of its own; null where what was there does not count.
   */
  before(file: string): Dependency | null | undefined {
    if (this.#own.size === 0) return undefined;
    for (let at = file; ; at = path.dirname(at)) {
      const before = this.#own.get(at);
      if (before !== undefined) return before;
      if (path.dirname(at) === at) return undefined;
    }
  }

  #follow(file: string): string | null {
    for (let at = file; ; at = path.dirname(at)) {
      const target = this.#links.get(at);
      if (target !== undefined) return path.join(target, path.relative(at, file));
      if (path.dirname(at) === at) return null;
    }
  }
}
