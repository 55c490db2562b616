import { toStored } from '../dependencies/files/paths';
import type { RunProject } from '../run/run-file';
import { byFullName, identify, testKey, type TestIdentity } from '../records/test-identity';
import { testName, type CircusBlock, type CircusState, type CircusTest } from './circus';
import { readKeptTests, type KeptTests } from './skipped-tests';
import { unobserved } from '../interception/observer';
import type { SkippedTest } from './recorder';
import { sayOnce, type WorkerRun } from './worker-run';

/** Which tests of a test file are skipped because nothing they depend on changed. */
export interface TestPlan {
  /** The whole test file is unaffected but was entered, as no sequencer of ours could drop it. */
  skipAll: boolean;
  /** Marks the tests to skip, before the first one runs. */
  apply(state: CircusState): void;
  /** What names a test among the others of its file. */
  identify(test: CircusTest): TestIdentity;
  /** What the records say of a test that is skipped as unaffected; null for any other. */
  kept(test: CircusTest): SkippedTest | null;
  /** What all tests of the record depend on that tests are kept from. */
  readonly shared: KeptTests['shared'] | null;
}

/**
 * Plans one test file.
 * @param updatesSnapshots Jest removes snapshots that no test asked for: then every test runs.
 */
export function planSkips(
  run: WorkerRun,
  project: RunProject,
  testPath: string,
  updatesSnapshots: boolean,
): TestPlan {
  const name = toStored(run.file.root, testPath);
  if (project.skipped.includes(name)) return new SkipAll();
  const skipped = project.skippedTests[name];
  if (skipped === undefined || updatesSnapshots) return new RunAll();
  return new SkipSome(() => {
    try {
      return unobserved(() => readKeptTests(run.file.dataFile, skipped));
    } catch (error) {
      sayOnce(
        `the records of ${name} cannot be read (${error instanceof Error ? error.message : String(error)}), so all its tests run.`,
      );
      return null;
    }
  });
}

class RunAll implements TestPlan {
  readonly skipAll: boolean = false;
  protected identities: ReadonlyMap<CircusTest, TestIdentity> = new Map();

  apply(state: CircusState): void {
    this.identities = identify(testsOf(state.rootDescribeBlock), testName);
  }

  identify(test: CircusTest): TestIdentity {
    return this.identities.get(test) ?? { name: testName(test), ordinal: 0 };
  }

  kept(_test: CircusTest): SkippedTest | null {
    return null;
  }

  get shared(): KeptTests['shared'] | null {
    return null;
  }
}

class SkipAll extends RunAll {
  override readonly skipAll = true;

  override apply(state: CircusState): void {
    super.apply(state);
    for (const test of testsOf(state.rootDescribeBlock))
      if (test.mode !== 'todo') test.mode = 'skip';
  }
}

class SkipSome extends RunAll {
  readonly #read: () => KeptTests | null;
  readonly #kept = new Map<CircusTest, SkippedTest>();
  #shared: KeptTests['shared'] | null = null;

  constructor(read: () => KeptTests | null) {
    super();
    this.#read = read;
  }

  override apply(state: CircusState): void {
    super.apply(state);
    // Focused tests have been asked for, and Jest skips the others already.
    if (state.hasFocusedTests === true) return;
    const record = this.#read();
    if (record === null) return;
    for (const namesakes of byFullName(this.identities)) {
      const kept = namesakes.map(([test, identity]) => keptFrom(record, identity, test));
      if (kept.includes(null)) continue;
      namesakes.forEach(([test], index) => {
        const known = kept[index];
        if (known == null) return;
        test.mode = 'skip';
        this.#kept.set(test, known);
      });
    }
    this.#shared = record.shared;
  }

  override kept(test: CircusTest): SkippedTest | null {
    return this.#kept.get(test) ?? null;
  }

  override get shared(): KeptTests['shared'] | null {
    return this.#shared;
  }
}

/** Only a test that would run is one to skip. */
function keptFrom(record: KeptTests, identity: TestIdentity, test: CircusTest): SkippedTest | null {
  return test.mode == null ? (record.tests.get(testKey(identity)) ?? null) : null;
}

/** Every test, in the order in which they are defined. */
function* testsOf(block: CircusBlock): Generator<CircusTest> {
  for (const child of block.children) {
    if (child.type === 'describeBlock') yield* testsOf(child);
    else yield child;
  }
}
