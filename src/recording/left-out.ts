import type { TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { toStored } from '../dependencies/files/paths';
import { unobserved } from '../interception/observer';
import type { StoredTest } from '../records/types';
import { fromJest } from '../run/user-jest';
import { Store } from '../store';
import { swallowed } from '../terminal/debug';
import { joinRun } from './join-run';
import type { AnyEnvironment } from './tests/circus';

/** A test of a test file that need not run, as Jest's reporters are told of it. */
export type LeftOutTest = Pick<StoredTest, 'name'>;

/**
 * The recorded tests of a test file that need not run, although Jest started it.
 * @returns Null for any other test file, and where the record cannot be read.
 */
export function leftOutTests(
  config: Pick<Config.ProjectConfig, 'id'>,
  testPath: string,
): LeftOutTest[] | null {
  const run = joinRun();
  const skipped = run?.file.projects[config.id]?.skipped;
  if (run === null || skipped === undefined) return null;
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

/** Stands for the tests where the test runner tells of none: Jest fails a test file without tests. */
const WHOLE_FILE: LeftOutTest = { name: ['(not affected)'] };

/** What was decided on a test file as its environment was made. */
const decided = new WeakMap<AnyEnvironment, LeftOutTest[]>();

/** Keeps the decision on the test file of an environment for the test runner. */
export function decideLeftOut(environment: AnyEnvironment, tests: LeftOutTest[]): void {
  decided.set(environment, tests);
}

/** As `leftOutTests`, for the test runner: what was decided as the environment was made stands. */
export function leftOutIn(
  environment: AnyEnvironment,
  config: Pick<Config.ProjectConfig, 'id'>,
  testPath: string,
): LeftOutTest[] | null {
  return decided.get(environment) ?? leftOutTests(config, testPath);
}

/** What Jest is told of a test file that is not loaded. Jest itself adds its path and times. */
export function leftOutResult(tests: readonly LeftOutTest[]): TestResult {
  const { createEmptyTestResult } = unobserved(
    () => fromJest('@jest/test-result')('@jest/test-result') as typeof import('@jest/test-result'),
  );
  const result = createEmptyTestResult();
  const named = tests.length > 0 ? tests : [WHOLE_FILE];
  result.testResults = named.map(({ name }) => ({
    ancestorTitles: name.slice(0, -1),
    failureDetails: [],
    failureMessages: [],
    fullName: name.join(' '),
    numPassingAsserts: 0,
    status: 'pending',
    title: name.at(-1) ?? '',
  }));
  // Tests that are yet to be written count as skipped too: with one of another kind, Jest takes the file for one that ran.
  result.numPendingTests = named.length;
  return result;
}
