import type { Config } from '@jest/types';
import { asStoreError, isBeyondUse } from '../../store';
import { finishAbandonedRuns } from '../abandoned-runs';
import { swallowed } from '../../terminal/debug';
import { stopSelectingIfEscaped } from '../checks/escapes';
import { explain, openStore, replaceDamaged, type OpenedStore } from '../open-store';
import { RunContext } from '../run-context';
import type { RunRequest } from '../run-request';

/**
 * Opens the database, finishes the runs of dead controllers, and finds or creates the environments. A damaged
 * database is replaced once: some damage only shows when a page is read.
 * @returns Null if the database cannot be used. The user was told why.
 */
export function beginContext(
  request: RunRequest,
  configs: readonly Config.ProjectConfig[],
): RunContext | null {
  const { dataFile, logger } = request;
  const opened = openStore(dataFile, logger);
  if (opened === null) return null;
  try {
    return contextOf(request, configs, opened);
  } catch (error) {
    swallowed('controller', error, 'beginning with the database');
    opened.store.close();
    const known = asStoreError(error, dataFile);
    if (!isBeyondUse(known) || !opened.writable) return giveUp(request, error);
    const replaced = replaceDamaged(dataFile, known, logger, opened.identity);
    if (replaced === null) return null;
    try {
      return contextOf(request, configs, replaced);
    } catch (again) {
      swallowed('controller', again, 'beginning with a new database');
      replaced.store.close();
      return giveUp(request, again);
    }
  }
}

/** @throws {StoreError} If the database fails. */
function contextOf(
  request: RunRequest,
  configs: readonly Config.ProjectConfig[],
  opened: OpenedStore,
): RunContext {
  if (opened.writable) finishAbandonedRuns(opened.store, request.dataFile, request.logger);
  const context = new RunContext(stopSelectingIfEscaped(request, opened), configs, opened);
  if (!opened.writable) context.projects.explainReadonly();
  return context;
}

function giveUp({ dataFile, logger }: RunRequest, error: unknown): null {
  logger.warn(`${explain(error, dataFile)} Everything runs and nothing is recorded.`);
  return null;
}
