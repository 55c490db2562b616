/**
 * The report as plain data. `report --json` prints it, and the page shows it. Entries refer to each other by index,
 * so that the file of a large project stays small.
 */
export interface ReportData {
  /** The version of this format. Increase it when a field changes its meaning. */
  format: 1;
  /** Name and version of the program that created it. */
  generator: string;
  /** The name of the project. */
  project: string;
  /** Milliseconds since the epoch. */
  generatedAt: number;
  /** A sentence if the database is empty or cannot be used. Otherwise null. */
  notice: string | null;
  /** All test files that Jest finds, by path. */
  testFiles: ReportTestFile[];
  /** The tests of all test files. Those of one test file are consecutive. */
  tests: ReportTest[];
  /** The changes since the records, sorted by the number of test files they select, in descending order. */
  causes: ReportCause[];
  /** The recorded code without test files, by path. */
  files: ReportFile[];
  /** Null where no coverage is recorded, or none that holds now. */
  coverage: ReportCoverage | null;
  /** The sets of tests that reach a function. Many functions share one. */
  reaches: ReportReach[];
  /** The last runs, the oldest first. */
  runs: ReportRun[];
  spotChecks: ReportSpotChecks;
  /** Tests whose outcome changed although nothing that is watched did. Those seen most often come first. */
  flaky: ReportFlakyTest[];
}

/** A test file, and whether a run would select it now. */
export interface ReportTestFile {
  path: string;
  /** The name of the Jest project. Empty if there is only one. */
  project: string;
  /** Duration of its last run, in milliseconds. Null if it was never recorded. */
  duration: number | null;
  /** Why it runs now. `unaffected` if it need not run. */
  verdict: 'unaffected' | 'new' | 'failed' | 'always' | 'changed';
  /** With test granularity, the number of its tests that are skipped although it runs. */
  skippedTests: number;
  /** Indices of causes. */
  causes: number[];
  /** Null if it never ran. */
  lastOutcome: 'passed' | 'failed' | null;
  /** Whether the last run executed it. */
  ranLast: boolean;
}

/** A test of a test file. */
export interface ReportTest {
  /** Index of its test file. */
  file: number;
  /** The titles of the describe blocks around it, then its own. */
  name: string[];
  /** Milliseconds. */
  duration: number;
  outcome: 'passed' | 'failed' | 'skipped' | 'todo';
}

/** A change that selects test files. */
export interface ReportCause {
  /** `code` for blocks of a file, `dependency` for anything else, such as a fixture, a package or a variable. */
  kind: 'code' | 'dependency';
  /** A path, or a name for the user. */
  label: string;
  /** The changed blocks, if known: the name of the function, and its lines when it was recorded. */
  places: { name: string; line: number; endLine: number }[];
}

/** A file of code that tests executed. */
export interface ReportFile {
  path: string;
  /** The first one, named '', is the code outside of functions. */
  functions: ReportFunction[];
  /** Lines that count for coverage, joined where the same test files hit them, in order. Null without coverage of it. */
  covered: ReportCoveredLines[] | null;
}

/** What the lines of files do not tell. */
export interface ReportCoverage {
  /** The number of test files of which nobody can tell what they hit now: they run next time, or ran without coverage. */
  lacking: number;
}

/** Lines that the same test files hit, as `coverage <file>` tells them. */
export interface ReportCoveredLines {
  /** Counts from 1. */
  line: number;
  endLine: number;
  /** Index of an entry of `reaches`, which names test files only. They are none where nothing hits these lines. */
  reach: number;
}

/** A named function including the anonymous ones in it, or the code of a file that is in no function. */
export interface ReportFunction {
  name: string;
  /** Counts from 1. Zero if unknown. */
  line: number;
  endLine: number;
  /** The number of its own lines, at least 1. Lines of functions inside of it do not count. */
  lines: number;
  /** Index of an entry of `reaches`. */
  reach: number;
}

/** Sets of ascending indices as ranges, such as `0-14,20`. Empty for none. */
export interface ReportReach {
  /** The test files that an edit would select. */
  testFiles: string;
  /** The tests that execute it, either themselves or by what their test file shares. */
  tests: string;
}

/** Unaffected test files that ran as spot checks, to find out whether selection misses something. */
export interface ReportSpotChecks {
  /** The share of unaffected test files that a run checks, in percent. Zero if the option is off. */
  percent: number;
  /** The number of test files that were checked at least once. */
  checked: number;
  /** When the last check took place, in milliseconds since the epoch. Null if there was none. */
  latest: number | null;
  /** The failed ones, the open ones first. While one is open, everything runs. */
  escapes: {
    project: string;
    path: string;
    /** Milliseconds since the epoch. */
    foundAt: number;
    isOpen: boolean;
    /** Hash of the record by which it would have been skipped, and when that record was made. */
    recordHash: string;
    recordedAt: number;
    /** The failure. */
    message: string;
  }[];
}

export interface ReportFlakyTest {
  project: string;
  path: string;
  /** The titles of the describe blocks around the test, then its own; null where only the test file is known. */
  test: string[] | null;
  /** How often that was seen. */
  times: number;
  /** Milliseconds since the epoch, of the last time. */
  last: number;
  /** How often it failed after it had passed, passed after it had failed, and failed and passed in one run. */
  passedThenFailed: number;
  failedThenPassed: number;
  passedOnRetry: number;
}

/** One run in numbers. */
export interface ReportRun {
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Milliseconds. */
  duration: number;
  /** The number of test files that were selected, of `total`. */
  selected: number;
  total: number;
  /** Recorded duration of the test files that need not run, in milliseconds. */
  saved: number;
}
