import { readRunFile, type RunFile } from '../run/run-file';
import { makeBatch, type Store } from '../store';
import { isCount, isEnvironmentKey } from '../records/checks';
import type { CommitBatch, EnvironmentKey, TestFileRecord } from '../records/types';
import type { Logger } from '../terminal/logger';
import { withProgress } from '../terminal/progress';
import { JudgedRecords } from '../run/judged-records';
import type { Journal } from '../run/journals/read-journals';
import { BackgroundInputs, withBackground } from '../run/background-inputs';
import { RunDirectory } from '../run/run-directory';
import { TestOutcomes } from '../run/test-outcomes';

/**
 * Commits the journals of runs whose controller died or could not commit because of a lock, and removes their
 * folders. A record counts only if Jest had reported the outcome of its test file. Unreadable journals cost their
 * records, but never this run.
 * @throws {StoreError} If the database fails. The next controller then commits the rest.
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
        withBackground(
          recordsOf(directory.journals(run.pid), outcomes, environments, batch),
          new Map(
            Array.from(BackgroundInputs.writtenIn(directory.backgroundFile), ([id, found]) => [
              environments(id),
              found,
            ]),
          ),
        ),
        progress,
      );
      store.commit(batch, Date.now());
    }
    directory.remove();
  }
}

/** Returns the row id of an environment in this database, for its id in the run. Null if the run did not have it. */
type Environments = (environmentId: number) => number | null;

/**
 * Yields the records of a run with the row ids of this database. Then the batch contains the failures without a
 * record.
 */
function* recordsOf(
  journals: Iterable<Journal>,
  outcomes: TestOutcomes,
  environments: Environments,
  batch: CommitBatch,
): Generator<TestFileRecord> {
  // A test file that ran in Jest's own process may have ended it, by exhausting the memory or by a signal.
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
 * Finds the environments of a run by their keys, because the database may have been replaced. Missing ones are
 * created when they are needed.
 * @returns Null if the run has none.
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
