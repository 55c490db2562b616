import * as fs from 'node:fs';
import { encodeLine, decodeJournal } from './journals/journal';
import type { Distrust } from './journals/journal-lines';
import type { TestFileKey, TestFileRecord } from '../records/types';
import { chunksOf } from './run-directory';
import { swallowed } from '../terminal/debug';

/** Returns a map key for a test file of an environment. */
export function keyOf({ environmentId, path }: TestFileKey): string {
  return `${environmentId}:${path}`;
}

/**
 * The outcomes that Jest has reported for the test files of a run so far. Jest sees crashes, leaks and obsolete
 * snapshots, which a worker does not. The outcomes can also be written to a file, so that they survive if the
 * controller dies before its commit.
 */
export class TestOutcomes {
  readonly #passed = new Set<string>();
  readonly #passedIn = new Set<number>();
  readonly #failed = new Map<string, TestFileKey>();
  #file: string | null = null;
  #isJudge = false;
  #distrust: Distrust | null = null;

  /**
   * Reads the outcomes of a run whose controller has died.
   * @param file Absolute path.
   */
  static of(file: string): TestOutcomes {
    const outcomes = new TestOutcomes();
    outcomes.decide();
    for (const line of decodeJournal(chunksOf(file))) {
      if (line.type === 'verdict') outcomes.#add(line, line.passed);
      if (line.type === 'concluded') outcomes.#distrust = line.distrust;
    }
    return outcomes;
  }

  /**
   * From now on, a test file passed only if Jest reported so. Called once it is certain that our reporter sees every
   * outcome.
   */
  decide(): void {
    this.#isJudge = true;
  }

  /**
   * From now on, every outcome is also written to a file.
   * @param file Absolute path.
   */
  keepIn(file: string): void {
    this.#file = file;
    this.#append('');
  }

  /** Notes the outcome that Jest reported for a test file. */
  note({ environmentId, path }: TestFileKey, passed: boolean): void {
    this.#add({ environmentId, path }, passed);
    this.#append(encodeLine({ type: 'verdict', environmentId, path, at: Date.now(), passed }));
  }

  /** Notes that the run has ended, so that only its commit is missing. */
  conclude(distrust: Distrust): void {
    this.#append(encodeLine({ type: 'concluded', at: Date.now(), distrust }));
  }

  /** How the run ended. Null if its process died before. */
  get distrust(): Distrust | null {
    return this.#distrust;
  }

  /** The number of test files with an outcome. */
  get count(): number {
    return this.#passed.size + this.#failed.size;
  }

  /** The ids of the environments in which a test file passed. */
  get passedIn(): ReadonlySet<number> {
    return this.#passedIn;
  }

  /** All test files that failed. */
  get failures(): Iterable<TestFileKey> {
    return this.#failed.values();
  }

  passed(testFile: TestFileKey): boolean {
    return this.#passed.has(keyOf(testFile));
  }

  failed(testFile: TestFileKey): boolean {
    return this.#failed.has(keyOf(testFile));
  }

  /**
   * Applies Jest's outcome to a record from a journal.
   * @returns Null if Jest reported no outcome because its process died. The test file may still have failed after the
   *   worker wrote the record.
   */
  judge(record: TestFileRecord): TestFileRecord | null {
    if (this.failed(record)) return { ...record, outcome: 'failed' };
    return this.#isJudge && !this.passed(record) ? null : record;
  }

  #add({ environmentId, path }: TestFileKey, passed: boolean): void {
    const key = keyOf({ environmentId, path });
    if (passed) {
      this.#passed.add(key);
      this.#passedIn.add(environmentId);
    } else this.#failed.set(key, { environmentId, path });
  }

  #append(text: string): void {
    if (this.#file === null) return;
    try {
      fs.appendFileSync(this.#file, text, { mode: 0o600 });
    } catch (error) {
      // If this controller dies, a test file without an outcome runs again.
      swallowed('run', error, `writing an outcome to ${this.#file}`);
    }
  }
}
