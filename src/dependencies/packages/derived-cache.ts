import * as fs from 'node:fs';
import {
  keepIn,
  MAX_UNUSED_RUNS,
  sameStamp,
  stampOf,
  type StatCache,
  type Stamp,
} from '../files/stat-cache';

/** Raised when what is kept changes its shape, or an answer would be another for the same question and places. */
const VERSION = 1;

interface Kept {
  version: number;
  /** The paths that were asked for before all answers were known. */
  places: string[];
  stamps: (Stamp | null)[];
  answers: Record<string, unknown>;
}

/**
 * What was concluded from many reads, kept in a file from run to run: to look whether each path is as it was takes a
 * fraction of concluding again. One changed path, and nothing of it holds.
 */
export class DerivedCache {
  readonly #file: string | null;
  readonly #reads: StatCache;
  #held: Kept | null = null;
  #answers: Map<string, unknown> | null = null;
  readonly #used = new Map<string, unknown>();
  #hasNew = false;

  /**
   * @param file Absolute path of the file that keeps; null to keep nothing.
   * @param reads Through which all is read that an answer depends on.
   */
  constructor(file: string | null, reads: StatCache) {
    this.#file = file;
    this.#reads = reads;
  }

  /**
   * The answer to a question.
   * @param question All that the answer depends on besides what is read.
   * @param conclude Finds the answer, reading through nothing but the reads.
   * @param isAnswer Whether a kept answer has the shape of what `conclude` returns.
   */
  of<T>(question: string, conclude: () => T, isAnswer: (value: unknown) => value is T): T {
    if (this.#file === null) return conclude();
    this.#answers ??= this.#holding(this.#file);
    const known = this.#answers.get(question);
    const isKnown = isAnswer(known);
    const answer = isKnown ? known : conclude();
    this.#used.set(question, answer);
    this.#hasNew ||= !isKnown;
    return answer;
  }

  /** Writes down what is new, with all that it was concluded from. */
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

  /** The earlier answers where every path still is what it was, else none. */
  #holding(file: string): Map<string, unknown> {
    const kept = keptIn(file);
    if (
      kept === null ||
      !kept.places.every((place, index) => sameStamp(stampOf(place), kept.stamps[index] ?? null))
    )
      return new Map();
    this.#held = kept;
    return new Map(Object.entries(kept.answers));
  }
}

function keptIn(file: string): Kept | null {
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
    // No cache yet, or one that was cut short: everything is worked out anew.
    return null;
  }
}
