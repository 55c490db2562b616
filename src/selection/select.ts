import { likelihood } from './history';
import type { Mismatch } from './match';

/** Why a test file runs, or why it need not. */
export type Decision =
  | { affected: false; recordId: number }
  | { affected: true; reason: 'new' | 'failed' | 'always' }
  | { affected: true; reason: 'changed'; mismatch: Mismatch; recordId: number };

/** One recorded state of a test file. */
export interface CandidateRecord {
  id: number;
  complete: boolean;
  matches(): boolean;
  /** Null for a record that cannot be read. */
  mismatch(): Mismatch | null;
}

/** What is known of a test file. */
export interface CandidateTestFile {
  failed: boolean;
  always: boolean;
  /** Most recently matched first. */
  records: readonly CandidateRecord[];
}

/**
 * Decides on one test file: it is unaffected when one of its passing records still matches. One that last failed
 * stays selected whatever older records say.
 * @param known Undefined where the test file was never recorded.
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

/** What orders the test files that run. */
export interface Orderable {
  decision: Decision;
  /** Milliseconds; undefined where never recorded. */
  duration: number | undefined;
  path: string;
  /** When it failed lately, in milliseconds since the epoch. */
  failures: readonly number[];
}

/**
 * Failed last time first, then new ones and those that most of the change reaches, then what failed often and lately,
 * then the shortest: the sooner a failure shows, the better. What that does not tell apart stays in the order given.
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

/** Not by subtraction: what never failed is infinitely unlikely. */
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
