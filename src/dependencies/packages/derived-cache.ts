import * as fs from 'node:fs';
import {
  keepIn,
  MAX_UNUSED_RUNS,
  sameStamp,
  stampOf,
  type StatCache,
  type Stamp,
} from '../files/stat-cache';

/**
 * Increase this when the format of the cache changes, or when the same question and files would lead to another
 * answer.
 */
const VERSION = 1;

interface Kept {
  version: number;
  /** All paths that the answers depend on. */
  places: string[];
  stamps: (Stamp | null)[];
  answers: Record<string, unknown>;
}

/**
 * Caches answers that depend on many reads from run to run. Checking the stamps of all paths takes a fraction of the
 * time to compute the answers again. If one path has changed, no answer is used.
 */
export class DerivedCache {
  readonly #file: string | null;
  readonly #reads: StatCache;
  #held: Kept | null = null;
  #answers: Map<string, unknown> | null = null;
  readonly #used = new Map<string, unknown>();
  #hasNew = false;

  /**
   * @param file Absolute path of the cache file. Null to cache nothing.
   * @param reads All reads that an answer depends on must go through this cache.
   */
  constructor(file: string | null, reads: StatCache) {
    this.#file = file;
    this.#reads = reads;
  }

  /**
   * Returns the answer to a question, from the cache if possible.
   * @param question Everything else that the answer depends on.
   * @param conclude Computes the answer. It may only read through the cache of reads.
   * @param isAnswer Whether a cached answer has the type that `conclude` returns.
   */
  of<T>(question: string, conclude: () => T, isAnswer: (value: unknown) => value is T): T {
    if (this.#file === null) return conclude();
    this.#answers ??= this.#validAnswers(this.#file);
    const known = this.#answers.get(question);
    const isKnown = isAnswer(known);
    const answer = isKnown ? known : conclude();
    this.#used.set(question, answer);
    this.#hasNew ||= !isKnown;
    return answer;
  }

  /** Writes new answers to the cache file, with the stamps of all paths they depend on. */
  save(): void {
    if (this.#file === null || this.#answers === null || !this.#hasNew) return;
    this.#hasNew = false;
    if (this.#reads.sawRacy) return;
    const isCrowded = this.#answers.size > MAX_UNUSED_RUNS * this.#used.size;
    const answers = [...(isCrowded ? [] : this.#answers), ...this.#used];
    const stamps = new Map(this.#reads.asked);
    this.#held?.places.forEach((place, index) =>
      stamps.set(place, this.#held?.stamps[index] ?? null),
    );
    keepIn(this.#file, {
      version: VERSION,
      places: [...stamps.keys()],
      stamps: [...stamps.values()],
      answers: Object.fromEntries(answers),
    } satisfies Kept);
  }

  /** Returns the answers of earlier runs if all paths are unchanged. Otherwise returns none. */
  #validAnswers(file: string): Map<string, unknown> {
    const kept = readCacheFile(file);
    if (
      kept === null ||
      !kept.places.every((place, index) => sameStamp(stampOf(place), kept.stamps[index] ?? null))
    )
      return new Map();
    this.#held = kept;
    return new Map(Object.entries(kept.answers));
  }
}

function readCacheFile(file: string): Kept | null {
  try {
    const kept = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<Record<keyof Kept, unknown>>;
    const { version, places, stamps, answers } = kept;
    const isWhole =
      version === VERSION &&
      Array.isArray(places) &&
      Array.isArray(stamps) &&
      places.every((place) => typeof place === 'string') &&
      typeof answers === 'object' &&
      answers !== null;
    return isWhole ? (kept as Kept) : null;
  } catch {
    // There is no cache yet, or it is damaged.
    return null;
  }
}
