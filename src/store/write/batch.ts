import type { CommitBatch } from '../../records/types';

/** Creates a batch. Missing parts are empty. */
export function makeBatch(parts: Partial<CommitBatch> = {}): CommitBatch {
  return {
    records: [],
    failures: [],
    matched: [],
    gone: [],
    contents: [],
    fileStates: [],
    notes: [],
    ...parts,
  };
}
