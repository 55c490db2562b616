import type { Mutant } from './mutants';

/** A failure that the tool would have missed: a test that it left out fails because of the mutant. */
export interface Escape {
  testFile: string;
  /** Full names; that of the whole file where it could not run at all. */
  tests: string[];
  /** Whether a recorded run of the test file loaded the mutated file. */
  loaded: boolean;
  /** The beginning of the first failure's message. */
  message: string;
}

/** What one mutant showed. */
export interface MutantResult {
  mutant: Mutant;
  /** Hash of the tool's build that judged it. */
  build: string;
  /** Test files that the tool selects. */
  selected: number;
  /** Test files that Jest's `--findRelatedTests` selects. */
  related: number;
  /** Test files whose recorded run loaded the mutated file. */
  loaded: number;
  /** Test files that were not selected and that ran all the same, to look for escapes. */
  checked: number;
  /** Share of all tests that are in the selected test files. */
  fileShare: number;
  /** Share of all tests that the tool runs; null where the granularity is the test file, or a test file did not load. */
  testShare: number | null;
  /** Test files that fail only because the tool skips some of their tests. */
  disturbed: string[];
  /** Whether a selected test file fails because of it; null where nobody looked. */
  killed: boolean | null;
  escapes: Escape[];
  /** Unselected test files that only the type checker fails, for another file than the mutated one. */
  typeFailures: string[];
  /** What the tool warned of, or how a run ended that did not end by itself. */
  notes: string[];
  /** Seconds that judging it took. */
  seconds: number;
}

/** What a test file did in one run. */
export interface TestFileResult {
  failed: boolean;
  /** Full names of the tests that failed; `WHOLE_FILE` where the file itself could not run. */
  failures: string[];
  /** Full names of the tests that ran. */
  ran: string[];
  /** Without colours. */
  message: string;
}

/** Stands for a test file that failed as a whole. */
export const WHOLE_FILE = '(the test file itself)';
