import type { CommitBatch } from '../store';
import type { TestFileKey, TestFileRecord } from '../store/types';
import type { PartialFailures } from './partial-failures';
import { JournalReader } from './read-journals';
import type { JournalLine } from '../run/journal';
import { keyOf, type Verdicts } from './verdicts';

/** What a controller knows of the test files of its run. */
export interface RunKnowledge {
  verdicts: Verdicts;
  partialFailures: PartialFailures;
  /** Whether an order-dependent test file has changed outside of its tests. */
  wasRearranged: (testFile: TestFileKey) => boolean;
  /** Test files of which tests were to be skipped. */
  withSkips: Iterable<TestFileKey>;
}

/**
 * The journals of a run as what it adds to the database. They are read while they are written there, record by record:
 * those of a whole run need not fit into memory.
 */
export class Harvest {
  readonly #journals: JournalReader;
  readonly #known: RunKnowledge;
  readonly #ended = new Set<string>();
  readonly #failedPartly = new Set<string>();

  constructor(journals: Iterable<Iterable<JournalLine>>, known: RunKnowledge) {
    this.#journals = new JournalReader(journals);
    this.#known = known;
  }

  /** Every record, once. All else here is known when all of them were read. */
  *records(): Generator<TestFileRecord> {
    const { verdicts, partialFailures, wasRearranged } = this.#known;
    for (const { record: journaled, isPartlySkipped } of this.#journals.records()) {
      const record = verdicts.judge(journaled);
      if (record === null) continue;
      this.#ended.add(keyOf(record));
      if (record.outcome === 'failed' && isPartlySkipped) this.#failedPartly.add(record.path);
      partialFailures.learn(record, isPartlySkipped, wasRearranged);
      yield record;
    }
    // A test file that crashed left no word of how many of its tests it skipped.
    for (const testFile of this.#known.withSkips)
      if (verdicts.failed(testFile) && !this.#hasRecord(testFile))
        this.#failedPartly.add(testFile.path);
  }

  /** Test files that failed and left no record. */
  get failures(): CommitBatch['failures'] {
    return [...this.#known.verdicts.failures].filter((testFile) => !this.#hasRecord(testFile));
  }

  /** Test files that began, and neither came to an end nor passed. */
  get crashed(): CommitBatch['failures'] {
    return this.#journals.unfinished.filter((testFile) => !this.#known.verdicts.passed(testFile));
  }

  /** Paths of the test files that failed with some of their tests skipped. */
  get failedPartly(): string[] {
    return [...this.#failedPartly];
  }

  #hasRecord(testFile: TestFileKey): boolean {
    return this.#ended.has(keyOf(testFile));
  }
}
