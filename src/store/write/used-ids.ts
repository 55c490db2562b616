import { decodeIds, unseal } from '../../records/encoding';

/** A sealed list of ids that belongs to a record. */
interface SealedIds {
  recordId: number;
  sealed: unknown;
  /** For whom it is sealed. */
  owner: string;
}

/**
 * Returns the ids that lists refer to, and the records whose lists are damaged.
 * @param rows Read one at a time, as the lists of all records may not fit into memory.
 */
export function usedIds<Row>(
  rows: Iterable<Row>,
  listOf: (row: Row) => SealedIds,
): { used: Set<number>; damaged: number[] } {
  const used = new Set<number>();
  const damaged: number[] = [];
  for (const row of rows) {
    const { recordId, sealed, owner } = listOf(row);
    const ids = unseal(sealed, owner);
    try {
      if (ids === null) throw new Error('not sealed');
      for (const id of decodeIds(ids)) used.add(id);
    } catch {
      // It does not decode, so it is to be deleted.
      damaged.push(recordId);
    }
  }
  return { used, damaged };
}
