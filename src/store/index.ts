/** The SQLite database. SQL is only used in this folder. */
export { quarantineDatabase } from './connection/quarantine';
export {
  decodeBlocks,
  decodeIds,
  encodeBlocks,
  encodeIds,
  EncodingError,
  type EncodedBlocks,
} from '../records/encoding';
export { makeBatch } from './write/batch';
export {
  asStoreError,
  isBeyondUse,
  StoreError,
  type UselessDatabaseError,
  type StoreErrorReason,
} from './connection/errors';
export { contentsKey, versionOfContent } from './read/files';
export { mergeFiles, type Merged, type MergeOptions } from './write/merge-files';
export { findMissingBuild, type OpenOptions } from './connection/open';
export {
  checkShards,
  ciRunId,
  decodeShard,
  encodeShard,
  SHARD_NOTE,
  shardKey,
  type ShardCheck,
  type ShardState,
} from '../records/shards';
export type {
  Snapshot,
  SnapshotEnvironment,
  SnapshotFootprint,
  SnapshotRecord,
  SnapshotTestFile,
} from './read/snapshot';
export { uniteBundles } from './sharing/bundle-file';
export { halvesOf, type SharedPlace, type UnsentFacts } from './sharing/shared-facts';
export { OF_NO_USE, type Sharing, type TakeOptions, type UnpackedBundle } from './sharing/sharing';
export { Store } from './store';
export { type Totals } from './read/totals';
export type {
  CountedScripts,
  FileHits,
  KeptCoveredFile,
  RecordedCoverage,
  RecordedScripts,
} from '../records/coverage';
export type * from '../records/types';
