/** The SQLite database. Only this folder knows SQL. */
export { moveAside } from './aside';
export {
  decodeBlocks,
  decodeIds,
  encodeBlocks,
  encodeIds,
  EncodingError,
  type EncodedBlocks,
} from './encoding';
export { makeBatch } from './batch';
export { asStoreError, StoreError, type StoreErrorReason } from './errors';
export { contentsKey, versionOfContent } from './files';
export { mergeFiles, type Merged, type MergeOptions } from './merge-files';
export { findMissingBuild, type OpenOptions } from './open';
export {
  checkShards,
  ciRunId,
  decodeShard,
  encodeShard,
  SHARD_NOTE,
  shardKey,
  type ShardCheck,
  type ShardState,
} from './shards';
export type {
  Snapshot,
  SnapshotEnvironment,
  SnapshotFootprint,
  SnapshotRecord,
  SnapshotTestFile,
} from './snapshot';
export { Store } from './store';
export { type Totals } from './totals';
export type * from './types';
