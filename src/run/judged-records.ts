import type { TestFileKey } from '../records/types';
import type { Distrust } from './journal-lines';
import { JournalReader, type Journal, type JournaledRecord } from './read-journals';
import { keyOf, type TestOutcomes } from './test-outcomes';

/**
 * The records in the journals of a run, as Jest judged their test files. They are read while they are used: those of a
 * whole run need not fit into memory.
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

  /** Every record, once. All else here is known when all of them were read. */
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

  /** Whether a test file left a record that counts. */
  has(testFile: TestFileKey): boolean {
    return this.#ended.has(keyOf(testFile));
  }

  /** Test files that failed and left no record. */
  get failures(): TestFileKey[] {
    return [...this.#outcomes.failures].filter((testFile) => !this.has(testFile));
  }

  /** Test files that left no record that counts, though nothing says that they failed: they must run again. */
  get doubtful(): TestFileKey[] {
    const begun = this.#distrust === 'nobody' ? [] : this.#journals.inBand;
    return [...this.#doubtful, ...begun].filter(
      (testFile) => !this.has(testFile) && !this.#outcomes.failed(testFile),
    );
  }

  /** Test files that began, and neither came to an end nor passed. */
  get crashed(): TestFileKey[] {
    return this.#journals.unfinished.filter((testFile) => !this.#outcomes.passed(testFile));
  }

  #distrusts({ inBand }: JournaledRecord): boolean {
    return this.#distrust === 'everybody' || (this.#distrust === 'inBand' && inBand);
  }
}
