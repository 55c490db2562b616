/** A test file, as shards divide them. */
export interface Divisible {
  /** Names it in every shard. */
  key: string;
  affected: boolean;
  /** Milliseconds that it takes; undefined where that is not known. */
  duration: number | undefined;
}

/**
 * Divides test files among shards, so that each has about as long to run: the longest first, each to the shard that has
 * least to do by then.
 * @param count How many shards there are.
 * @returns The shard of each test file, from 1, in the order of their keys.
 */
export function balance(files: readonly Divisible[], count: number): number[] {
  const known = files.flatMap(({ duration }) => duration ?? []);
  const usual = known.reduce((sum, duration) => sum + duration, 0) / Math.max(1, known.length) || 1;
  const loads = Array.from({ length: count }, () => ({ time: 0, files: 0 }));
  const shards = new Map<string, number>();
  // What is unaffected here may be affected by the records of another shard: it is spread as well.
  const cost = ({ affected, duration }: Divisible) => (affected ? (duration ?? usual) : 0);
  const longestFirst = [...files].sort((a, b) => cost(b) - cost(a) || (a.key < b.key ? -1 : 1));
  for (const file of longestFirst) {
    const least = loads.reduce((best, { time, files: some }, shard) => {
      const other = loads[best] ?? { time: 0, files: 0 };
      return time < other.time || (time === other.time && some < other.files) ? shard : best;
    }, 0);
    const load = loads[least];
    if (load !== undefined) {
      load.time += cost(file);
      load.files += 1;
    }
    shards.set(file.key, least + 1);
  }
  return sortedKeys(files).map((key) => shards.get(key) ?? 1);
}

/** In the one order that all shards agree on. */
export function sortedKeys(files: readonly Divisible[]): string[] {
  return files.map(({ key }) => key).sort();
}

/** A division that another shard made; null where it is not one of so many test files. */
export function readDivision(text: string, files: number, count: number): number[] | null {
  try {
    const division: unknown = JSON.parse(text);
    const isOne =
      Array.isArray(division) &&
      division.length === files &&
      division.every((shard) => Number.isSafeInteger(shard) && shard >= 1 && shard <= count);
    return isOne ? (division as number[]) : null;
  } catch {
    // It is not ours.
    return null;
  }
}
