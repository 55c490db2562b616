import * as fs from 'node:fs';
import { writeCache } from '../../machine/atomic-write';
import { getOrCreate } from '../get-or-create';
import { statsOf } from './stats';

/** Increase this when the format of the cache changes. A cache of another version is not used. */
const VERSION = 2;

/** A file that changed more recently than this, in milliseconds, could change again without a new timestamp. */
export const RACY_MS = 2_000;

/** Unused entries are removed when the cache has more than this many times the entries of the present run. */
export const MAX_UNUSED_RUNS = 3;

/**
 * Identifies the state of a file. An array, because creating a text for each file would take longer than its `stat`
 * call.
 */
export type Stamp = readonly [mtimeMs: number, ctimeMs: number, size: number, inode: number];

type Entry = readonly [stamp: Stamp, value: unknown];

/**
 * Caches what was read of files and folders from run to run. A file with the same size, times and inode has the same
 * content. Without a usable cache file, everything is read.
 */
export class StatCache {
  readonly #file: string | null;
  #earlier: ReadonlyMap<string, Entry> | null = null;
  readonly #used = new Map<string, Entry>();
  readonly #stamps = new Map<string, Stamp | null>();
  #sawRacy = false;
  #hasNew = false;

  /** @param file Absolute path of the cache file. Null to cache nothing. */
  constructor(file: string | null) {
    this.#file = file;
  }

  /**
   * Returns what was read of a path, from the cache if it is unchanged.
   * @param place Absolute path.
   * @param read Reads the path. Returns null if that is impossible, which is not cached.
   * @param isValue Whether a cached value has the type that `read` returns.
   */
  of<T>(
    place: string,
    read: (place: string) => T | null,
    isValue: (value: unknown) => value is T,
  ): T | null {
    if (this.#file === null) return read(place);
    const stamp = this.#stampOf(place);
    if (stamp === null) return null;
    this.#earlier ??= readCacheFile(this.#file);
    const known = this.#earlier.get(place);
    if (known !== undefined && sameStamp(known[0], stamp) && isValue(known[1])) {
      this.#used.set(place, known);
      return known[1];
    }
    const value = read(place);
    if (value !== null && !isRacy(stamp)) {
      this.#used.set(place, [stamp, value]);
      this.#hasNew = true;
    }
    return value;
  }

  /** All paths that were requested so far, each with its stamp. Null if nothing exists there. */
  get asked(): ReadonlyMap<string, Stamp | null> {
    return this.#stamps;
  }

  /** Whether one of them could have changed since without a new stamp. */
  get sawRacy(): boolean {
    return this.#sawRacy;
  }

  #stampOf(place: string): Stamp | null {
    return getOrCreate(this.#stamps, place, () => {
      const stamp = stampOf(place);
      this.#sawRacy ||= stamp !== null && isRacy(stamp);
      return stamp;
    });
  }

  /** Writes new entries to the cache file in one step. Errors are ignored, because the cache only saves time. */
  save(): void {
    if (this.#file === null || !this.#hasNew) return;
    this.#hasNew = false;
    const earlier = this.#earlier ?? new Map<string, Entry>();
    const isCrowded = earlier.size > MAX_UNUSED_RUNS * this.#used.size;
    const entries = [...(isCrowded ? [] : earlier), ...this.#used];
    keepIn(this.#file, { version: VERSION, entries: Object.fromEntries(entries) });
  }
}

/** Returns the stamp of a path, or null if nothing exists there. */
export function stampOf(place: string): Stamp | null {
  const stats = statsOf(place);
  // Includes the change time, which programs cannot set: files of packages often get old modification times when they
  // are unpacked.
  return stats === undefined ? null : [stats.mtimeMs, stats.ctimeMs, stats.size, stats.ino];
}

/** Whether two stamps are equal, so that the content is the same. */
export function sameStamp(one: Stamp | null, other: Stamp | null): boolean {
  if (one === null || other === null) return one === other;
  return one[0] === other[0] && one[1] === other[1] && one[2] === other[2] && one[3] === other[3];
}

/** Whether a file could change again without a new stamp. */
function isRacy([mtimeMs, ctimeMs]: Stamp): boolean {
  return Date.now() - Math.max(ctimeMs, mtimeMs) <= RACY_MS;
}

/** Whether a value has the form of a stamp. */
function isStamp(value: unknown): value is Stamp {
  return (
    Array.isArray(value) && value.length === 4 && value.every((one) => typeof one === 'number')
  );
}

/**
 * Writes a value to a cache file in one step. Errors are ignored, because a cache only saves time.
 * @param file Absolute path.
 */
export function keepIn(file: string, kept: unknown): void {
  writeCache(file, JSON.stringify(kept));
}

function readCacheFile(file: string): Map<string, Entry> {
  try {
    const { version, entries } = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      version?: unknown;
      entries?: unknown;
    };
    if (version !== VERSION || typeof entries !== 'object' || entries === null) return new Map();
    return new Map(
      Object.entries(entries).filter(
        (pair): pair is [string, Entry] => Array.isArray(pair[1]) && isStamp(pair[1][0]),
      ),
    );
  } catch {
    // There is no cache yet, or it is damaged.
    return new Map();
  }
}
