import type { Test, TestResult } from '@jest/test-result';
import { byFullName, identify, testKey } from '../../records/test-identity';
import type { StoredRecord, StoredTest } from '../../store';
import { changedIgnoredFiles, pickRecord, type Escape } from './escapes';
import { describeFailure } from './failure';
import type { JudgedTest } from '../projects/project';
import type { RunRequest } from '../run-request';

/** What came of comparing a selection with a run of everything. */
export interface Comparison {
  /** False where nothing could be selected by, so that nothing was compared. */
  compared: boolean;
  /** Test files that were decided on. */
  total: number;
  /** Those of them that would have been left out. */
  wouldSkip: number;
  /** Those of them that ran. */
  checked: number;
  /** With test granularity: the tests of the other test files that would have been left out, and those that ran. */
  tests: { wouldSkip: number; checked: number };
  /** Whether the run is recorded. */
  recorded: boolean;
  escapes: Escape[];
  /** What the option `ignore` names. */
  ignore: string[];
  /** Ignored files that changed after the oldest record of an escape was made. */
  changedIgnored: string[];
}

/** What is asked of the run while it is compared. */
export interface Decided {
  /** Whether this run leaves records. */
  readonly collects: boolean;
  /** The record by which a test file was found unaffected, or tests in it. */
  recordOf(judged: JudgedTest): StoredRecord | undefined;
  /** The tests of an affected test file that were found unaffected. */
  unaffectedTestsOf(judged: JudgedTest): StoredTest[];
  changesFor(judged: JudgedTest): string[];
}

interface Expected extends Omit<Escape, 'failure'> {
  /** Keys of the tests that would be left out, where only tests would. */
  tests: ReadonlySet<string>;
}

/**
 * Compares, while everything runs, what selection would have left out with what happens. A test file that was recorded
 * failing is affected anyway, so it never counts.
 */
export class Verification {
  readonly #expected = new Map<string, Expected>();
  readonly #escapes: Escape[] = [];
  #request: RunRequest | null = null;
  #total = 0;
  #recorded = false;
  #checked = 0;
  #checkedTests = 0;

  /** Takes down what selection decided. */
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
   * Takes down how a test file ended.
   * @returns Whether a test failed that would have been skipped in an affected test file: its tests depend on each
   * other, or on something that is not watched.
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

  /** What came of it so far. */
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

/** The results of the tests that a worker would skip: those of one full name together, or none of them. */
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
