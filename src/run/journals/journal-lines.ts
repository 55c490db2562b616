import type { Dependency, TestOutcome } from '../../records/types';

/**
 * A line of a worker's journal.
 *
 * A journal is a text file of lines `<length> <checksum> <json>`. An incomplete line is ignored, and a test file
 * counts only once its `end` line is there. Versions and dependencies are written once per journal and then referred
 * to by number. The controller writes outcomes in the same format into a journal of its own.
 */
export type JournalLine =
  | JournalNames
  | { type: 'start'; environmentId: number; path: string; at: number }
  | JournalEnd
  | JournalVerdict
  | JournalConclusion
  | JournalBackground;

/**
 * Defines numbers for file versions and dependencies before the first line that refers to them. A version is the
 * metadata string that a file with probes carries. The items of each list are numbered from `firstVersion` and
 * `firstDependency` on.
 */
export interface JournalNames {
  type: 'names';
  firstVersion: number;
  versions: string[];
  firstDependency: number;
  dependencies: Dependency[];
}

/**
 * Creates an empty list of new names.
 * @param versions The number of versions that are defined already.
 * @param dependencies The number of dependencies that are defined already.
 */
export function namesAfter(versions: number, dependencies: number): JournalNames {
  return {
    type: 'names',
    firstVersion: versions + 1,
    versions: [],
    firstDependency: dependencies + 1,
    dependencies: [],
  };
}

/** Jest's outcome of a test file. Jest sees crashes, leaks and obsolete snapshots, which a worker does not. */
export interface JournalVerdict {
  type: 'verdict';
  environmentId: number;
  path: string;
  at: number;
  passed: boolean;
}

/**
 * Which passes do not count although Jest reported them, because the test file may have ended the process. `inBand`
 * means the test files that ran in Jest's own process: there, a late timer of one test file can end the process while
 * another one runs.
 */
export type Distrust = 'nobody' | 'inBand' | 'everybody';

/** What was read in the background of a run, and counts for all test files of an environment. */
export interface JournalBackground {
  type: 'background';
  environmentId: number;
  dependency: Dependency;
}

/** Says how a run ended whose records could not be committed yet. */
export interface JournalConclusion {
  type: 'concluded';
  at: number;
  distrust: Distrust;
}

/**
 * A footprint by the numbers that the journal defines, which start at 1. It is encoded as in the database and then in
 * base64. JSON would take many times as long to parse, because each test has hundreds of values.
 */
export interface JournalFootprint {
  blocks: string;
  dependencies: string;
}

/** One test of a test file. Its duration is in milliseconds. */
export interface JournalTest extends JournalFootprint {
  name: string[];
  ordinal: number;
  outcome: TestOutcome;
  duration: number;
}

/** A test file that ran to its end. Its duration is in milliseconds. */
export interface JournalEnd {
  type: 'end';
  environmentId: number;
  path: string;
  at: number;
  outcome: 'passed' | 'failed';
  complete: boolean;
  duration: number;
  shared: JournalFootprint;
  tests: JournalTest[];
  /**
   * What it hit of each file, by the number of the version: one bit for each counter, in base64. Absent where the run was
   * without coverage, or something else counted too.
   */
  coverage?: [version: number, bits: string][];
  /** What V8 counted in each file, packed and in base64, and what else that depends on. Absent where it is unknown. */
  scripts?: { key: string; files: [path: string, packed: string][] };
  /** The number of tests that were skipped because a record showed them unaffected. */
  skippedUnaffected?: number;
}
