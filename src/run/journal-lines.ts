import type { Dependency, TestOutcome } from '../records/types';

/**
 * A worker's journal is a text file of lines `<length> <checksum> <json>`. A line is complete or ignored, and a
 * test file counts only once its `end` line is there. Versions and dependencies are written once per journal and
 * referred to by number. The controller keeps one of verdicts.
 */
export type JournalLine =
  | JournalNames
  | { type: 'start'; environmentId: number; path: string; at: number }
  | JournalEnd
  | JournalVerdict
  | JournalConclusion;

/**
 * What is met for the first time, before the line that refers to it: the metadata strings that probed files carry, and
 * dependencies, each numbered from a first number on.
 */
export interface JournalNames {
  type: 'names';
  firstVersion: number;
  versions: string[];
  firstDependency: number;
  dependencies: Dependency[];
}

/**
 * Room for what is met for the first time.
 * @param versions How many were named before.
 * @param dependencies How many were named before.
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

/** How Jest says that a test file came out. It sees crashes, leaks and obsolete snapshots, of which no worker knows. */
export interface JournalVerdict {
  type: 'verdict';
  environmentId: number;
  path: string;
  at: number;
  passed: boolean;
}

/**
 * Whose passes do not count, though Jest said so: its process came to an end that may be their doing. `inBand`: of what
 * ran in that process, where a late timer of one test file can end it while another runs.
 */
export type Distrust = 'nobody' | 'inBand' | 'everybody';

/** How a run came to its end that could not be committed. */
export interface JournalConclusion {
  type: 'concluded';
  at: number;
  distrust: Distrust;
}

/**
 * What was executed and used, by the numbers of versions and dependencies, which count from 1: encoded as in the
 * database, and that in base64. Hundreds of values for each test would take many times as long to read one by one.
 */
export interface JournalFootprint {
  blocks: string;
  dependencies: string;
}

export interface JournalTest extends JournalFootprint {
  name: string[];
  ordinal: number;
  outcome: TestOutcome;
  duration: number;
}

/** One test file, run to its end. */
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
  /** Set when tests were skipped because a record showed them unaffected. */
  skippedUnaffected?: number;
}
