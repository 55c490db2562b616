import { BlocksCursor, IdsCursor } from '../../records/encoding';
import type { Dependency, StoredRecord, StoredTestFile } from '../../records/types';
import type { Files } from './files';

/** Collects the ids that records refer to. Unreadable records are skipped. */
export function collectReferences(testFiles: Iterable<Pick<StoredTestFile, 'records'>>): {
  versions: Set<number>;
  dependencies: Set<number>;
} {
  const versions = new Set<number>();
  const dependencies = new Set<number>();
  for (const { records } of testFiles) {
    for (const record of records) {
      try {
        for (const cursor = new BlocksCursor(record.blocks); cursor.next();)
          versions.add(cursor.version);
        for (const cursor = new IdsCursor(record.dependencies); cursor.next();)
          dependencies.add(cursor.id);
      } catch {
        // `dropUnsound` removes this record.
      }
    }
  }
  return { versions, dependencies };
}

/**
 * Removes records that do not decode or that refer to missing rows. Without the missing parts, such a record would
 * match too easily.
 */
export function dropUnsound(
  testFiles: Iterable<StoredTestFile>,
  files: Files,
  dependencies: ReadonlyMap<number, Dependency>,
): void {
  const limits = fastLookup(files.versions, ({ bitLimit }) => bitLimit);
  const known = fastLookup(dependencies, () => 0);
  const isSound = (record: StoredRecord): boolean => {
    try {
      for (const cursor = new BlocksCursor(record.blocks); cursor.next();) {
        const limit = limits.get(cursor.version);
        if (limit === undefined || cursor.end - cursor.start > limit) return false;
      }
      for (const cursor = new IdsCursor(record.dependencies); cursor.next();) {
        if (known.get(cursor.id) === undefined) return false;
      }
      return true;
    } catch {
      // It does not decode.
      return false;
    }
  };
  for (const testFile of testFiles) {
    if (!testFile.records.every(isSound)) testFile.records = testFile.records.filter(isSound);
  }
}

/** Creates a lookup table for millions of lookups. If the ids are dense, an array is many times faster than a map. */
function fastLookup<T>(
  items: ReadonlyMap<number, T>,
  valueOf: (item: T) => number,
): { get(id: number): number | undefined } {
  let last = 0;
  for (const id of items.keys()) last = Math.max(last, id);
  if (last > 1_024 + 16 * items.size)
    return new Map(Array.from(items, ([id, item]) => [id, valueOf(item)]));
  const dense = new Int32Array(last + 1).fill(-1);
  for (const [id, item] of items) dense[id] = valueOf(item);
  return { get: (id) => ((dense[id] ?? -1) < 0 ? undefined : dense[id]) };
}
