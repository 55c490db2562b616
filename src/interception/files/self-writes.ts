import path from 'node:path';
import type { Dependency } from '../../records/types';

// Tests share the object and may replace its functions.
const { timeOrigin } = performance;
const sinceThen = performance.now.bind(performance);

/** The time in milliseconds since the epoch. All processes of a machine agree on it. */
export const now = (): number => timeOrigin + sinceThen();

interface OwnPath {
  /** What existed before, if that still counts. */
  before: Dependency | null;
  since: number;
}

/** Links may form a circle. */
const MAX_LINKS = 16;

/**
 * What a test file itself did to the file system. What it finds there later is not an input, except for what it built
 * on. Examples: the content that it appended to, or the absence of the folder that it made.
 */
export class SelfWrites {
  readonly #own = new Map<string, OwnPath>();
  readonly #links = new Map<string, string>();

  /**
   * A path was created, replaced or removed.
   * @param at The time, from `now`.
   */
  wrote(file: string, at = now()): void {
    this.#own.set(file, { before: null, since: this.#since(file, at) });
    this.#links.delete(file);
  }

  /** A path was changed, so what existed before counts for later reads. */
  changed(file: string, before: Dependency | null, at = now()): void {
    this.#own.set(file, { before, since: this.#since(file, at) });
  }

  /** A link was made. A look through it sees what is at its target. */
  linked(link: string, target: string): void {
    this.#own.delete(link);
    this.#links.set(link, target);
  }

  /** The path after the links that the test file made are followed. */
  through(file: string): string {
    let at = file;
    for (let followed = 0; this.#links.size > 0 && followed < MAX_LINKS; followed += 1) {
      const next = this.#follow(at);
      if (next === null) break;
      at = next;
    }
    return at;
  }

  /**
   * What existed at or above a path before the test file changed it.
   * @param seen When the path was looked at, from `now`. Only changes up to then count.
   * @returns Undefined if the test file did not change the path. Null if what existed before does not count.
   */
  before(file: string, seen = Infinity): Dependency | null | undefined {
    if (this.#own.size === 0) return undefined;
    for (let at = file; ; at = path.dirname(at)) {
      const own = this.#own.get(at);
      if (own !== undefined && own.since <= seen) return own.before;
      if (path.dirname(at) === at) return undefined;
    }
  }

  /**
   * The names of what the test file created, replaced or removed in a folder.
   * @param seen When the folder was looked at, from `now`. Only changes up to then count.
   */
  namesIn(folder: string, seen = Infinity): ReadonlySet<string> {
    const own = [...this.#own].flatMap(([file, { since }]) => (since <= seen ? file : []));
    return new Set(
      [...own, ...this.#links.keys()]
        .filter((file) => path.dirname(file) === folder)
        .map((file) => path.basename(file)),
    );
  }

  #since(file: string, at: number): number {
    return Math.min(at, this.#own.get(file)?.since ?? at);
  }

  #follow(file: string): string | null {
    for (let at = file; ; at = path.dirname(at)) {
      const target = this.#links.get(at);
      if (target !== undefined) return path.join(target, path.relative(at, file));
      if (path.dirname(at) === at) return null;
    }
  }
}
