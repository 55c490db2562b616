import type { TestFileKey } from '../records/types';
import type { Distrust } from './journals/journal-lines';
import { JournalReader, type Journal, type JournaledRecord } from './journals/read-journals';
import { keyOf, type TestOutcomes } from './test-outcomes';

/**
 * The records of a run's journals, with the outcomes that Jest reported. They are read one at a time, because the
 * records of a whole run need not fit into memory.
 */
export class JudgedRecords {
  readonly #journals: JournalReader;
  readonly #outcomes: TestOutcomes;
  readonly #distrust: Distrust;
  readonly #ended = new Set<string>();
  readonly #doubtful: TestFileKey[] = [];

  constructor(journals: Iterable<Journal>, outcomes: TestOutcomes, distrust: Distrust) {
    this.#journals = new JournalReader(journals);
    this.#outcomes = outcomes;
    this.#distrust = distrust;
  }

  /** Yields every record once. The other members are only complete after that. */
  *records(): Generator<JournaledRecord> {
    for (const journaled of this.#journals.records()) {
      const record = this.#outcomes.judge(journaled.record);
      if (record === null) continue;
      if (record.outcome === 'passed' && this.#distrusts(journaled)) {
        const { environmentId, path } = record;
        this.#doubtful.push({ environmentId, path });
        continue;
      }
      this.#ended.add(keyOf(record));
      yield { ...journaled, record };
    }
  }

  /** Whether a test file has a record that counts. */
  has(testFile: TestFileKey): boolean {
    return this.#ended.has(keyOf(testFile));
  }

  /** The test files that failed and have no record. */
  get failures(): TestFileKey[] {
    return [...this.#outcomes.failures].filter((testFile) => !this.has(testFile));
  }

  /** The test files that have no record that counts, and are not known to have failed. They must run again. */
  get doubtful(): TestFileKey[] {
    const begun = this.#distrust === 'nobody' ? [] : this.#journals.inBand;
    // One that ended in Jest's own process is in both lists.
    const testFiles = new Map([...this.#doubtful, ...begun].map((one) => [keyOf(one), one]));
    return [...testFiles.values()].filter(
      (testFile) => !this.has(testFile) && !this.#outcomes.failed(testFile),
    );
  }

  /** The test files that a worker started and did not finish, unless Jest reported that they passed. */
  get crashed(): TestFileKey[] {
    return this.#journals.unfinished.filter((testFile) => !this.#outcomes.passed(testFile));
  }

  #distrusts({ inBand }: JournaledRecord): boolean {
    return this.#distrust === 'everybody' || (this.#distrust === 'inBand' && inBand);
  }
}
