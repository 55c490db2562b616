import { announce, RUN_FILE_VARIABLE } from '../../run/run-variables';
import { asStoreError, isBeyondUse, quarantineDatabase } from '../../store';
import { swallowed } from '../../terminal/debug';
import { commitRun, type FinishedRun } from './commit';
import { explain, identityOf } from '../open-store';
import { reportOn } from '../run-report/run-report';
import { appendStepSummary, stepSummaryFile } from '../run-report/step-summary';
import { settlePasses, type Ending, type Settlement } from '../passes';

/**
 * Commits the workers' journals, removes all temporary files, and closes the database.
 * @param ending How the run ended.
 * @returns What is only decided when the process ends. Null if nothing is.
 */
export function endWith(run: FinishedRun, ending: Ending): Settlement | null {
  const { context, directory, spotChecks } = run;
  const { logger, dataFile } = context.request;
  context.packages.keep();
  // For the case that only a later run can commit.
  run.background?.write(context.projects.all);
  try {
    const passes = context.writable ? commitRun(run, ending) : null;
    directory?.remove();
    spotChecks?.sayFindings(context.writable);
    addToPage(run);
    if (passes === null) return null;
    const { identity, began } = context;
    return {
      settle: (isExplained) =>
        settlePasses({ ...passes, dataFile, began, identity, logger }, isExplained),
    };
  } catch (error) {
    swallowed('controller', error, 'committing the run');
    context.store.close();
    spotChecks?.sayFindings(false);
    if (directory !== null && asStoreError(error, dataFile).reason === 'locked')
      return keepJournals(run, directory, error, ending);
    directory?.remove();
    logger.warn(loseRecords(run, error));
    return null;
  } finally {
    context.store.close();
    announce(RUN_FILE_VARIABLE, undefined);
  }
}

/** Shows a run on the page of its CI job, unless it is one of many of a Jest that watches. */
function addToPage(run: FinishedRun): void {
  const file = stepSummaryFile();
  if (file === null || run.context.request.started !== null) return;
  const report = reportOn(run);
  if (report !== null) appendStepSummary(report, file);
}

/**
 * Leaves the journals to the next controller, because the lock is released by then. Not done for a full disk, where
 * journals would accumulate.
 * @returns What is only decided when the process ends. Null if nothing is.
 */
function keepJournals(
  { context }: FinishedRun,
  directory: NonNullable<FinishedRun['directory']>,
  error: unknown,
  { distrust, isProvisional }: Ending,
): Settlement | null {
  const { dataFile, logger } = context.request;
  logger.warn(
    `${explain(error, dataFile)} What this run recorded is kept and will be committed by the next run.`,
  );
  const settle = (isExplained: boolean): void => {
    context.outcomes.conclude(isExplained ? distrust : 'everybody');
    directory.release();
  };
  if (isProvisional) return { settle };
  settle(true);
  return null;
}

/**
 * Moves the database aside if it cannot be used any more.
 * @returns A sentence about why the records of this run are lost, and what follows.
 */
function loseRecords({ context }: FinishedRun, error: unknown): string {
  const { dataFile } = context.request;
  const known = asStoreError(error, dataFile);
  if (isBeyondUse(known) && identityOf(dataFile) === context.identity) {
    try {
      const aside = quarantineDatabase(dataFile, Date.now(), known.reason);
      return `${known.finding}; it was moved to ${aside}, what this run recorded is lost, and the next run records anew.`;
    } catch (failure) {
      swallowed('controller', failure, 'moving the damaged database aside; it stays');
    }
  }
  return `${explain(error, dataFile)} What this run recorded is lost; the tests it ran are selected again next time.`;
}
