import type { Config } from '@jest/types';
import { composeInPlace } from '../config/compose-in-place';
import type { RunRequest } from './run-request';

/** Makes configs that name some of our keys as precise as those that `withTestmon` composed. */
export function composeHandWritten(
  { options, coveredByV8, logger }: RunRequest,
  configs: readonly Config.ProjectConfig[],
): void {
  const composed = configs.map((config) => composeInPlace(config, options, coveredByV8));
  if (composed.every(Boolean)) return;
  logger.info(
    'this Jest does not let its config be changed, so files count as a whole and an unaffected test file is loaded with its tests skipped; withTestmon(config) makes it precise.',
  );
}
