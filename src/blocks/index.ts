/** Source text -> blocks -> fingerprints and probes. Pure: it reads no files and knows nothing of Jest. */

export { BlocksError } from './error';
export { FINGERPRINT_BYTES, FINGERPRINTS_VERSION } from './hash';
export { ALL_EXPORTS, ES_MARKER, readUse } from './imports';
export { findMapReference } from './inline-map';
export type { ExportTable, Links, UsedExports } from './links';
export { decodeMetadata, encodeMetadata, type ProbeMetadata } from './metadata';
export { executedBlocks, readNodeFile, type NodeFile } from './node-file';
export type { Form } from './parse';
export { decodeLocations, type BlockLocation } from './locations';
export { findMetadata, REGISTRY } from './prelude';
export { insertProbes, type Probed, type ProbeOptions } from './probes';
export { readBlocks, type Block } from './read';
export type { BlockKind } from './sites';
export { blocksIn, stripProbes } from './strip';
export { readReport, type ScriptFunction } from './v8-coverage';
