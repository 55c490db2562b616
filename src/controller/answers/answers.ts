import type { Test, TestResult } from '@jest/test-result';
import type { StoredTest } from '../../records/types';
import { emptyTestResult, skippedResult } from '../../run/skipped-result';
import { swallowed } from '../../terminal/debug';
import type { JudgedTest } from '../projects/project';

/** What a run with coverage adds to the result of a test file that does not run: what its tests would have covered. */
export type Carried = Pick<TestResult, 'coverage' | 'v8Coverage'>;

/**
 * The hook for coverage: called once for each test file that is answered, in Jest's main process, just before its
 * result goes to Jest's reporters, `CoverageReporter` among them. It is set as `Controller.carriedCoverage`.
 */
export type CarriedCoverage = (judged: JudgedTest) => Carried;

/** Reads the tests of a record. */
type ReadTests = (recordId: number) => readonly Pick<StoredTest, 'name'>[];

/**
 * The unaffected test files of a run that Jest's reporters are told of. Jest gets them to run like any other, and our
 * runner answers for each with a result of its own: all tests skipped.
 */
export class Answers {
  readonly #judged: ReadonlyMap<Test, JudgedTest>;
  readonly #readTests: ReadTests;
  readonly #carriedCoverage: CarriedCoverage | null;
  readonly #given = new WeakSet<TestResult>();

  constructor(
    judged: readonly JudgedTest[],
    readTests: ReadTests,
    carriedCoverage: CarriedCoverage | null,
  ) {
    this.#judged = new Map(judged.map((one) => [one.test, one]));
    this.#readTests = readTests;
    this.#carriedCoverage = carriedCoverage;
  }

  get tests(): Test[] {
    return [...this.#judged.keys()];
  }

  /** Whether a test file is answered, and not run. */
  has(test: Test): boolean {
    return this.#judged.has(test);
  }

  /** Whether Jest's reporters got a result from here: nothing ran for it. */
  gave(result: TestResult): boolean {
    return this.#given.has(result);
  }

  /** The result of a test file, as Jest would have it with all of the tests skipped. */
  resultOf(test: Test): TestResult {
    const judged = this.#judged.get(test);
    const result = skippedResult(
      judged === undefined ? [] : this.#names(judged),
      emptyTestResult(),
    );
    const now = Date.now();
    Object.assign(result.perfStats, { start: now, end: now });
    result.testFilePath = test.path;
    result.displayName = test.context.config.displayName;
    // Jest's own reporters print nothing of such a test file, and its sequencer keeps the time that it took before.
    result.skipped = true;
    if (judged !== undefined) Object.assign(result, this.#carriedCoverage?.(judged));
    this.#given.add(result);
    return result;
  }

  #names({ decision, path }: JudgedTest): string[][] {
    if (decision.affected) return [];
    try {
      return this.#readTests(decision.recordId).map(({ name }) => name);
    } catch (error) {
      swallowed('controller', error, `reading the tests of ${path}; one stands for all of them`);
      return [];
    }
  }
}
