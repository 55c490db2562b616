import { readRunFile, type RunFile } from '../run/run-file';
import { makeBatch, type Store } from '../store';
import { isEnvironmentKey } from '../store/checks';
import type { EnvironmentKey, TestFileRecord } from '../store/types';
import { readJournals } from './read-journals';
import { RunDirectory } from './run-directory';

/**
 * Commits what the workers of controllers that died have journaled, and removes what those left behind. What cannot
 * be read there costs those records, never this run.
 * @throws {StoreError} Where the database fails; what was not committed is left to the next controller.
 */
export function finishAbandonedRuns(store: Store, dataFile: string): void {
  for (const directory of RunDirectory.takeOver(dataFile)) {
    const records = recordsOf(directory);
    for (const [key, own] of records) {
      const { id } = store.findOrCreateEnvironment(key, Date.now());
      store.commit(
        makeBatch({ records: own.map((record) => ({ ...record, environmentId: id })) }),
        Date.now(),
      );
    }
    directory.remove();
  }
}

/** By environment: the database may be another one by now, so it is found by what names it, not by its id. */
function recordsOf(directory: RunDirectory): Map<EnvironmentKey, TestFileRecord[]> {
  const byKey = new Map<EnvironmentKey, TestFileRecord[]>();
  try {
    const run = readRunFile(directory.runFile);
    if (run === null) return byKey;
    const keys = environmentKeys(run);
    for (const record of readJournals(directory.journals()).records) {
      const key = keys.get(record.environmentId);
      if (key === undefined) continue;
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [record]);
      else known.push(record);
    }
    return byKey;
  } catch {
    return new Map();
  }
}

function environmentKeys({ projects }: RunFile): Map<number, EnvironmentKey> {
  const keys = new Map<number, EnvironmentKey>();
  for (const { environmentId, environment } of Object.values(projects))
    if (isEnvironmentKey(environment)) keys.set(environmentId, environment);
  return keys;
}
