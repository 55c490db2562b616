import type { TestOutcome } from '../records/types';
import { matches, type EncodedFootprint, type View } from './match';

/** One test of a record. Its footprint contains only what it executed beyond the shared part. */
export interface CandidateTest extends EncodedFootprint {
  /** Its index among the tests of the record. */
  position: number;
  outcome: TestOutcome;
  /** Milliseconds. */
  duration: number;
}

/** A record of an affected test file, split into its tests. */
export interface CandidateParts {
  recordId: number;
  /** What all of its tests depend on. */
  shared: EncodedFootprint;
  tests: readonly CandidateTest[];
}

/** The unaffected tests of an affected test file, and the record that shows it. */
export interface UnaffectedTests {
  recordId: number;
  /** Their indices among the tests of the record. */
  positions: number[];
  /** Their recorded duration, in milliseconds. */
  duration: number;
}

/**
 * Finds the tests of an affected test file that need not run. A test is unaffected if it passed in a record whose
 * shared part matches and its own footprint matches too.
 * @param records The most recently matched record first, because it is most like the working tree.
 * @returns The result for the first record with unaffected tests. Null if every test runs.
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
