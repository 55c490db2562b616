import { createHash } from 'node:crypto';
import path from 'node:path';
import type { TransformOptions } from '@jest/transform';
import { FINGERPRINTS_VERSION } from '../blocks';
import { announced, PROBES_VARIABLE, ROOT_VARIABLE } from '../run/run-variables';

/** Raised when the same source would get other probes, so that Jest's cache forgets the old ones. */
const PROBES_VERSION = '4';

/** The controller switches probes off for a run with coverage. */
export function probesAreOff(): boolean {
  return announced(PROBES_VARIABLE) === 'off';
}

/**
 * The cache key of an output with probes.
 * @param instrument Whether Jest wants the output instrumented for coverage: then it has no probes.
 * @param shaping What shapes the outputs of all files.
 * @param inner The key that the user's transformer gives, or Jest without one.
 */
export function probedKey(instrument: boolean, shaping: string, inner: string): string {
  const shape = [
    shaping,
    PROBES_VERSION,
    FINGERPRINTS_VERSION,
    announced(ROOT_VARIABLE) ?? '',
    instrument || probesAreOff() ? 'bare, sources kept' : 'probes',
  ];
  return createHash('sha1')
    .update(`testmon ${shape.join(' ')}\0`)
    .update(inner)
    .digest('hex')
    .slice(0, 32);
}

/** What Jest hashes if a transformer has no `getCacheKey`. Source: `ScriptTransformer._buildCacheKeyFromFileInfo`. */
export function defaultKey(code: string, file: string, options: TransformOptions<unknown>): string {
  return [
    code,
    options.configString,
    options.instrument ? 'instrument' : '',
    path.normalize(file),
  ].join('\0');
}
