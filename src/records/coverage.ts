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
