import { readRunFile, type RunFile } from '../run/run-file';
import { makeBatch, type Store } from '../store';
import type { TestFileRecord } from '../store/types';
import { readJournals } from './read-journals';
import { RunDirectory } from './run-directory';

/**
 * Commits what the workers of controllers that died have journaled, and removes what those left behind.
 * @throws {StoreError} Where the database fails.
 */
export function finishAbandonedRuns(store: Store, dataFile: string): void {
  for (const directory of RunDirectory.abandoned(dataFile)) {
    const run = readRunFile(directory.runFile);
    const records =
      run === null ? [] : adopt(store, readJournals(directory.journals()).records, run);
    if (records.length > 0) store.commit(makeBatch({ records }), Date.now());
    directory.remove();
  }
}

/** The database may be another one by now: environments are found by what names them, not by their ids. */
function adopt(store: Store, records: TestFileRecord[], run: RunFile): TestFileRecord[] {
  const keys = new Map(
    Object.values(run.projects).map(({ environmentId, environment }) => [
      environmentId,
      environment,
    ]),
  );
  return records.flatMap((record) => {
    const key = keys.get(record.environmentId);
    if (key === undefined) return [];
    return [{ ...record, environmentId: store.findOrCreateEnvironment(key, Date.now()).id }];
  });
}
