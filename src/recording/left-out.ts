import type { TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { toStored } from '../dependencies/files/paths';
import { unobserved } from '../interception/observer';
import type { StoredTest } from '../records/types';
import { loadEmptyTestResult, NOT_REACHED_TESTS, skippedResult } from '../run/skipped-result';
import { Store } from '../store';
import { swallowed } from '../terminal/debug';
import { joinRun } from './join-run';
import type { AnyEnvironment } from './tests/circus';

/** A test of a test file that need not run, as Jest's reporters receive it. */
export type LeftOutTest = Pick<StoredTest, 'name'>;

/**
 * The recorded tests of a test file that need not run although Jest started it. If the time of the run is up, one
 * test stands for all of them.
 * @returns Null for any other test file, and if the record cannot be read.
 */
export function leftOutTests(
  config: Pick<Config.ProjectConfig, 'id'>,
  testPath: string,
): LeftOutTest[] | null {
  const run = joinRun();
  const skipped = run?.file.projects[config.id]?.skipped;
  if (run === null || skipped === undefined) return null;
  const { deadline } = run.file;
  if (deadline !== null && Date.now() > deadline) return NOT_REACHED_TESTS;
  const name = toStored(run.file.root, testPath);
  const recordId = Object.hasOwn(skipped, name) ? skipped[name] : undefined;
  if (recordId === undefined) return null;
  try {
    return unobserved(() => readTests(run.file.dataFile, recordId));
  } catch (error) {
    swallowed('recording', error, `reading the record of ${name}; it is loaded, its tests skipped`);
    return null;
  }
}

function readTests(dataFile: string, recordId: number): LeftOutTest[] | null {
  const store = Store.open(dataFile, { readonly: true });
  try {
    return store.shared(recordId) === null ? null : store.tests(recordId);
  } finally {
    store.close();
  }
}

/** By environment: the decision for its test file, made when the environment was made. */
const decided = new WeakMap<AnyEnvironment, LeftOutTest[]>();

/** Keeps the decision for the test runner. */
export function decideLeftOut(environment: AnyEnvironment, tests: LeftOutTest[]): void {
  decided.set(environment, tests);
}

/** Like `leftOutTests`, for the test runner. The decision made with the environment stands. */
export function leftOutIn(
  environment: AnyEnvironment,
  config: Pick<Config.ProjectConfig, 'id'>,
  testPath: string,
): LeftOutTest[] | null {
  return decided.get(environment) ?? leftOutTests(config, testPath);
}

/** The result of a test file that is not loaded. Jest adds the path and the times. */
export function leftOutResult(tests: readonly LeftOutTest[]): TestResult {
  const names = tests.map(({ name }) => name);
  return skippedResult(
    names,
    unobserved(() => loadEmptyTestResult()()),
  );
}
