/**
 * What the report says, as plain data: what `report --json` prints and what the page shows. Everything refers to
 * everything else by index, so that a large project stays a small file.
 */
export interface ReportData {
  /** Of this shape; counts up when a field changes its meaning. */
  format: 1;
  /** Name and version of what made it. */
  generator: string;
  /** What the project is called. */
  project: string;
  /** Milliseconds since the epoch. */
  generatedAt: number;
  /** A sentence where the database holds nothing to report or is of no use; null otherwise. */
  notice: string | null;
  /** Every test file that Jest finds, by path. */
  testFiles: ReportTestFile[];
  /** The tests of all test files: those of one file follow each other. */
  tests: ReportTest[];
  /** What has changed since the records, the one that selects most test files first. */
  causes: ReportCause[];
  /** The recorded code, without test files, by path. */
  files: ReportFile[];
  /** Which tests reach something; many functions share one. */
  reaches: ReportReach[];
  /** The last runs, oldest first. */
  runs: ReportRun[];
  spotChecks: ReportSpotChecks;
}

/** A test file, and whether a run would select it now. */
export interface ReportTestFile {
  path: string;
  /** The Jest project; empty where there is only one. */
  project: string;
  /** Milliseconds of its last run; null where it was never recorded. */
  duration: number | null;
  /** Why it runs now; `unaffected` where it need not. */
  verdict: 'unaffected' | 'new' | 'failed' | 'always' | 'changed';
  /** With test granularity: how many of its tests are skipped although it runs. */
  skippedTests: number;
  /** Indices of causes. */
  causes: number[];
  /** Null where it never ran. */
  lastOutcome: 'passed' | 'failed' | null;
  /** Whether the last run executed it. */
  ranLast: boolean;
}

export interface ReportTest {
  /** Index of its test file. */
  file: number;
  /** The titles of the describe blocks around it, then its own. */
  name: string[];
  /** Milliseconds. */
  duration: number;
  outcome: 'passed' | 'failed' | 'skipped' | 'todo';
}

/** Something that has changed and selects test files. */
export interface ReportCause {
  /** `code` for blocks of a file; anything else is a dependency: a fixture, a package, a variable. */
  kind: 'code' | 'dependency';
  /** A path, or what a person calls it. */
  label: string;
  /** The changed blocks, where known: a function's name and its lines when it was recorded. */
  places: { name: string; line: number; endLine: number }[];
}

/** A file of code that tests executed. */
export interface ReportFile {
  path: string;
  /** Its code outside of functions comes first, named ''. */
  functions: ReportFunction[];
}

/** A named function with the anonymous ones in it, or what of a file is in no function. */
export interface ReportFunction {
  name: string;
  /** From 1; 0 where unknown. */
  line: number;
  endLine: number;
  /** Its own lines, those of functions in it not counted; at least 1. */
  lines: number;
  /** Index into `reaches`. */
  reach: number;
}

/** Both are ascending indices in ranges: `0-14,20`; empty for none. */
export interface ReportReach {
  /** The test files that an edit would select. */
  testFiles: string;
  /** The tests that execute it, by themselves or through what their test file shares. */
  tests: string;
}

/** Unaffected test files that ran all the same, to find out whether selection misses something. */
export interface ReportSpotChecks {
  /** How many of a hundred a run checks; 0 where the option is off. */
  percent: number;
  /** Of how many test files one has been checked. */
  checked: number;
  /** Milliseconds since the epoch, of the last check; null where there was none. */
  latest: number | null;
  /** Those that failed, the open ones first: while there is one, everything runs. */
  escapes: {
    project: string;
    path: string;
    /** Milliseconds since the epoch. */
    foundAt: number;
    isOpen: boolean;
    /** Hash of the record by which it would have been skipped, and when that was made. */
    recordHash: string;
    recordedAt: number;
    /** How it failed. */
    message: string;
  }[];
}

/** One run in numbers. */
export interface ReportRun {
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Milliseconds. */
  duration: number;
  /** Test files that were selected, of `total`. */
  selected: number;
  total: number;
  /** Recorded milliseconds of the test files that need not run. */
  saved: number;
}
