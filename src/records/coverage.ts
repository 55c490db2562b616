import type { ModuleForm } from './types';

/** What a test file hit of one covered file. */
export interface FileHits {
  path: string;
  /** The groups of counters in that version of the file: see `coverage/hits.ts`. */
  layout: Buffer;
  /** One bit for each counter (least significant bit first). */
  bits: Uint8Array;
}

/** What the test file of a record hit. */
export interface RecordedCoverage {
  files: readonly FileHits[];
  /** Milliseconds since the epoch. */
  recordedAt: number;
}

/** How a file was transformed for coverage: as tests load it, or because nothing loads it. */
export type CoveredForm = Exclude<ModuleForm, 'node'> | 'untested';

/** A covered file as a run read it, for later runs. */
export interface KeptCoveredFile {
  environmentId: number;
  /** Stored path. */
  path: string;
  form: CoveredForm;
  content: Buffer;
}
