import type { CommitBatch } from '../store';
import type { TestFileKey, TestFileRecord } from '../records/types';
import type { Distrust } from '../run/journals/journal-lines';
import { JudgedRecords } from '../run/judged-records';
import type { FlakyTests } from './checks/flaky-tests';
import type { PartialFailures } from './partial-failures';
import type { Journal } from '../run/journals/read-journals';
import type { TestOutcomes } from '../run/test-outcomes';

/** What a controller knows about the test files of its run. */
export interface RunKnowledge {
  outcomes: TestOutcomes;
  partialFailures: PartialFailures;
  flakyTests: FlakyTests;
  /** Whether one of its passing records matched the working tree, and its failure is no escape. */
  wasUnaffected: (testFile: TestFileKey) => boolean;
  distrust: Distrust;
  /** Whether an order-dependent test file has changed outside of its tests. */
  wasChangedOutsideTests: (testFile: TestFileKey) => boolean;
  /** Test files in which tests were to be skipped. */
  withSkips: Iterable<TestFileKey>;
}

/** A test file with a passing record. */
export interface PassedTestFile extends TestFileKey {
  /** Whether it ran in Jest's own process. */
  inBand: boolean;
}

/** Converts the journals of a run to the records that it adds to the database. */
export class RunResults {
  readonly #judged: JudgedRecords;
  readonly #known: RunKnowledge;
  readonly #failedPartly = new Set<string>();
  readonly #recordedIn = new Set<number>();
  readonly #passed: PassedTestFile[] = [];

  constructor(journals: Iterable<Journal>, known: RunKnowledge) {
    this.#judged = new JudgedRecords(journals, known.outcomes, known.distrust);
    this.#known = known;
  }

  /** Yields every record once. The other members are only complete after that. */
  *records(): Generator<TestFileRecord> {
    const { outcomes, partialFailures, wasChangedOutsideTests } = this.#known;
    const { flakyTests, wasUnaffected } = this.#known;
    for (const { record, inBand, isPartlySkipped } of this.#judged.records()) {
      const { environmentId, path, outcome } = record;
      if (outcome === 'passed') this.#passed.push({ environmentId, path, inBand });
      if (outcome === 'failed' && isPartlySkipped) this.#failedPartly.add(path);
      this.#recordedIn.add(environmentId);
      if (outcome === 'failed' && wasUnaffected(record)) flakyTests.noteUnaffectedFailed(record);
      partialFailures.learn(record, isPartlySkipped, wasChangedOutsideTests);
      yield record;
    }
    // A crashed test file does not report how many of its tests it skipped.
    for (const testFile of this.#known.withSkips)
      if (outcomes.failed(testFile) && !this.#judged.has(testFile))
        this.#failedPartly.add(testFile.path);
  }

  /** The ids of environments in which test files were recorded. */
  get recordedIn(): ReadonlySet<number> {
    return this.#recordedIn;
  }

  /** Test files that failed and have no record. */
  get failures(): CommitBatch['failures'] {
    return this.#judged.failures;
  }

  /** Test files that passed. */
  get passed(): readonly PassedTestFile[] {
    return this.#passed;
  }

  /** Test files that have no record that counts, and are not known to have failed. */
  get doubtful(): TestFileKey[] {
    return this.#judged.doubtful;
  }

  /** Test files that started, and whose outcome Jest never reported. */
  get unfinished(): TestFileKey[] {
    return [...this.#judged.doubtful, ...this.#judged.crashed].filter(
      (testFile) =>
        !this.#known.outcomes.passed(testFile) && !this.#known.outcomes.failed(testFile),
    );
  }

  /** Test files that started and did not finish, unless Jest reported that they passed. */
  get crashed(): CommitBatch['failures'] {
    return this.#judged.crashed;
  }

  /** Paths of the test files that failed with some of their tests skipped. */
  get failedPartly(): string[] {
    return [...this.#failedPartly];
  }
}
