import {
  matches,
  mismatch,
  type DecodedFootprint,
  type EncodedFootprint,
  type View,
} from '../../selection/match';
import type { CandidateTestFile } from '../../selection/select';
import type { CandidateParts } from '../../selection/tests';
import {
  decodeBlocks,
  decodeIds,
  EncodingError,
  type SelectionData,
  type Store,
  type StoredRecord,
} from '../../store';

/** Converts a stored record for `judge`. Its footprint is decoded when it is needed. */
export function candidateRecord(
  record: StoredRecord,
  data: SelectionData,
  view: View,
): CandidateTestFile['records'][number] {
  return {
    id: record.id,
    complete: record.complete,
    matches: () => readable(() => matches(record.footprint ?? record, view)) ?? false,
    mismatch: () =>
      readable(() => {
        const footprint = decoded(record.footprint ?? record);
        return isSound(footprint, data) ? mismatch(footprint, view) : null;
      }),
  };
}

/** Runs a function on a record. Returns null if the record is invalid or damaged. */
function readable<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof EncodingError) return null;
    throw error;
  }
}

/** Whether everything that a record refers to exists. */
function isSound({ blocks, dependencies }: DecodedFootprint, data: SelectionData): boolean {
  return (
    blocks.every(
      ({ version, bits }) => bits.length <= (data.versions.get(version)?.bitLimit ?? -1),
    ) && dependencies.every((id) => data.dependencies.has(id))
  );
}

/** Splits records into the shared part and the tests, one record at a time. */
export function* partsOf(
  store: Store,
  records: readonly StoredRecord[],
): Generator<CandidateParts> {
  for (const { id } of records) {
    const shared = store.shared(id);
    if (shared === null) continue;
    yield { recordId: id, shared, tests: store.tests(id) };
  }
}

/** Decodes a footprint for `mismatch`. */
export function decoded({ blocks, dependencies }: EncodedFootprint): DecodedFootprint {
  return { blocks: decodeBlocks(blocks), dependencies: decodeIds(dependencies) };
}
