/** The keys of Jest's global config that affect results, in addition to the project's own config. */
export type GlobalKeys = Record<string, unknown>;

const KEYS = ['testTimeout', 'waitForUnhandledRejections', 'maxConcurrency', 'randomize'];

/**
 * Returns the keys that affect results.
 * @param config Jest's global config, or a normalized config.
 */
export function globalKeys(config: object): GlobalKeys {
  return Object.fromEntries(KEYS.map((key) => [key, (config as GlobalKeys)[key] ?? null]));
}
