import type { JournalLine } from '../run/journal';
import type { CommitBatch } from '../store';
import type { TestFileKey, TestFileRecord } from '../store/types';
import { JudgedRecords } from './judged-records';
import type { PartialFailures } from './partial-failures';
import type { Verdicts } from './verdicts';

/** What a controller knows of the test files of its run. */
export interface RunKnowledge {
  verdicts: Verdicts;
  partialFailures: PartialFailures;
  /** Whether an order-dependent test file has changed outside of its tests. */
  wasRearranged: (testFile: TestFileKey) => boolean;
  /** Test files of which tests were to be skipped. */
  withSkips: Iterable<TestFileKey>;
}

/** The journals of a run as what it adds to the database. */
export class Harvest {
  readonly #judged: JudgedRecords;
  readonly #known: RunKnowledge;
  readonly #failedPartly = new Set<string>();
  readonly #recordedIn = new Set<number>();

  constructor(journals: Iterable<Iterable<JournalLine>>, known: RunKnowledge) {
    this.#judged = new JudgedRecords(journals, known.verdicts);
    this.#known = known;
  }

  /** Every record, once. All else here is known when all of them were read. */
  *records(): Generator<TestFileRecord> {
    const { verdicts, partialFailures, wasRearranged } = this.#known;
    for (const { record, isPartlySkipped } of this.#judged.records()) {
      if (record.outcome === 'failed' && isPartlySkipped) this.#failedPartly.add(record.path);
      this.#recordedIn.add(record.environmentId);
      partialFailures.learn(record, isPartlySkipped, wasRearranged);
      yield record;
    }
    // A test file that crashed left no word of how many of its tests it skipped.
    for (const testFile of this.#known.withSkips)
      if (verdicts.failed(testFile) && !this.#judged.has(testFile))
        this.#failedPartly.add(testFile.path);
  }

  /** The environments that test files were recorded in. */
  get recordedIn(): ReadonlySet<number> {
    return this.#recordedIn;
  }

  /** Test files that failed and left no record. */
  get failures(): CommitBatch['failures'] {
    return this.#judged.failures;
  }

  /** Test files that began, and neither came to an end nor passed. */
  get crashed(): CommitBatch['failures'] {
    return this.#judged.crashed;
  }

  /** Paths of the test files that failed with some of their tests skipped. */
  get failedPartly(): string[] {
    return [...this.#failedPartly];
  }
}
