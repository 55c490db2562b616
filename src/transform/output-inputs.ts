import type { TransformInput } from './input-values';

/** What the output of a file depends on besides the file. This information is stored with the output. */
export interface OutputInputs {
  /** What the output was made from, with the values of that time. */
  inputs: TransformInput[];
  /** Paths of files whose declarations decide whether the compiler keeps an import of this file. */
  values: string[];
  /** Files whose types the output may name. */
  types: string[];
}

/** No inputs. */
export const NO_OUTPUT_INPUTS: OutputInputs = { inputs: [], values: [], types: [] };
