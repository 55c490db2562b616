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

/** What V8 counted in one file while a test file ran. */
export interface FileScripts {
  path: string;
  /** See `coverage/scripts.ts`. */
  packed: Buffer;
}

/** What V8 counted while a test file ran. */
export interface CountedScripts {
  /** What else it depends on: see `run/scripts-key.ts`. */
  key: string;
  files: readonly FileScripts[];
}

/** What V8 counted while the test file of a record ran. */
export interface RecordedScripts extends CountedScripts {
  /** Milliseconds since the epoch. */
  recordedAt: number;
}
