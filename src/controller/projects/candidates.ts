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

/** A stored record as `judge` takes it: decoded only when it is looked at. */
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

/** What comes of a record; null where it is no record of ours, or was damaged. */
function readable<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof EncodingError) return null;
    throw error;
  }
}

/** Whether all that a record refers to is there. */
function isSound({ blocks, dependencies }: DecodedFootprint, data: SelectionData): boolean {
  return (
    blocks.every(
      ({ version, bits }) => bits.length <= (data.versions.get(version)?.bitLimit ?? -1),
    ) && dependencies.every((id) => data.dependencies.has(id))
  );
}

/** Splits records into what their tests share and what each test used, one after the other. */
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

/** A footprint as `mismatch` takes it. */
export function decoded({ blocks, dependencies }: EncodedFootprint): DecodedFootprint {
  return { blocks: decodeBlocks(blocks), dependencies: decodeIds(dependencies) };
}
