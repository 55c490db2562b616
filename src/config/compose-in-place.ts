import type { Config } from '@jest/types';
import { findUserEnvironment } from '../run/environment-name';
import type { TransformHandover } from '../run/handover';
import { swallowed } from '../terminal/debug';
import { CATCH_ALL } from './compose-project';
import type { Options } from './options';
import { isPlugPoint, plugPoints } from './plug-points';

/** The options of our transformer. */
interface TransformOptions {
  testmon?: TransformHandover;
}

type TransformEntry = Config.ProjectConfig['transform'][number];

/**
 * Wraps the transformers of a project whose config names our environment by hand. It modifies the list of
 * transformers in the config that Jest holds. That works because Jest freezes the config object but not this list,
 * and reads the list again for each test file. So a config with only two keys is as precise as `withTestmon`. Does
 * nothing if the list is complete already.
 * @param coveredByV8 Whether V8 counts what runs, for a coverage report.
 * @returns False if it failed. Then each file counts as a whole.
 */
export function composeInPlace(
  config: Config.ProjectConfig,
  options: Pick<Options, 'collect'>,
  coveredByV8: boolean,
): boolean {
  if (!isPlugPoint(config.testEnvironment)) return true;
  const entries = config.transform;
  const isWhole = entries.every(isComposed) && (coveredByV8 || entries.length > 0);
  if (isWhole) return true;
  if (Object.isFrozen(entries)) return false;
  try {
    const composed = composedEntries(config, options, coveredByV8);
    entries.splice(0, entries.length, ...composed);
    return true;
  } catch (error) {
    swallowed('config', error, 'wrapping the transformers in place');
    return false;
  }
}

function composedEntries(
  config: Config.ProjectConfig,
  { collect }: Pick<Options, 'collect'>,
  coveredByV8: boolean,
): TransformEntry[] {
  const environment = findUserEnvironment(config);
  const handover = {
    collect,
    ...(environment !== null && { environment }),
    // If this variable is set, Jest uses another test runner.
    ...(!isPlugPoint(config.testRunner) &&
      process.env['JEST_JASMINE'] !== '1' && { runner: config.testRunner }),
  };
  const ours = (pattern: string, testmon: TransformHandover): TransformEntry => [
    pattern,
    plugPoints.transform,
    { testmon },
  ];
  const composed = config.transform.map(([pattern, path, options]) =>
    isPlugPoint(path)
      ? ours(pattern, { path: null, ...(options as TransformOptions).testmon, ...handover })
      : ours(pattern, { ...handover, path, options }),
  );
  // See `composeTransform`.
  return coveredByV8 || composed.some(([pattern]) => pattern === CATCH_ALL)
    ? composed
    : [...composed, ours(CATCH_ALL, { ...handover, path: null })];
}

/** Whether an entry was added by an earlier call. In watch mode, Jest keeps its configs between runs. */
function isComposed([, path, options]: TransformEntry): boolean {
  const { testmon } = (options ?? {}) as TransformOptions;
  return isPlugPoint(path) && testmon?.collect !== undefined;
}
