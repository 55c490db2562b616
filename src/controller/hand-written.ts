import type { Config } from '@jest/types';
import { composeInPlace } from '../config/compose-in-place';
import type { RunRequest } from './run-request';

/** Composes configs whose keys were written by hand, so that they are as precise as those of `withTestmon`. */
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
