import type { JournalLine } from '../run/journal';
import type { TestFileKey } from '../store/types';
import { JournalReader, type JournaledRecord } from './read-journals';
import { keyOf, type Verdicts } from './verdicts';

/**
 * The records in the journals of a run, as Jest judged their test files. They are read while they are used: those of a
 * whole run need not fit into memory.
 */
export class JudgedRecords {
  readonly #journals: JournalReader;
  readonly #verdicts: Verdicts;
  readonly #ended = new Set<string>();

  constructor(journals: Iterable<Iterable<JournalLine>>, verdicts: Verdicts) {
    this.#journals = new JournalReader(journals);
    this.#verdicts = verdicts;
  }

  /** Every record, once. All else here is known when all of them were read. */
  *records(): Generator<JournaledRecord> {
    for (const journaled of this.#journals.records()) {
      const record = this.#verdicts.judge(journaled.record);
      if (record === null) continue;
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
    return [...this.#verdicts.failures].filter((testFile) => !this.has(testFile));
  }

  /** Test files that began, and neither came to an end nor passed. */
  get crashed(): TestFileKey[] {
    return this.#journals.unfinished.filter((testFile) => !this.#verdicts.passed(testFile));
  }
}
