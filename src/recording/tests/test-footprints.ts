import { testKey, type TestIdentity } from '../../records/test-identity';
import type { TestOutcome } from '../../records/types';
import { Accumulator } from '../accumulator';
import type { RecordedTest } from '../journal-writer';
import type { ProbeReader } from '../probe-reader';

/** A test that is skipped as unaffected, with what its record says. */
export interface SkippedTest extends RecordedTest {
  /** It was the first to load modules, so what it saw counts for every test after it. */
  loadsModules: boolean;
}

/** Where a test began, to tell later which modules it loaded. */
interface ModulesAtStart {
  probedFiles: number;
  loadedFiles: number;
}

/**
 * Splits what happens in a test file between its tests. What no test alone can own, such as module loading and hooks
 * outside tests, belongs to the part that all tests share.
 *
 * A module that is loaded inside a test affects all tests after it: they find it in Jest's module registry. Example: if
 * the first test requires `./config`, which reads a file, the second test depends on that file as well.
 */
export class TestFootprints {
  readonly #shared: Accumulator;
  readonly #probes: ProbeReader;
  readonly #loadedFiles: readonly string[];
  /** What tests saw that loaded modules. */
  readonly #whileLoading = new Accumulator();
  readonly #tests = new Map<string, RecordedTest>();
  /** The tests under way; more than one if they are concurrent. */
  readonly #open = new Map<string, Accumulator>();
  /** Files that skipped tests executed in their record: they would have been loaded by now. */
  readonly #loadedBySkipped = new Set<string>();
  #current: Accumulator | null = null;
  #atStart: ModulesAtStart = { probedFiles: 0, loadedFiles: 0 };
  #hasConcurrent = false;
  #skipped = 0;
  #skippedDuration = 0;

  /**
   * @param shared The part that all tests share.
   * @param loadedFiles Stored paths of the project's modules that were loaded so far; the caller appends to it.
   */
  constructor(shared: Accumulator, probes: ProbeReader, loadedFiles: readonly string[]) {
    this.#shared = shared;
    this.#probes = probes;
    this.#loadedFiles = loadedFiles;
  }

  /** Who owns what is seen now: the test under way, or the shared part. */
  get current(): Accumulator {
    return this.#current ?? this.#shared;
  }

  /** How many tests were skipped as unaffected. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Milliseconds that the skipped tests took when they ran. */
  get skippedDuration(): number {
    return this.#skippedDuration;
  }

  /** A test begins, or begins again after a failed attempt. */
  start(test: TestIdentity, isConcurrent: boolean): void {
    if (isConcurrent) this.#hasConcurrent = true;
    const opened = new Accumulator();
    this.#open.set(testKey(test), opened);
    // Concurrent tests share all that they see, so it does not matter which of them it is noted for.
    if (this.#current !== null) return;
    this.#probes.drain(this.#shared);
    this.#atStart = {
      probedFiles: this.#probes.filesAtLastDrain,
      loadedFiles: this.#loadedFiles.length,
    };
    this.#current = opened;
  }

  /** @param duration Milliseconds. */
  end(test: TestIdentity, outcome: TestOutcome, duration: number): void {
    const key = testKey(test);
    const seen = this.#open.get(key);
    if (seen === undefined) return;
    this.#open.delete(key);
    if (seen === this.#current) {
      this.#probes.drain(seen);
      const [next = null] = this.#open.values();
      this.#current = next;
    }
    const loadedModules = this.#hasLoadedModules();
    seen.include(this.#whileLoading);
    if (loadedModules) this.#whileLoading.include(seen);
    const { name, ordinal } = test;
    // A test that is retried depends on all its attempts.
    const previousAttempt = this.#tests.get(key);
    if (previousAttempt !== undefined) seen.include(previousAttempt.seen);
    this.#tests.set(key, { name, ordinal, outcome, duration, seen });
  }

  /**
   * A test is skipped because a record shows it unaffected: it keeps what that record says.
   * @param shared What all tests of that record depend on.
   */
  skip({ loadsModules, ...test }: SkippedTest, shared: Accumulator): void {
    if (this.#skipped === 0) this.#shared.include(shared);
    this.#skipped += 1;
    this.#skippedDuration += test.duration;
    for (const metadata of test.seen.blocks.keys())
      this.#loadedBySkipped.add(this.#probes.nameOf(metadata));
    test.seen.include(this.#whileLoading);
    if (loadsModules) this.#whileLoading.include(test.seen);
    this.#tests.set(testKey(test), test);
  }

  /** The test file is over. What an unfinished test saw goes to the shared part. */
  close(): void {
    this.#probes.drain(this.current);
    for (const seen of this.#open.values()) this.#shared.include(seen);
    this.#open.clear();
    this.#current = null;
  }

  /** What was executed of a file, by whomever. */
  executed(metadata: string): Uint8Array[] {
    const seen = [this.#shared, ...Array.from(this.#tests.values(), (test) => test.seen)];
    return seen.flatMap(({ blocks }) => blocks.get(metadata) ?? []);
  }

  /**
   * A test that is added or removed is nothing to the other tests, but the test file has to run. So which tests there are
   * belongs to the last one that passed, and does not seem to belong to all tests after it. It goes to all if none passed.
   * @param listsOf By metadata, the blocks in which tests are told to Jest, with those that stand for which there are.
   */
  addTestLists(listsOf: (metadata: string) => readonly [block: number, list: number][]): void {
    const passed = [...this.#tests.values()].filter(({ outcome }) => outcome === 'passed');
    const last = passed.at(-1)?.seen ?? this.#shared;
    for (const { metadata, probes } of this.#probes.files) {
      const lists = listsOf(metadata);
      const executed = lists.length > 0 ? this.executed(metadata) : [];
      const ran = lists.filter(([block]) => executed.some((bytes) => bytes[block] === 1));
      const indexes = ran.map(([, list]) => list);
      last.addBlocks(metadata, probes.length, indexes);
    }
  }

  /** Removes a file of the project from what was seen. @param name Its stored path. */
  forget(name: string): void {
    for (const { seen } of this.#tests.values()) seen.forget(name);
    this.#shared.forget(name);
  }

  /** All tests. If some were concurrent, nobody can tell their footprints apart, so all becomes shared. */
  results(): RecordedTest[] {
    const tests = [...this.#tests.values()];
    if (!this.#hasConcurrent) return tests;
    for (const { seen } of tests) this.#shared.include(seen);
    return tests.map((test) => ({ ...test, seen: new Accumulator() }));
  }

  /** Whether modules were loaded since the test began that no test before it, run or skipped, can have loaded. */
  #hasLoadedModules(): boolean {
    const { probedFiles, loadedFiles } = this.#atStart;
    if (this.#probes.filesAtLastDrain === probedFiles && this.#loadedFiles.length === loadedFiles)
      return false;
    const isNew = (name: string): boolean => !this.#loadedBySkipped.has(name);
    return (
      this.#probes.filesAfter(probedFiles).some(isNew) ||
      this.#loadedFiles.slice(loadedFiles).some(isNew)
    );
  }
}
