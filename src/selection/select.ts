import { likelihood } from './history';
import type { Mismatch } from './match';

/** Whether a test file runs, and why. */
export type Decision =
  | { affected: false; recordId: number }
  | { affected: true; reason: 'new' | 'failed' | 'always' }
  | { affected: true; reason: 'changed'; mismatch: Mismatch; recordId: number };

/** One record of a test file. */
export interface CandidateRecord {
  id: number;
  complete: boolean;
  matches(): boolean;
  /** Null if the record cannot be read. */
  mismatch(): Mismatch | null;
}

/** What is recorded about a test file. */
export interface CandidateTestFile {
  failed: boolean;
  always: boolean;
  /** The most recently matched record first. */
  records: readonly CandidateRecord[];
}

/**
 * Decides on one test file. It is unaffected if one of its complete passing records matches. If its last run failed,
 * it is selected whatever its records say.
 * @param known Undefined if the test file was never recorded.
 */
export function judge(known: CandidateTestFile | undefined): Decision {
  if (known === undefined) return { affected: true, reason: 'new' };
  if (known.failed) return { affected: true, reason: 'failed' };
  if (known.always) return { affected: true, reason: 'always' };
  const complete = known.records.filter((record) => record.complete);
  const matching = complete.find((record) => record.matches());
  if (matching !== undefined) return { affected: false, recordId: matching.id };
  for (const record of complete) {
    const missed = record.mismatch();
    if (missed !== null)
      return { affected: true, reason: 'changed', mismatch: missed, recordId: record.id };
  }
  return { affected: true, reason: 'new' };
}

/** What the order of the selected test files depends on. */
export interface Orderable {
  decision: Decision;
  /** Milliseconds. Undefined if it was never recorded. */
  duration: number | undefined;
  path: string;
  /** When it failed recently, in milliseconds since the epoch. */
  failures: readonly number[];
}

/**
 * Orders test files so that failures show early: first those that failed last time, then new ones and those with most
 * changed files and dependencies, then those that failed often and recently, then the shortest. The sort is stable.
 * @returns A new array.
 */
export function order<T extends Orderable>(items: readonly T[]): T[] {
  const likely = new Map(items.map((item) => [item, likelihood(item.failures)]));
  return [...items].sort(
    (a, b) =>
      rank(a.decision) - rank(b.decision) ||
      reach(b.decision) - reach(a.decision) ||
      descending(likely.get(a), likely.get(b)) ||
      (a.duration ?? 0) - (b.duration ?? 0),
  );
}

/** Compares without subtraction, because -Infinity minus -Infinity is NaN. */
function descending(a = -Infinity, b = -Infinity): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

function rank(decision: Decision): number {
  if (!decision.affected) return 3;
  if (decision.reason === 'failed') return 0;
  return decision.reason === 'always' ? 2 : 1;
}

function reach(decision: Decision): number {
  if (!decision.affected || decision.reason !== 'changed') return 0;
  return decision.mismatch.versions.length + decision.mismatch.dependencies.length;
}
