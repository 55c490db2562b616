import * as fs from 'node:fs';
import * as path from 'node:path';
import { statsOf } from './stats';

/** Raised when what is kept changes its shape; what another version kept is not read. */
const VERSION = 1;

/** What changed less long ago than this, in milliseconds, could change again within its timestamp's grain. */
export const RACY = 2_000;

/** Paths that no run asked for lately are kept up to this many times those of the run that saves. */
const MOST_UNUSED = 3;

type Entry = readonly [stamp: string, value: unknown];

/**
 * What was read of files and folders, kept in a file from run to run: the same size, times and inode mean the same
 * content. Where that file is missing, damaged or not to be written, everything is read.
 */
export class KeptReads {
  readonly #file: string | null;
  readonly #earlier: ReadonlyMap<string, Entry>;
  readonly #used = new Map<string, Entry>();
  #hasNew = false;

  /** @param file Absolute path of the file that keeps; null to keep nothing. */
  constructor(file: string | null) {
    this.#file = file;
    this.#earlier = file === null ? new Map() : earlierReads(file);
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
    const stats = statsOf(place);
    if (stats === undefined) return null;
    // The change time is the one that nobody sets: packages are unpacked with times of long ago.
    const stamp = [stats.mtimeMs, stats.ctimeMs, stats.size, stats.ino].join();
    const known = this.#earlier.get(place);
    if (known?.[0] === stamp && isValue(known[1])) {
      this.#used.set(place, known);
      return known[1];
    }
    const value = read(place);
    if (value !== null && Date.now() - Math.max(stats.ctimeMs, stats.mtimeMs) > RACY) {
      this.#used.set(place, [stamp, value]);
      this.#hasNew = true;
    }
    return value;
  }

  /** Writes down what is new, whole or not at all. That it cannot be written costs time alone, so nothing is said. */
  save(): void {
    if (this.#file === null || !this.#hasNew) return;
    this.#hasNew = false;
    const isCrowded = this.#earlier.size > MOST_UNUSED * this.#used.size;
    const entries = [...(isCrowded ? [] : this.#earlier), ...this.#used];
    const temporary = `${this.#file}.${process.pid}`;
    try {
      fs.mkdirSync(path.dirname(this.#file), { recursive: true });
      const kept = { version: VERSION, entries: Object.fromEntries(entries) };
      fs.writeFileSync(temporary, JSON.stringify(kept), { mode: 0o600 });
      fs.renameSync(temporary, this.#file);
    } catch {
      removeIfThere(temporary);
    }
  }
}

function removeIfThere(file: string): void {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // It never came to be.
  }
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
        (pair): pair is [string, Entry] => Array.isArray(pair[1]) && typeof pair[1][0] === 'string',
      ),
    );
  } catch {
    return new Map();
  }
}
