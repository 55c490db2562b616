import * as fs from 'node:fs';
import { fromStored } from '../../dependencies/files/paths';
import type { CarriedTestFiles } from '../answers/carried-coverage';
import type { TestFileKey, TestFileRecord } from '../../records/types';
import { withBackground, type BackgroundInputs } from '../../run/background-inputs';
import type { RunDirectory } from '../../run/run-directory';
import { keyOf } from '../../run/test-outcomes';
import { makeBatch, SHARD_NOTE, type CommitBatch } from '../../store';
import { withProgress } from '../../terminal/progress';
import { NO_ROW } from '../projects/environments';
import type { Ending, Passes } from '../passes';
import type { RunContext } from '../run-context';
import { RunResults } from '../run-results';
import type { RunSelection } from './select';
import { reportOn, RUN_REPORT_NOTE } from '../run-report/run-report';
import type { Shard } from '../shard';
import type { SpotChecks } from '../checks/spot-checks';
import type { RunCounts } from '../run-counts';
import { sayDoubtful, sayOrderDependent, sayPartialFailures, sayUnrecorded } from '../summary';

/** The results of a run at its end. */
export interface FinishedRun {
  context: RunContext;
  selection: RunSelection;
  /** The folder with the workers' journals. Null if no workers were to start. */
  directory: RunDirectory | null;
  shard: Shard | null;
  spotChecks: SpotChecks | null;
  /** How many test files were not reached in the run's time. */
  unreached: number;
  /** Test files whose coverage the report carries; null where there are none. */
  carried: CarriedTestFiles | null;
  /** Null if nothing was announced. Then the run has no entry in the list of runs. */
  counts: RunCounts | null;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Null if no workers were to start. */
  background: BackgroundInputs | null;
  /** Test files that run as a whole from now on. */
  orderDependent: readonly TestFileKey[];
}

/**
 * Commits the workers' journals and the controller's own results, and prints the messages about them.
 * @returns What becomes final when the process ends.
 * @throws {StoreError} If the database fails. The journals then stay for the next run.
 */
export function commitRun(
  run: FinishedRun,
  ending: Ending,
): Pick<Passes, 'passed' | 'provisional'> {
  const { collects, store, projects, outcomes, partialFailures, flakyTests } = run.context;
  const results = new RunResults(run.directory?.journals(process.pid) ?? [], {
    outcomes,
    distrust: ending.distrust,
    partialFailures,
    flakyTests,
    wasUnaffected: unaffectedIn(run),
    wasChangedOutsideTests: (testFile) => projects.wasChangedOutsideTests(testFile),
    withSkips: projects.testFilesWithSkips,
  });
  const batch = batchOf(run);
  if (collects) {
    batch.records = recordsOf(run, results, batch, ending);
    // The store asks about each record right after it was read, so the last pass is the one in question.
    batch.isProvisional = () => ending.isProvisional && results.passed.at(-1)?.inBand === true;
  } else {
    // Workers may have taken part only to skip unaffected tests. Reading all records completes the results.
    Array.from(results.records(), keyOf);
    addSpotChecks(run, results, batch, ending);
    addReport(run, batch);
  }
  const provisional = store.commit(batch, Date.now());
  sayResults(run, results);
  return { passed: collects ? results.passed : [], provisional };
}

/** Returns the batch without the content of the journals. */
function batchOf(run: FinishedRun): CommitBatch {
  const { request, projects, tree, store, began } = run.context;
  const batch = makeBatch({ keep: request.options.keepRecords, began });
  for (const { decision } of run.selection.judged)
    if (!decision.affected) batch.matched.push(decision.recordId);
  for (const { environmentId, learnt, coveredFiles } of projects.all) {
    if (environmentId === NO_ROW) continue;
    (batch.coveredFiles ??= []).push(...coveredFiles);
    for (const version of learnt) batch.contents.push({ environmentId, version });
    for (const path of store.testFilePaths(environmentId)) {
      if (!fs.existsSync(fromStored(request.root, path))) batch.gone.push({ environmentId, path });
    }
  }
  batch.fileStates.push(...tree.learnt);
  batch.notes.push(...shardNotes(run));
  if (run.counts !== null) batch.run = runRow(run, run.counts);
  return batch;
}

/** Tells of which test files a record matched, without the spot checks that would be escapes. */
function unaffectedIn({
  context,
  selection,
  spotChecks,
}: FinishedRun): (testFile: TestFileKey) => boolean {
  const unaffected = new Set<string>();
  for (const { test, path, decision } of selection.judged) {
    const project = context.projects.of(test);
    if (!decision.affected && project !== undefined)
      unaffected.add(keyOf({ environmentId: project.environmentId, path }));
  }
  for (const testFile of spotChecks?.possibleEscapes ?? []) unaffected.delete(keyOf(testFile));
  return (testFile) => unaffected.has(keyOf(testFile));
}

/** Returns the note of a shard. After a run that is not a shard, the note of an earlier shard is cleared. */
function shardNotes({ context, shard, counts }: FinishedRun): CommitBatch['notes'] {
  const { outcomes, store } = context;
  if (shard !== null)
    return [shard.note((testFile) => outcomes.passed(testFile) || outcomes.failed(testFile))];
  const isOutdated = counts !== null && store.shard() !== null;
  return isOutdated ? [{ key: SHARD_NOTE, value: '' }] : [];
}

/** Returns the entry of this run for `status` and `report`. */
function runRow(
  { context, spotChecks, unreached, startedAt }: FinishedRun,
  counts: RunCounts,
): NonNullable<CommitBatch['run']> {
  const { chosen = 0, duration: checking = 0 } = spotChecks?.outcome ?? {};
  const { total } = counts;
  const duration = Date.now() - startedAt;
  // Without selection everything ran, so nothing was saved.
  if (!context.request.select)
    return { startedAt, duration, selected: total - unreached, total, saved: 0 };
  const saved = Math.max(0, counts.saved - checking);
  return {
    startedAt,
    duration,
    selected: Math.max(0, counts.selected + chosen - unreached),
    total,
    saved,
  };
}

/** Yields the records of a run. Then completes the batch with what is only known after all journals were read. */
function* recordsOf(
  run: FinishedRun,
  results: RunResults,
  batch: CommitBatch,
  ending: Ending,
): Generator<TestFileRecord> {
  const { request, outcomes, partialFailures, flakyTests } = run.context;
  const progress = request.logger.progress('recording test files', outcomes.count);
  const inputs = run.background?.of(run.context.projects.all) ?? new Map<number, never>();
  yield* withProgress(withBackground(results.records(), inputs), progress);
  const { orderDependent, flaky, notes } = partialFailures.learnt;
  for (const sighting of flaky) flakyTests.add(sighting);
  batch.orderDependent = [
    ...orderDependent,
    ...run.orderDependent.map((testFile) => ({ ...testFile, value: true })),
  ];
  batch.notes.push(...notes);
  batch.failures.push(...results.failures);
  batch.doubtful = results.doubtful.filter((testFile) => !wasSkipped(run, testFile));
  if (ending.isWhole)
    batch.failures.push(...results.crashed.filter((testFile) => !wasSkipped(run, testFile)));
  const wasUnaffected = unaffectedIn(run);
  for (const { environmentId, path } of batch.failures)
    if (wasUnaffected({ environmentId, path }))
      flakyTests.noteUnaffectedFailed({ environmentId, path, tests: [] });
  batch.flaky = flakyTests.sightings;
  addSpotChecks(run, results, batch, ending);
  addReport(run, batch);
}

function addReport(run: FinishedRun, batch: CommitBatch): void {
  const report = reportOn(run);
  if (report !== null) batch.notes.push({ key: RUN_REPORT_NOTE, value: JSON.stringify(report) });
}

/** Whether a test file was loaded only to skip its tests, which leaves no record. */
function wasSkipped(
  { context, selection }: FinishedRun,
  { environmentId, path }: TestFileKey,
): boolean {
  return [...context.projects.entries].some(
    ([id, project]) => project.environmentId === environmentId && selection.skips(id, path),
  );
}

function addSpotChecks(
  { spotChecks }: FinishedRun,
  results: RunResults,
  batch: CommitBatch,
  { distrust }: Ending,
): void {
  if (spotChecks === null) return;
  if (distrust === 'everybody') spotChecks.noteCutShort(results.unfinished);
  Object.assign(batch, spotChecks.batch);
}

function sayResults({ context, directory }: FinishedRun, results: RunResults): void {
  const { request, collects, projects, outcomes, partialFailures } = context;
  if (collects && directory !== null) {
    const unrecorded = projects.all.filter(
      ({ environmentId }) =>
        outcomes.passedIn.has(environmentId) && !results.recordedIn.has(environmentId),
    );
    sayUnrecorded(request, unrecorded, directory.acknowledged());
  }
  if (collects) sayDoubtful(request, results.doubtful);
  sayPartialFailures(request, collects, results.failedPartly);
  if (!collects) return;
  const { orderDependent } = partialFailures.learnt;
  sayOrderDependent(
    request,
    orderDependent.flatMap(({ path, value }) => (value ? path : [])),
  );
}
