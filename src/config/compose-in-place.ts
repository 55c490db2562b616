import type { Config } from '@jest/types';
import { findUserEnvironment } from '../run/environment-name';
import type { TransformHandover } from '../run/handover';
import { swallowed } from '../terminal/debug';
import { CATCH_ALL } from './compose-project';
import type { Options } from './options';
import { isPlugPoint, plugPoints } from './plug-points';

/** What our transformer gets as its options. */
interface TransformOptions {
  testmon?: TransformHandover;
}

type TransformEntry = Config.ProjectConfig['transform'][number];

/**
 * Wraps the transformers of a project whose config names our environment by hand, in the config that Jest holds already:
 * it freezes the config itself, not the list in it, and reads the list anew for each test file. So two keys are as
 * precise as `withTestmon`. Does nothing where there is nothing to do.
 * @param coverage Whether the run makes a coverage report.
 * @returns False where it cannot be done: files then count as a whole.
 */
export function composeInPlace(
  config: Config.ProjectConfig,
  options: Pick<Options, 'collect'>,
  coverage: boolean,
): boolean {
  if (!isPlugPoint(config.testEnvironment)) return true;
  const entries = config.transform;
  const isWhole = entries.every(isComposed) && (coverage || entries.length > 0);
  if (isWhole) return true;
  if (Object.isFrozen(entries)) return false;
  try {
    const composed = composedEntries(config, options, coverage);
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
  coverage: boolean,
): TransformEntry[] {
  const environment = findUserEnvironment(config);
  const handover = {
    collect,
    ...(environment !== null && { environment }),
    // Jest takes another test runner where this variable is set.
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
  return coverage || composed.some(([pattern]) => pattern === CATCH_ALL)
    ? composed
    : [...composed, ours(CATCH_ALL, { ...handover, path: null })];
}

/** Whether an entry is one that was composed in place: Jest keeps its configs while it watches. */
function isComposed([, path, options]: TransformEntry): boolean {
  const { testmon } = (options ?? {}) as TransformOptions;
  return isPlugPoint(path) && testmon?.collect !== undefined;
}
