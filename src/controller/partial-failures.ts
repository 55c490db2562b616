import type { Decision } from '../selection/select';
import type { CommitBatch, Store } from '../store';
import type {
  Dependency,
  DependencyKind,
  FlakySighting,
  TestFileKey,
  TestFileRecord,
} from '../records/types';
import { testKey } from '../records/test-identity';
import type { Project } from './projects/project';
import { keyOf } from '../run/test-outcomes';
import type { ProjectFacts, WorkingTree } from '../workspace/working-tree';
import { swallowed } from '../terminal/debug';

/** The key of the note in the database that stores all of them. */
const NOTE_KEY = 'granularity:failed';

/**
 * The number of test files that are kept for each kind of failure: as a whole, or with some tests skipped. If more
 * fail at once it is not by chance, so the rest is ignored. Entries of earlier runs are replaced, the oldest first:
 * their test files may be deleted or never pass again.
 */
const MAX_STATES = 20;

/**
 * The number of failed tests of a test file that are stored. If there are more, it is unknown whether any other test
 * passed.
 */
const MAX_FAILED_TESTS = 100;

/** What a test file depended on when it failed. */
interface FailedState {
  /** Set if it failed as a whole, otherwise some of its tests were skipped. */
  isWhole?: true;
  /** The tests that failed. See `testKey`. */
  failedTests?: string[];
  /** Content hashes of its files by stored path. Null for a missing file. */
  files: Record<string, string | null>;
  dependencies: [DependencyKind, string, string][];
}

/**
 * Finds order-dependent and flaky test files from runs that failed.
 *
 * Example: a test file fails while some of its tests are skipped. Later it passes as a whole, although no dependency
 * has changed. So skipping made the difference: its tests depend on each other. From then on it runs as a whole,
 * until its code outside of the tests changes. If a test file fails as a whole and then some of its tests have another
 * outcome although no dependency has changed, these are flaky.
 */
export class PartialFailures {
  readonly #tree: WorkingTree;
  readonly #states: Map<string, FailedState>;
  readonly #lookAgain: () => WorkingTree;
  /** Those of which no dependency had changed when this run began, with the facts of their project. */
  readonly #unchanged = new Map<string, ProjectFacts>();
  /** Those that failed in this run. */
  readonly #addedNow = new Set<string>();
  readonly #flaky: FlakySighting[] = [];
  readonly #orderDependent: NonNullable<CommitBatch['orderDependent']> = [];
  #learnt = false;

  /**
   * @param tree The working tree when the run began.
   * @param lookAgain Returns the working tree as it is now.
   */
  constructor(store: Store, tree: WorkingTree, lookAgain: () => WorkingTree) {
    this.#states = read(store.note(NOTE_KEY));
    this.#tree = tree;
    this.#lookAgain = lookAgain;
  }

  /** Finds out, before the tests run, which of the failed test files are unchanged. */
  look(project: Project, decisions: Iterable<[path: string, decision: Decision]>): void {
    const { environmentId, facts } = project;
    for (const [path, decision] of decisions) {
      if (!decision.affected || decision.reason !== 'failed') continue;
      const key = keyOf({ environmentId, path });
      const state = this.#states.get(key);
      if (state !== undefined && stands(state, this.#tree, facts)) this.#unchanged.set(key, facts);
    }
  }

  /**
   * Evaluates one record of this run.
   * @param isPartlySkipped Whether some of its tests were skipped.
   * @param rearranged Whether an order-dependent test file has changed outside of its tests.
   */
  learn(
    record: TestFileRecord,
    isPartlySkipped: boolean,
    rearranged: (testFile: TestFileKey) => boolean,
  ): void {
    const { environmentId, path, outcome, complete } = record;
    const key = keyOf(record);
    if (isPartlySkipped) {
      if (outcome === 'failed') this.#add(key, record);
    } else if (complete) {
      const state = this.#states.get(key);
      const facts = this.#unchanged.get(key);
      if (facts !== undefined && state?.isWhole === true) this.#compare(record, state, facts);
      else if (facts !== undefined && outcome === 'passed')
        this.#orderDependent.push({ environmentId, path, value: true });
      else if (outcome === 'passed' && rearranged(record))
        this.#orderDependent.push({ environmentId, path, value: false });
      if (this.#states.delete(key)) this.#learnt = true;
      if (outcome === 'failed') this.#add(key, record, { isWhole: true });
    }
  }

  /** The parts of the batch to commit that come from this evaluation. */
  get learnt(): Required<Pick<CommitBatch, 'orderDependent' | 'flaky' | 'notes'>> {
    const value = JSON.stringify(Object.fromEntries(this.#states));
    return {
      orderDependent: this.#orderDependent,
      flaky: this.#flaky,
      notes: this.#learnt ? [{ key: NOTE_KEY, value }] : [],
    };
  }

  /**
   * Finds the tests that had another outcome in the stored state. A run can itself change what its tests depend on,
   * such as snapshots. So the dependencies are compared again now.
   */
  #compare(record: TestFileRecord, state: FailedState, facts: ProjectFacts): void {
    const { environmentId, path, outcome, tests } = record;
    const { failedTests = [] } = state;
    const failedBefore = new Set(failedTests);
    const sightings = tests.flatMap((test): FlakySighting[] => {
      const failed = failedBefore.has(testKey(test));
      if (failed && test.outcome === 'passed')
        return [{ environmentId, path, test: test.name, outcome: 'passed' }];
      // If no failed test is stored, the test file did not get as far as its tests.
      const isNew = !failed && failedTests.length > 0 && failedTests.length < MAX_FAILED_TESTS;
      return isNew && test.outcome === 'failed'
        ? [{ environmentId, path, test: test.name, outcome: 'failed' }]
        : [];
    });
    if (sightings.length === 0 && outcome === 'passed')
      sightings.push({ environmentId, path, test: null, outcome });
    if (sightings.length > 0 && stands(state, this.#lookAgain(), facts))
      this.#flaky.push(...sightings);
  }

  #add(key: string, record: TestFileRecord, kind: Pick<FailedState, 'isWhole'> = {}): void {
    const isSameKind = (state: FailedState): boolean => state.isWhole === kind.isWhole;
    this.#states.delete(key);
    const rivals = [...this.#states].filter(([, state]) => isSameKind(state));
    if (rivals.length >= MAX_STATES) {
      const oldest = rivals.find(([known]) => !this.#addedNow.has(known));
      if (oldest === undefined) return;
      this.#states.delete(oldest[0]);
    }
    this.#addedNow.add(key);
    const files: FailedState['files'] = {};
    const dependencies = new Map<string, Dependency>();
    for (const footprint of [record.shared, ...record.tests]) {
      for (const { version } of footprint.blocks)
        files[version.path] ??= this.#tree.contentHash(version.path);
      for (const dependency of footprint.dependencies)
        dependencies.set(JSON.stringify(dependency), dependency);
    }
    const failed = record.tests.filter(({ outcome }) => outcome === 'failed');
    const failedTests = failed.slice(0, MAX_FAILED_TESTS).map(testKey);
    this.#states.set(key, {
      ...kind,
      ...(kind.isWhole === true && failedTests.length > 0 && { failedTests }),
      files,
      dependencies: Array.from(dependencies.values(), ({ kind, name, value }) => [
        kind,
        name,
        value,
      ]),
    });
    this.#learnt = true;
  }
}

function stands(
  { files, dependencies }: FailedState,
  tree: WorkingTree,
  facts: ProjectFacts,
): boolean {
  return (
    Object.entries(files).every(([name, hash]) => tree.contentHash(name) === hash) &&
    dependencies.every(([kind, name, value]) => tree.holds({ kind, name, value }, facts))
  );
}

/** Identifies a test in a state. Tests with the same name differ by their ordinal. */

function read(note: string | undefined): Map<string, FailedState> {
  try {
    const states = JSON.parse(note ?? '{}') as Record<string, FailedState>;
    return new Map(
      Object.entries(states).filter(
        ([, { files, dependencies }]) => typeof files === 'object' && Array.isArray(dependencies),
      ),
    );
  } catch (error) {
    swallowed(
      'controller',
      error,
      'reading the note of failed test files; nothing is known of them',
    );
    return new Map();
  }
}
