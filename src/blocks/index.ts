/**
 * From source text to blocks, and from blocks to fingerprints and probes. Pure: it reads no files and imports nothing
 * of Jest.
 */

export {
  counterTableOf,
  decodeCounters,
  GROUP_KINDS,
  type CounterTable,
} from './counters/counter-table';
export type { Counter } from './counters/counter';
export { KEY_BYTES } from './counters/counter-list';
export { BlocksError } from './error';
export { FINGERPRINT_BYTES, FINGERPRINTS_VERSION } from './syntax/hash';
export { EXPORT_NAMES, exportOf } from './declarations/exports';
export { ALL_EXPORTS, ES_MARKER, readUse } from './declarations/imports';
export { TEST_NAMES } from './declarations/registrations';
export { findMapReference } from './probes/inline-map';
export type { ForeignExport } from './declarations/es-exports';
export type { ExportTable, Links, UsedExports } from './declarations/links';
export { decodeMetadata, encodeMetadata, type ProbeMetadata } from './probes/metadata';
export { executedBlocks, readNodeFile, type NodeFile } from './node-file';
export type { Form } from './syntax/parse';
export {
  decodeDeclarations,
  decodeLocations,
  type BlockLocation,
  type DeclarationLocation,
} from './probes/locations';
export { findMetadata, REGISTRY } from './probes/prelude';
export { insertProbes, type Probed, type ProbeOptions } from './probes/probes';
export { readBlocks, type Block } from './tree/read';
export type { BlockKind } from './tree/sites';
export { blocksIn, stripProbes } from './probes/strip';
export { readReport, type ScriptFunction } from './v8-coverage';
export { componentsOf } from './syntax/components';
