import { environmentName, findUserEnvironment } from '../run/environment-name';
import type { EnvironmentHandover, TransformHandover } from '../run/handover';
import type { Options } from './options';
import { isPlugPoint, plugPoints } from './plug-points';
import type { EffectiveConfig, LoadedConfig, RawConfig } from './reading/raw-config';

/** JavaScript that none of the user's transformers matches gets probes too. */
export const CATCH_ALL = '\\.[cm]?jsx?$';

/**
 * Wraps what one Jest project configures, and nothing else. The keys are set beside a `preset`, over which Jest gives
 * them precedence: they hold what the preset brings already.
 * @param coverage Whether the run makes a coverage report.
 */
export function composeProject(
  { raw, effective }: LoadedConfig,
  options: Options,
  coverage: boolean,
): RawConfig {
  return {
    ...raw,
    transform: composeTransform(effective, options, coverage),
    testEnvironment: plugPoints.environment,
    testEnvironmentOptions: composeEnvironmentOptions(effective),
    testRunner: plugPoints.testRunner,
  };
}

function composeTransform(
  effective: EffectiveConfig,
  options: Options,
  coverage: boolean,
): Record<string, [string, unknown]> {
  const environment = findUserEnvironment(effective);
  const composed: Record<string, [string, unknown]> = {};
  const wrap = (path: string | null, original?: unknown): [string, unknown] => {
    const testmon: TransformHandover = {
      path,
      options: original,
      collect: options.collect,
      ...(environment !== null && { environment }),
    };
    return [plugPoints.transform, { testmon }];
  };
  for (const [pattern, path, original] of effective.transform) {
    composed[pattern] = isPlugPoint(path) ? [path, original] : wrap(path, original);
  }
  // Jest reports otherwise on a file that a transformer handed through than on one that none matches.
  if (coverage) return composed;
  // Last, and never in the place of an entry of the same pattern: Jest takes the first that matches.
  composed[CATCH_ALL] ??= wrap(null);
  return composed;
}

function composeEnvironmentOptions(effective: EffectiveConfig): Record<string, unknown> {
  const { testRunner, testEnvironmentOptions } = effective;
  // Keys written by hand name what they wrap themselves.
  const before = testEnvironmentOptions['testmon'] as EnvironmentHandover | undefined;
  const testmon: EnvironmentHandover = {
    environment: environmentName(effective),
    runner: isPlugPoint(testRunner) ? (before?.runner ?? null) : testRunner,
  };
  return { ...testEnvironmentOptions, testmon };
}
