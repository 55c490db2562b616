import type { Test, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import type { FileCoverage } from '../../coverage/file-coverage';
import { loadEmptyTestResult, skippedResult } from '../../run/skipped-result';
import { swallowed } from '../../terminal/debug';
import type { JudgedTest } from '../projects/project';
import { isCoveredBy, withUntested } from './untested-files';

/** The coverage that is added to the result of a test file that does not run: what its tests would have covered. */
export type Carried = Pick<TestResult, 'coverage' | 'v8Coverage'>;

/** What Jest tells its runners, and what they need to know of coverage. */
export interface AskedCoverage {
  globalConfig: Config.GlobalConfig;
  /** Source: jest-runner, `TestRunnerContext`. */
  context: { changedFiles?: Set<string>; sourcesRelatedToTestsInChangedFiles?: Set<string> };
}

/** Finds the coverage of unaffected test files in a run with coverage. */
export interface CarriesCoverage {
  /**
   * Called once, before the first test file is answered. What it finds goes to Jest's reporters, which include
   * `CoverageReporter`, with the results of these test files.
   * @returns The test files that can be answered. The others have to run.
   */
  carry(judged: readonly JudgedTest[], asked: AskedCoverage): Promise<ReadonlyMap<Test, Carried>>;

  /**
   * Called after all but one test file ended.
   * @param isCovered Whether a test file loaded a file.
   * @returns By absolute path: the coverage data of files that none loaded.
   */
  untested(
    tests: readonly Test[],
    asked: AskedCoverage,
    isCovered: (file: string) => boolean,
  ): Promise<Record<string, FileCoverage>>;
}

/** Reads the names of the tests of a record. */
type ReadTestNames = (recordId: number) => string[][];

/**
 * The unaffected test files of a run that are reported to Jest's reporters. Jest gets them to run like any other, and
 * our runner answers for each one with a result in which all tests are skipped.
 */
export class Answers {
  readonly #judged: Map<Test, JudgedTest>;
  readonly #readTestNames: ReadTestNames;
  readonly #coverage: CarriesCoverage | null;
  #carried: ReadonlyMap<Test, Carried> = new Map();
  #makeResult: (() => TestResult) | null = null;
  readonly #given = new WeakSet<TestResult>();

  constructor(
    judged: readonly JudgedTest[],
    readTestNames: ReadTestNames,
    coverage: CarriesCoverage | null,
  ) {
    this.#judged = new Map(judged.map((one) => [one.test, one]));
    this.#readTestNames = readTestNames;
    this.#coverage = coverage;
  }

  /**
   * Finds the coverage of the answered test files, in a run with coverage. Those of which it is not known are no longer
   * answered.
   */
  async carryCoverage(asked: AskedCoverage): Promise<void> {
    if (this.#coverage === null) return;
    this.#carried = await this.#coverage.carry([...this.#judged.values()], asked);
    for (const test of this.tests) if (!this.#carried.has(test)) this.#judged.delete(test);
  }

  /** Whether coverage is carried: one answer is then to come last, as it brings what no test file loaded. */
  get carriesCoverage(): boolean {
    return this.#carried.size > 0;
  }

  /**
   * Adds the coverage of files that no test file loaded to one answer.
   * @param tests All test files of the run.
   * @param covered Absolute paths of the files that those covered which ran.
   */
  async addUntested(
    bringer: Test,
    tests: readonly Test[],
    asked: AskedCoverage,
    covered: ReadonlySet<string>,
  ): Promise<void> {
    if (this.#coverage === null) return;
    const isCarried = isCoveredBy(this.#carried);
    const isCovered = (file: string) => covered.has(file) || isCarried(file);
    try {
      const untested = await this.#coverage.untested(tests, asked, isCovered);
      const own = withUntested(this.#carried.get(bringer), untested);
      this.#carried = new Map(this.#carried).set(bringer, own);
    } catch (error) {
      swallowed('controller', error, 'finding what no test file loads; Jest does it');
    }
  }

  get tests(): Test[] {
    return [...this.#judged.keys()];
  }

  /** Whether a test file is answered instead of run. */
  has(test: Test): boolean {
    return this.#judged.has(test);
  }

  /** Whether a result is an answer, so that nothing ran for it. */
  gave(result: TestResult): boolean {
    return this.#given.has(result);
  }

  /** Returns the result of a test file, as Jest would create it if all tests were skipped. */
  resultOf(test: Test): TestResult {
    const judged = this.#judged.get(test);
    const result = skippedResult(
      judged === undefined ? [] : this.#names(judged),
      (this.#makeResult ??= loadEmptyTestResult())(),
    );
    const now = Date.now();
    Object.assign(result.perfStats, { start: now, end: now });
    result.testFilePath = test.path;
    result.displayName = test.context.config.displayName;
    // Jest's own reporters print nothing about such a test file, and its sequencer keeps the previous duration.
    result.skipped = true;
    Object.assign(result, this.#carried.get(test));
    this.#given.add(result);
    return result;
  }

  #names({ decision, path }: JudgedTest): string[][] {
    if (decision.affected) return [];
    try {
      return this.#readTestNames(decision.recordId);
    } catch (error) {
      swallowed('controller', error, `reading the tests of ${path}; one stands for all of them`);
      return [];
    }
  }
}
