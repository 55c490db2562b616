import { createHash } from 'node:crypto';
import path from 'node:path';
import type { TransformOptions } from '@jest/transform';
import { FINGERPRINTS_VERSION } from '../blocks';
import { announced, PROBES_VARIABLE, ROOT_VARIABLE } from '../run/run-variables';

/** Increase this if the same source would get different probes. Then Jest no longer uses the outputs in its cache. */
export const PROBES_VERSION = '8';

/**
 * Whether outputs must have no probes, because V8 counts what runs in them. The controller says so, and so do the
 * options that Jest passes.
 */
export function probesAreOff(options: TransformOptions<unknown>): boolean {
  const { collectCoverage, coverageProvider } = options as Partial<CoverageOptions>;
  const isByV8 = collectCoverage === true && coverageProvider === 'v8';
  return isByV8 || announced(PROBES_VARIABLE) === 'off';
}

/** Jest passes these too, but its types do not say so. */
interface CoverageOptions {
  collectCoverage: boolean;
  coverageProvider: string;
}

/**
 * Returns the cache key of an output with probes.
 * @param options The options that Jest passes for the output.
 * @param shaping Everything that influences the outputs of all files.
 * @param inner The key that the user's transformer returned, or Jest's default key.
 */
export function probedKey(
  options: TransformOptions<unknown>,
  shaping: string,
  inner: string,
): string {
  const shape = [
    shaping,
    PROBES_VERSION,
    FINGERPRINTS_VERSION,
    announced(ROOT_VARIABLE) ?? '',
    probesAreOff(options) ? 'bare, sources kept' : 'probes',
    options.instrument ? 'instrumented' : '',
  ];
  return createHash('sha1')
    .update(`testmon ${shape.join(' ')}\0`)
    .update(inner)
    .digest('hex')
    .slice(0, 32);
}

/**
 * Returns what Jest hashes if a transformer has no `getCacheKey`. Source:
 * `ScriptTransformer._buildCacheKeyFromFileInfo`.
 */
export function defaultKey(code: string, file: string, options: TransformOptions<unknown>): string {
  return [
    code,
    options.configString,
    options.instrument ? 'instrument' : '',
    path.normalize(file),
  ].join('\0');
}
