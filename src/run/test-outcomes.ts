import * as fs from 'node:fs';
import { encodeLine, decodeJournal } from './journal';
import type { Distrust } from './journal-lines';
import type { TestFileKey, TestFileRecord } from '../records/types';
import { chunksOf } from './run-directory';
import { swallowed } from '../terminal/debug';

/** A test file of an environment, as a key. */
export function keyOf({ environmentId, path }: TestFileKey): string {
  return `${environmentId}:${path}`;
}

/**
 * What Jest has said of the test files of a run so far. It sees what no worker knows: a crash, a leak, an obsolete
 * snapshot. Kept beside the journals too, so that it outlives a controller that dies before its commit.
 */
export class TestOutcomes {
  readonly #passed = new Set<string>();
  readonly #passedIn = new Set<number>();
  readonly #failed = new Map<string, TestFileKey>();
  #file: string | null = null;
  #isJudge = false;
  #distrust: Distrust | null = null;

  /** The verdicts of a run whose controller died. */
  static of(file: string): TestOutcomes {
    const verdicts = new TestOutcomes();
    verdicts.decide();
    for (const line of decodeJournal(chunksOf(file))) {
      if (line.type === 'verdict') verdicts.#add(line, line.passed);
      if (line.type === 'concluded') verdicts.#distrust = line.distrust;
    }
    return verdicts;
  }

  /** From now on a pass is only what Jest called so: someone of ours hears what it says of every test file. */
  decide(): void {
    this.#isJudge = true;
  }

  /** From now on every test file that comes to its end gets a verdict, which is kept in a file, too. */
  keepIn(file: string): void {
    this.#file = file;
    this.#append('');
  }

  /** Jest has said how a test file came out. */
  note({ environmentId, path }: TestFileKey, passed: boolean): void {
    this.#add({ environmentId, path }, passed);
    this.#append(encodeLine({ type: 'verdict', environmentId, path, at: Date.now(), passed }));
  }

  /** The run came to its end, and only its commit is missing. */
  conclude(distrust: Distrust): void {
    this.#append(encodeLine({ type: 'concluded', at: Date.now(), distrust }));
  }

  /** How the run came to its end; null where its process ended before. */
  get distrust(): Distrust | null {
    return this.#distrust;
  }

  /** How many test files came to an end. */
  get count(): number {
    return this.#passed.size + this.#failed.size;
  }

  /** The environments in which a test file passed. */
  get passedIn(): ReadonlySet<number> {
    return this.#passedIn;
  }

  /** Every test file that failed. */
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
   * A journal's record as Jest saw its test file.
   * @returns Null where Jest said nothing of it, as its process ended before: what the worker took for a pass need not
   * have become one.
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
      // A test file without an outcome runs again if this controller dies.
      swallowed('run', error, `writing an outcome to ${this.#file}`);
    }
  }
}
