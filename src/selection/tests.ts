import type { TestOutcome } from '../records/types';
import { matches, type EncodedFootprint, type View } from './match';

/** One test of a record. Its footprint is what it executed beyond the shared part. */
export interface CandidateTest extends EncodedFootprint {
  /** Its place among the tests of the record. */
  position: number;
  outcome: TestOutcome;
  /** Milliseconds. */
  duration: number;
}

/** A record of an affected test file, taken apart. */
export interface CandidateParts {
  recordId: number;
  /** What all its tests depend on. */
  shared: EncodedFootprint;
  tests: readonly CandidateTest[];
}

/** The tests of an affected test file that need not run, and the record that says so. */
export interface UnaffectedTests {
  recordId: number;
  /** Their places among the tests of the record. */
  positions: number[];
  /** Milliseconds that they took when they were recorded. */
  duration: number;
}

/**
 * Looks inside an affected test file: a test need not run when it passed in a record whose shared part still matches,
 * and all that it executed and read itself matches too.
 * @param records Most recently matched first, so that the first to spare a test is closest to the working tree.
 * @returns Null where every test runs.
 */
export function unaffectedTests(
  records: Iterable<CandidateParts>,
  view: View,
): UnaffectedTests | null {
  for (const { recordId, shared, tests } of records) {
    if (!matches(shared, view)) continue;
    const spared = tests.filter((test) => test.outcome === 'passed' && matches(test, view));
    if (spared.length === 0) continue;
    return {
      recordId,
      positions: spared.map(({ position }) => position),
      duration: spared.reduce((sum, { duration }) => sum + duration, 0),
    };
  }
  return null;
}
