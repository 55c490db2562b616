import { readRunFile, type RunFile } from '../run/run-file';
import { makeBatch, type Store } from '../store';
import { isCount, isEnvironmentKey } from '../records/checks';
import type { CommitBatch, EnvironmentKey, TestFileRecord } from '../records/types';
import type { Logger } from '../terminal/logger';
import { withProgress } from '../terminal/progress';
import { JudgedRecords } from '../run/judged-records';
import type { Journal } from '../run/read-journals';
import { RunDirectory } from '../run/run-directory';
import { TestOutcomes } from '../run/test-outcomes';

/**
 * Commits what the workers journaled in runs whose controller died, or could not commit because of a lock. Each record
 * counts as far as Jest had said how its test file came out. Then removes the folders of those runs. What cannot be read
 * there costs those records, never this run.
 * @throws {StoreError} Where the database fails; what was not committed is left to the next controller.
 */
export function finishAbandonedRuns(store: Store, dataFile: string, logger: Logger): void {
  for (const directory of RunDirectory.takeOver(dataFile)) {
    const run = readRunFile(directory.runFile);
    const environments = run === null ? null : environmentsOf(run, store);
    if (run !== null && environments !== null) {
      const batch = makeBatch({ began: isCount(run.began) ? run.began : 0 });
      const outcomes = TestOutcomes.of(directory.verdictFile);
      const progress = logger.progress('recording test files of the run before', outcomes.count);
      batch.records = withProgress(
        recordsOf(directory.journals(run.pid), outcomes, environments, batch),
        progress,
      );
      store.commit(batch, Date.now());
    }
    directory.remove();
  }
}

/** The row of an environment that a run called by a number; null for one that it did not have. */
type Environments = (environmentId: number) => number | null;

/** The records of a run, by the rows of the database at hand; then the batch has the failures that left none. */
function* recordsOf(
  journals: Iterable<Journal>,
  outcomes: TestOutcomes,
  environments: Environments,
  batch: CommitBatch,
): Generator<TestFileRecord> {
  // A test file that ran in Jest's own process may have killed it, by using up the memory or by a signal.
  const judged = new JudgedRecords(journals, outcomes, outcomes.distrust ?? 'inBand');
  for (const { record } of judged.records()) {
    const environmentId = environments(record.environmentId);
    if (environmentId !== null) yield { ...record, environmentId };
  }
  for (const { environmentId: known, path } of judged.failures) {
    const environmentId = environments(known);
    if (environmentId !== null) batch.failures.push({ environmentId, path });
  }
  batch.doubtful = judged.doubtful.flatMap(({ environmentId: known, path }) => {
    const environmentId = environments(known);
    return environmentId === null ? [] : { environmentId, path };
  });
}

/**
 * The environments of a run. The database may be another one by now, so they are found by what names them, and made
 * when there is something to put there.
 * @returns Null where the run has none.
 */
function environmentsOf({ projects }: RunFile, store: Store): Environments | null {
  const keys = environmentKeys(projects);
  if (keys.size === 0) return null;
  const rows = new Map<number, number>();
  return (environmentId) => {
    const key = keys.get(environmentId);
    if (key === undefined) return null;
    const row = rows.get(environmentId) ?? store.findOrCreateEnvironment(key, Date.now()).id;
    rows.set(environmentId, row);
    return row;
  };
}

function environmentKeys(projects: unknown): Map<number, EnvironmentKey> {
  const keys = new Map<number, EnvironmentKey>();
  if (typeof projects !== 'object' || projects === null) return keys;
  for (const project of Object.values(projects)) {
    const { environmentId, environment } = (project ?? {}) as Partial<RunFile['projects'][string]>;
    if (isCount(environmentId) && isEnvironmentKey(environment))
      keys.set(environmentId, environment);
  }
  return keys;
}
