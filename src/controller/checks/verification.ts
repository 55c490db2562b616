import type { Test, TestResult } from '@jest/test-result';
import { byFullName, identify, testKey } from '../../records/test-identity';
import type { StoredRecord, StoredTest } from '../../store';
import { changedIgnoredFiles, pickRecord, type Escape } from './escapes';
import { describeFailure } from './failure';
import type { JudgedTest } from '../projects/project';
import type { RunRequest } from '../run-request';

/** The result of comparing a selection with a run of everything. */
export interface Comparison {
  /** False if there were no usable records, so that nothing was compared. */
  compared: boolean;
  /** The number of test files with a decision. */
  total: number;
  /** How many of them would have been skipped. */
  wouldSkip: number;
  /** How many of those ran. */
  checked: number;
  /** With test granularity: the tests in other test files that would have been skipped, and how many of them ran. */
  tests: { wouldSkip: number; checked: number };
  /** Whether the run is recorded. */
  recorded: boolean;
  escapes: Escape[];
  /** The globs of the option `ignore`. */
  ignore: string[];
  /** Ignored files that changed after the oldest record of an escape was made. */
  changedIgnored: string[];
}

/** The parts of a run that a comparison needs. */
export interface Decided {
  /** Whether this run creates records. */
  readonly collects: boolean;
  /** Returns the record by which a test file, or tests in it, were found unaffected. */
  recordOf(judged: JudgedTest): StoredRecord | undefined;
  /** Returns the unaffected tests of an affected test file. */
  unaffectedTestsOf(judged: JudgedTest): StoredTest[];
  changesFor(judged: JudgedTest): string[];
}

interface Expected extends Omit<Escape, 'failure'> {
  /** Keys of the tests that would be skipped, if only tests would be. */
  tests: ReadonlySet<string>;
}

/**
 * Compares what selection would have skipped with the results of a run of everything. A test file that failed in its
 * last run is affected anyway, so it never counts.
 */
export class Verification {
  readonly #expected = new Map<string, Expected>();
  readonly #escapes: Escape[] = [];
  #request: RunRequest | null = null;
  #total = 0;
  #recorded = false;
  #checked = 0;
  #checkedTests = 0;

  /** Notes the decisions of selection. */
  expect(request: RunRequest, judged: readonly JudgedTest[], decided: Decided): void {
    this.#request = request;
    this.#total = judged.length;
    this.#recorded = decided.collects;
    for (const one of judged) {
      const level = one.decision.affected ? 'test' : 'file';
      if (level === 'test' && one.skips === null) continue;
      const record = decided.recordOf(one);
      this.#expected.set(keyOf(one.test), {
        path: one.path,
        level,
        record: record === undefined ? null : pickRecord(record),
        changed: level === 'file' ? [] : decided.changesFor(one),
        tests: new Set(decided.unaffectedTestsOf(one).map(testKey)),
      });
    }
  }

  /**
   * Notes the result of a test file.
   * @returns Whether a test failed that would have been skipped in an affected test file. Its tests then depend on
   *   each other or on something that is not watched.
   */
  note(test: Test, result: TestResult, passed: boolean): boolean {
    const expected = this.#expected.get(keyOf(test));
    if (expected === undefined) return false;
    const { tests, ...rest } = expected;
    if (expected.level === 'file') {
      this.#checked += 1;
      if (!passed) this.#escapes.push({ ...rest, failure: describeFailure(result) });
      return false;
    }
    const skipped = skippedOf(result.testResults, tests);
    const ran = skipped.filter(({ status }) => status === 'passed' || status === 'failed');
    this.#checkedTests += ran.length;
    if (!ran.some(({ status }) => status === 'failed')) return false;
    this.#escapes.push({ ...rest, failure: describeFailure({ ...result, testResults: ran }) });
    return true;
  }

  /** The result so far. */
  comparison(): Comparison {
    const escapes = [...this.#escapes].sort((a, b) => (a.path < b.path ? -1 : 1));
    const { root = '', options } = this.#request ?? {};
    const ignore = options?.ignore ?? [];
    const expected = [...this.#expected.values()];
    return {
      compared: this.#request !== null,
      total: this.#total,
      wouldSkip: expected.filter(({ level }) => level === 'file').length,
      checked: this.#checked,
      tests: {
        wouldSkip: expected.reduce((sum, { tests }) => sum + tests.size, 0),
        checked: this.#checkedTests,
      },
      recorded: this.#recorded,
      escapes,
      ignore,
      changedIgnored: changedIgnoredFiles(root, ignore, escapes),
    };
  }
}

/**
 * Returns the results of the tests that a worker would skip. Tests with the same full name are skipped together or
 * not at all.
 */
function skippedOf(
  results: TestResult['testResults'],
  skipped: ReadonlySet<string>,
): TestResult['testResults'] {
  return byFullName(identify(results, ({ ancestorTitles, title }) => [...ancestorTitles, title]))
    .filter((namesakes) => namesakes.every(([, identity]) => skipped.has(testKey(identity))))
    .flatMap((namesakes) => namesakes.map(([result]) => result));
}

function keyOf({ context, path }: Test): string {
  return `${context.config.id}|${path}`;
}
