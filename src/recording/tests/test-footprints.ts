import { testKey, type TestIdentity } from '../../records/test-identity';
import type { TestOutcome } from '../../records/types';
import { Accumulator } from '../accumulator';
import type { RecordedTest } from '../journal-writer';
import type { ProbeReader } from '../probe-reader';

/** A test that is skipped as unaffected, with its data from the record. */
export interface SkippedTest extends RecordedTest {
  /** Whether it was the first test to load some modules. If so, its footprint counts for every later test. */
  loadsModules: boolean;
}

/** The state when a test began, to find out later which modules it loaded. */
interface ModulesAtStart {
  probedFiles: number;
  loadedFiles: number;
}

/**
 * Divides what happens in a test file among its tests. What belongs to no single test, such as module loading and
 * hooks outside tests, goes to the part that all tests share.
 *
 * A module that is loaded inside a test affects all tests after it: they find it in Jest's module registry. Example:
 * if the first test requires `./config`, which reads a file, the second test depends on that file as well.
 */
export class TestFootprints {
  readonly #shared: Accumulator;
  readonly #probes: ProbeReader;
  readonly #loadedFiles: readonly string[];
  /** The footprints of the tests that loaded modules. */
  readonly #whileLoading = new Accumulator();
  readonly #tests = new Map<string, RecordedTest>();
  /** The tests that are running. More than one if they are concurrent. */
  readonly #open = new Map<string, Accumulator>();
  /**
   * Files that skipped tests executed according to their record. Had those tests run, the files would be loaded by
   * now.
   */
  readonly #loadedBySkipped = new Set<string>();
  #current: Accumulator | null = null;
  #atStart: ModulesAtStart = { probedFiles: 0, loadedFiles: 0 };
  #hasConcurrent = false;
  #skipped = 0;
  #skippedDuration = 0;

  /**
   * @param shared The part that all tests share.
   * @param loadedFiles Stored paths of the project's modules that were loaded so far. The caller appends to it.
   */
  constructor(shared: Accumulator, probes: ProbeReader, loadedFiles: readonly string[]) {
    this.#shared = shared;
    this.#probes = probes;
    this.#loadedFiles = loadedFiles;
  }

  /** Where observations go now: the running test, or the shared part. */
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
    // Concurrent tests share everything they observe, so it does not matter which of them gets it.
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
   * A test is skipped because a record shows that it is unaffected. It keeps the footprint of that record.
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

  /** Ends the test file. What an unfinished test observed goes to the shared part. */
  close(): void {
    this.#probes.drain(this.current);
    for (const seen of this.#open.values()) this.#shared.include(seen);
    this.#open.clear();
    this.#current = null;
  }

  /** The blocks of a file that any test or the shared part executed. */
  executed(metadata: string): Uint8Array[] {
    const seen = [this.#shared, ...Array.from(this.#tests.values(), (test) => test.seen)];
    return seen.flatMap(({ blocks }) => blocks.get(metadata) ?? []);
  }

  /**
   * Adding or removing a test does not affect the other tests, but the test file must run. So the list of tests is
   * made a dependency of the last test that passed: there are no tests after it that would depend on it too. If none
   * passed, it goes to the shared part.
   * @param listsOf By metadata: the blocks that define tests, each with the block that stands for the list of these
   *   tests.
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

  /** Removes a file of the project from all footprints. @param name Its stored path. */
  forget(name: string): void {
    for (const { seen } of this.#tests.values()) seen.forget(name);
    this.#shared.forget(name);
  }

  /**
   * All tests. The footprints of concurrent tests cannot be told apart. If there are any, all footprints become
   * shared.
   */
  results(): RecordedTest[] {
    const tests = [...this.#tests.values()];
    if (!this.#hasConcurrent) return tests;
    for (const { seen } of tests) this.#shared.include(seen);
    return tests.map((test) => ({ ...test, seen: new Accumulator() }));
  }

  /** Whether modules were loaded since the test began that no earlier test, run or skipped, can have loaded. */
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
