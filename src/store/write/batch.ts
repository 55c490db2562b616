import type { CommitBatch } from '../../records/types';

/** A batch to fill: what is not given is nothing to commit. */
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
