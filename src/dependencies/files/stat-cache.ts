import * as fs from 'node:fs';
import { writeCache } from '../../machine/atomic-write';
import { getOrCreate } from '../get-or-create';
import { statsOf } from './stats';

/** Raised when what is kept changes its shape; what another version kept is not read. */
const VERSION = 2;

/** What changed less long ago than this, in milliseconds, could change again within its timestamp's grain. */
export const RACY_MS = 2_000;

/** What no run asked for lately is kept up to this many times that of the run that saves. */
export const MAX_UNUSED_RUNS = 3;

/** By what a path is told to be as it was: a text of it would take longer to make than to look. */
export type Stamp = readonly [mtimeMs: number, ctimeMs: number, size: number, inode: number];

type Entry = readonly [stamp: Stamp, value: unknown];

/**
 * What was read of files and folders, kept in a file from run to run: the same size, times and inode mean the same
 * content. Where that file is missing, damaged or not to be written, everything is read.
 */
export class StatCache {
  readonly #file: string | null;
  #earlier: ReadonlyMap<string, Entry> | null = null;
  readonly #used = new Map<string, Entry>();
  readonly #stamps = new Map<string, Stamp | null>();
  #sawRacy = false;
  #hasNew = false;

  /** @param file Absolute path of the file that keeps; null to keep nothing. */
  constructor(file: string | null) {
    this.#file = file;
  }

  /**
   * What a path says.
   * @param read Reads it; null where it cannot be read, which is not kept.
   * @param isValue Whether a kept value has the shape of what `read` returns.
   */
  of<T>(
    place: string,
    read: (place: string) => T | null,
    isValue: (value: unknown) => value is T,
  ): T | null {
    if (this.#file === null) return read(place);
    const stamp = this.#stampOf(place);
    if (stamp === null) return null;
    this.#earlier ??= earlierReads(this.#file);
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

  /** All that was asked for so far, with what told it to be as it was; null where nothing stood. */
  get asked(): ReadonlyMap<string, Stamp | null> {
    return this.#stamps;
  }

  /** Whether one of them could since have changed without its stamp's telling. */
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

  /** Writes down what is new, whole or not at all. That it cannot be written costs time alone, so nothing is said. */
  save(): void {
    if (this.#file === null || !this.#hasNew) return;
    this.#hasNew = false;
    const earlier = this.#earlier ?? new Map<string, Entry>();
    const isCrowded = earlier.size > MAX_UNUSED_RUNS * this.#used.size;
    const entries = [...(isCrowded ? [] : earlier), ...this.#used];
    keepIn(this.#file, { version: VERSION, entries: Object.fromEntries(entries) });
  }
}

/** What stands at a path, as told by its stamp; null where nothing does. */
export function stampOf(place: string): Stamp | null {
  const stats = statsOf(place);
  // The change time is the one that nobody sets: packages are unpacked with times of long ago.
  return stats === undefined ? null : [stats.mtimeMs, stats.ctimeMs, stats.size, stats.ino];
}

/** Whether two stamps are of the same content. */
export function sameStamp(one: Stamp | null, other: Stamp | null): boolean {
  if (one === null || other === null) return one === other;
  return one[0] === other[0] && one[1] === other[1] && one[2] === other[2] && one[3] === other[3];
}

/** Whether it could change again without its stamp's telling. */
function isRacy([mtimeMs, ctimeMs]: Stamp): boolean {
  return Date.now() - Math.max(ctimeMs, mtimeMs) <= RACY_MS;
}

/** Whether a value has a stamp's shape. */
function isStamp(value: unknown): value is Stamp {
  return (
    Array.isArray(value) && value.length === 4 && value.every((one) => typeof one === 'number')
  );
}

/** Writes a file whole or not at all. That it cannot be written costs time alone, so nothing is said. */
export function keepIn(file: string, kept: unknown): void {
  writeCache(file, JSON.stringify(kept));
}

function earlierReads(file: string): Map<string, Entry> {
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
    // No cache yet, or one that was cut short.
    return new Map();
  }
}
