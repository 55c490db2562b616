import { environmentName, findUserEnvironment } from '../run/environment-name';
import type { EnvironmentHandover, TransformHandover } from '../run/handover';
import type { Options } from './options';
import { isPlugPoint, plugPoints } from './plug-points';
import type { EffectiveConfig, LoadedConfig, RawConfig } from './reading/raw-config';

/** Matches JavaScript. Files that none of the user's transformers matches get probes too. */
export const CATCH_ALL = '\\.[cm]?jsx?$';

/**
 * Wraps the keys of one Jest project that jest-testmon needs, and no others. These keys override those of a `preset`,
 * so they contain the values of the preset.
 * @param coveredByV8 Whether V8 counts what runs, for a coverage report.
 */
export function composeProject(
  { raw, effective }: LoadedConfig,
  options: Options,
  coveredByV8: boolean,
): RawConfig {
  return {
    ...raw,
    transform: composeTransform(effective, options, coveredByV8),
    testEnvironment: plugPoints.environment,
    testEnvironmentOptions: composeEnvironmentOptions(effective),
    testRunner: plugPoints.testRunner,
  };
}

function composeTransform(
  effective: EffectiveConfig,
  options: Options,
  coveredByV8: boolean,
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
  // V8 counts a file that a transformer passed through differently from a file without a transformer.
  if (coveredByV8) return composed;
  // Added last, and only if there is no entry with the same pattern, because Jest uses the first match.
  composed[CATCH_ALL] ??= wrap(null);
  return composed;
}

function composeEnvironmentOptions(effective: EffectiveConfig): Record<string, unknown> {
  const { testRunner, testEnvironmentOptions } = effective;
  // If the user set the keys by hand, they contain what ours wrap.
  const before = testEnvironmentOptions['testmon'] as EnvironmentHandover | undefined;
  const testmon: EnvironmentHandover = {
    environment: environmentName(effective),
    runner: isPlugPoint(testRunner) ? (before?.runner ?? null) : testRunner,
  };
  return { ...testEnvironmentOptions, testmon };
}
