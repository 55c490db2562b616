import { swallowed } from '../../terminal/debug';
import type { CarriedTestFiles } from '../answers/carried-coverage';
import type { FlakyOutcomes } from '../checks/flaky-tests';
import type { SpotCheckOutcome } from '../checks/spot-checks';
import type { JudgedTest } from '../projects/project';
import { summarise, type RunCounts } from '../run-counts';
import type { FinishedRun } from '../steps/commit';

/** The note of the database that holds the report on the last run, as JSON. */
export const RUN_REPORT_NOTE = 'run report';

/** Why a test file ran. */
export type RunReason = 'changed' | 'failed' | 'new' | 'always' | 'spot check' | 'everything runs';

/** A test file that ran. */
export interface RanTestFile {
  /** Relative to the root. */
  path: string;
  /** The display name of its project; null where it has none. */
  project: string | null;
  reason: RunReason;
  /** What changed for it, as a person calls it. */
  changes: string[];
}

/** What a run did, for people: what ran and why, what was left out, and what came of it. */
export interface RunReport {
  version: 1;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** In milliseconds. */
  duration: number;
  /** Such as `2/4`; null for a run without shards. All numbers are of this shard. */
  shard: string | null;
  /** In a report on several shards: those of which there is none. */
  absentShards?: string[];
  /** Whether anything could be left out. */
  selects: boolean;
  /** How many test files Jest found. */
  testFiles: number;
  ran: number;
  leftOut: number;
  /** Tests that were skipped inside of the test files that ran. */
  skippedTests: number;
  /** Affected test files that were not reached in the run's time. */
  unreached: number;
  /** Recorded milliseconds of what was left out. */
  saved: number;
  /** What changed, as a person calls it. */
  changes: string[];
  /** The first of the test files that ran, with the reason. */
  selected: RanTestFile[];
  /** Paths of the first of the test files that failed. */
  failed: string[];
  /** How many failed. */
  failures: number;
  spotChecks: SpotCheckOutcome | null;
  /** Unaffected test files that failed as spot checks. */
  escapes: { path: string; message: string }[];
  /** Flaky tests that failed or were found. */
  flaky: FlakyOutcomes;
  /** Test files whose coverage is in the report although they did not run; null where there is none. */
  carried: CarriedTestFiles | null;
}

/** Notes of earlier versions do not have these. */
const ADDED = { unreached: 0, flaky: { known: [], found: [] }, carried: null };

/** How many names of a list are kept. */
export const MAX_KEPT = 200;

/**
 * Reports on a run that is over, while its database is open.
 * @returns Null where it has no place among the runs, or a fault of ours keeps us from it: its records matter more.
 */
export function reportOn(run: FinishedRun): RunReport | null {
  if (run.counts === null) return null;
  try {
    return makeReport(run, run.counts);
  } catch (error) {
    swallowed('controller', error, 'reporting on the run; there is no report on it');
    return null;
  }
}

function makeReport(run: FinishedRun, countsOfAll: RunCounts): RunReport {
  const { context, shard, spotChecks, startedAt, unreached, carried } = run;
  const { request, outcomes, projects } = context;
  const own = run.selection.judged.filter(({ test }) => shard?.isMine(test) !== false);
  const counts = shard === null ? countsOfAll : summarise(own, projects.all);
  const checked = new Set(spotChecks?.judged);
  const selects = request.select;
  const ran = selects
    ? own.filter((judged) => judged.decision.affected || checked.has(judged))
    : own;
  const outcome = spotChecks?.outcome ?? null;
  const failed = Array.from(outcomes.failures, ({ path }) => path).sort();
  return {
    version: 1,
    startedAt,
    duration: Date.now() - startedAt,
    shard: shard?.name ?? null,
    selects,
    testFiles: counts.total,
    ran: Math.max(
      0,
      (selects ? counts.selected + (outcome?.chosen ?? 0) : counts.total) - unreached,
    ),
    unreached,
    leftOut: selects ? counts.total - counts.selected - (outcome?.chosen ?? 0) : 0,
    skippedTests: selects ? counts.skippedTests : 0,
    saved: selects ? Math.max(0, counts.saved - (outcome?.duration ?? 0)) : 0,
    changes: counts.changed.slice(0, MAX_KEPT),
    selected: ran.slice(0, MAX_KEPT).map((judged) => ({
      path: judged.path,
      project: judged.test.context.config.displayName?.name ?? null,
      reason: selects ? reasonOf(judged) : 'everything runs',
      changes: run.selection.changesFor(judged).slice(0, MAX_KEPT),
    })),
    failed: failed.slice(0, MAX_KEPT),
    failures: failed.length,
    spotChecks: outcome,
    escapes: (spotChecks?.batch.escapes ?? []).map(({ path, message }) => ({ path, message })),
    flaky: context.flakyTests.outcomes,
    carried,
  };
}

function reasonOf({ decision }: JudgedTest): RunReason {
  return decision.affected ? decision.reason : 'spot check';
}

/** The report that a note holds; null where that is none, or one of another version. */
export function readRunReport(note: string | undefined): RunReport | null {
  if (note === undefined) return null;
  try {
    const report = JSON.parse(note) as Partial<RunReport> | null;
    return report?.version === 1 ? { ...ADDED, ...(report as RunReport) } : null;
  } catch {
    // Somebody else wrote it.
    return null;
  }
}
