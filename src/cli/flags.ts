import type { UserOptions } from '../config/options';

/** The command-line names of our options, for messages. */
export const FLAGS: Partial<Record<keyof UserOptions, string>> = {
  enabled: '--no-testmon',
  select: '--testmon-noselect',
  collect: '--testmon-nocollect',
  forceSelect: '--testmon-forceselect',
  environmentName: '--testmon-env',
  typeErrors: '--testmon-type-errors',
  granularity: '--testmon-granularity',
  reportSkipped: '--testmon-report-skipped',
  spotChecks: '--testmon-spot-checks',
  trust: '--testmon-trust',
  shared: '--testmon-shared',
  budget: '--testmon-budget',
  budgetExit: '--testmon-budget-exit',
};
