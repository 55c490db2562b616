import type { Test, TestResult } from '@jest/test-result';
import { findIgnored } from '../dependencies/ignored';
import type { StoredRecord } from '../store';
import { describeFailure, type Failure } from './failure';
import type { JudgedTest } from './project';
import type { RunRequest } from './run-request';

/** A test file that selection would have left out, and that failed. */
export interface Escape {
  /** Relative to the root. */
  path: string;
  /** The record by which it would have been left out; null where the database does not tell any more. */
  record: { id: number; recordedAt: number; matchedAt: number } | null;
  failure: Failure;
}

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
  escapes: Escape[];
  /** What the option `ignore` names. */
  ignore: string[];
  /** Ignored files that changed after the oldest record of an escape was made. */
  changedIgnored: string[];
}

/**
 * Compares, while everything runs, what selection would have left out with what happens. A test file that was recorded
 * failing is affected anyway, so it never counts.
 */
export class Verification {
  readonly #expected = new Map<string, Omit<Escape, 'failure'>>();
  readonly #escapes: Escape[] = [];
  #request: RunRequest | null = null;
  #total = 0;
  #checked = 0;

  /**
   * Takes down what selection decided.
   * @param recordOf The record by which a test file was found unaffected.
   */
  expect(
    request: RunRequest,
    judged: readonly JudgedTest[],
    recordOf: (judged: JudgedTest) => StoredRecord | undefined,
  ): void {
    this.#request = request;
    this.#total = judged.length;
    for (const one of judged) {
      if (one.verdict.affected) continue;
      const record = recordOf(one);
      this.#expected.set(keyOf(one.test), {
        path: one.path,
        record: record === undefined ? null : pick(record),
      });
    }
  }

  /** Takes down how a test file ended. */
  note(test: Test, result: TestResult, passed: boolean): void {
    const expected = this.#expected.get(keyOf(test));
    if (expected === undefined) return;
    this.#checked += 1;
    if (!passed) this.#escapes.push({ ...expected, failure: describeFailure(result) });
  }

  /** What came of it so far. */
  comparison(): Comparison {
    const escapes = [...this.#escapes].sort((a, b) => (a.path < b.path ? -1 : 1));
    const { root = '', options } = this.#request ?? {};
    const ignore = options?.ignore ?? [];
    const since = Math.min(...escapes.map(({ record }) => record?.recordedAt ?? Infinity));
    const ignored = escapes.length === 0 ? [] : findIgnored(root, ignore);
    return {
      compared: this.#request !== null,
      total: this.#total,
      wouldSkip: this.#expected.size,
      checked: this.#checked,
      escapes,
      ignore,
      changedIgnored: ignored
        .filter(({ modifiedAt }) => modifiedAt > since)
        .map(({ path }) => path),
    };
  }
}

function pick({ id, recordedAt, matchedAt }: StoredRecord): Escape['record'] {
  return { id, recordedAt, matchedAt };
}

function keyOf({ context, path }: Test): string {
  return `${context.config.id}|${path}`;
}
