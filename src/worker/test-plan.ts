import type { RunProject } from '../run/run-file';
import { toStored } from '../dependencies/paths';
import type { CircusBlock, CircusState, CircusTest } from './circus';
import type { RecordedTest } from './journal-writer';
import type { WorkerRun } from './worker-run';

/** Which tests of a test file are skipped because nothing they depend on changed. */
export interface TestPlan {
  /** The whole test file is unaffected but was entered, as no sequencer of ours could drop it. */
  skipAll: boolean;
  /** Marks the tests to skip, before the first one runs. */
  apply(state: CircusState): void;
  skips(test: CircusTest): boolean;
  /** What to record for a test that was skipped as unaffected; null for any other. */
  kept(test: CircusTest, run: WorkerRun): RecordedTest | null;
}

const RUN_ALL: TestPlan = {
  skipAll: false,
  apply: () => undefined,
  skips: () => false,
  kept: () => null,
};

/** Plans one test file. */
export function planSkips(run: WorkerRun, project: RunProject, testPath: string): TestPlan {
  const name = toStored(run.file.root, testPath);
  return project.skipped.includes(name) ? skipAll() : RUN_ALL;
}

function skipAll(): TestPlan {
  return {
    skipAll: true,
    apply: (state) => markSkipped(state.rootDescribeBlock),
    skips: () => true,
    kept: () => null,
  };
}

function markSkipped(block: CircusBlock): void {
  for (const child of block.children) {
    if (child.type === 'describeBlock') markSkipped(child);
    else if (child.mode !== 'todo') child.mode = 'skip';
  }
}
