/** Of one file, what istanbul's coverage data says. Source: `FileCoverageData` of `istanbul-lib-coverage`. */
export interface FileCoverage {
  path: string;
  /** Tells versions of a file's coverage data apart. */
  hash?: string;
  s: Record<string, number>;
  f: Record<string, number>;
  b: Record<string, number[]>;
  [key: string]: unknown;
}
