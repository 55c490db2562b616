import type { TransformInput } from './input-values';

/** What a file's transformed code depends on besides the file: it travels with the code. */
export interface OutputInputs {
  /** What it was made from, as that was then. */
  inputs: TransformInput[];
  /** Paths of files that decide by what they declare whether it imports them. */
  values: string[];
  /** Files whose types it may name, too. */
  types: string[];
}

/** The same where nothing is said of it. */
export const NO_OUTPUT_INPUTS: OutputInputs = { inputs: [], values: [], types: [] };
