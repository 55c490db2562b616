import { toStored } from '../../dependencies/files/paths';
import type { RunProject } from '../../run/run-file';
import { byFullName, identify, testKey, type TestIdentity } from '../../records/test-identity';
import { testName, type CircusBlock, type CircusState, type CircusTest } from './circus';
import { readSkippedTests, type SkippedFootprints } from './skipped-tests';
import { unobserved } from '../../interception/observer';
import type { SkippedTest } from './test-footprints';
import { warnOnce } from '../join-run';
import type { WorkerRun } from '../worker-run';
import { messageOf } from '../../terminal/error-message';

/** Which tests of a test file are skipped because nothing they depend on changed. */
export interface TestPlan {
  /** Whether the whole test file is unaffected but was not dropped, because the project uses a sequencer of its own. */
  skipAll: boolean;
  /** Marks the tests to skip, before the first one runs. */
  apply(state: CircusState): void;
  /** What identifies a test among the tests of its file. */
  identify(test: CircusTest): TestIdentity;
  /** The recorded data of a test that is skipped as unaffected. Null for any other test. */
  skippedTest(test: CircusTest): SkippedTest | null;
  /** What all tests of the record depend on. Null if no test is skipped. */
  readonly shared: SkippedFootprints['shared'] | null;
}

/**
 * Plans one test file.
 * @param updatesSnapshots Whether Jest removes snapshots that no test asked for. If so, every test must run.
 */
export function planSkips(
  run: WorkerRun,
  project: RunProject,
  testPath: string,
  updatesSnapshots: boolean,
): TestPlan {
  const name = toStored(run.file.root, testPath);
  if (Object.hasOwn(project.skipped, name)) return new SkipAll();
  const skipped = project.skippedTests[name];
  if (skipped === undefined || updatesSnapshots) return new RunAll();
  return new SkipSome(() => {
    try {
      return unobserved(() => readSkippedTests(run.file.dataFile, skipped));
    } catch (error) {
      warnOnce(
        `the records of ${name} cannot be read (${messageOf(error)}), so all its tests run.`,
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

  skippedTest(_test: CircusTest): SkippedTest | null {
    return null;
  }

  get shared(): SkippedFootprints['shared'] | null {
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
  readonly #read: () => SkippedFootprints | null;
  readonly #skipped = new Map<CircusTest, SkippedTest>();
  #shared: SkippedFootprints['shared'] | null = null;

  constructor(read: () => SkippedFootprints | null) {
    super();
    this.#read = read;
  }

  override apply(state: CircusState): void {
    super.apply(state);
    // Focused tests were asked for explicitly, and Jest already skips the others.
    if (state.hasFocusedTests === true) return;
    const record = this.#read();
    if (record === null) return;
    for (const namesakes of byFullName(this.identities)) {
      const known = namesakes.map(([test, identity]) => skippedTestOf(record, identity, test));
      // Tests with the same full name number their snapshots together, so they are skipped together or not at all.
      if (known.includes(null)) continue;
      for (const [index, [test]] of namesakes.entries()) {
        const skipped = known[index];
        if (skipped == null) continue;
        test.mode = 'skip';
        this.#skipped.set(test, skipped);
      }
    }
    this.#shared = record.shared;
  }

  override skippedTest(test: CircusTest): SkippedTest | null {
    return this.#skipped.get(test) ?? null;
  }

  override get shared(): SkippedFootprints['shared'] | null {
    return this.#shared;
  }
}

/** Only a test that would run can be skipped. */
function skippedTestOf(
  record: SkippedFootprints,
  identity: TestIdentity,
  test: CircusTest,
): SkippedTest | null {
  return test.mode == null ? (record.tests.get(testKey(identity)) ?? null) : null;
}

/** Every test, in the order in which they are defined. */
function* testsOf(block: CircusBlock): Generator<CircusTest> {
  for (const child of block.children) {
    if (child.type === 'describeBlock') yield* testsOf(child);
    else yield child;
  }
}
