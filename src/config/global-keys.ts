/** What of Jest's global config decides results beside the project's own config. */
export type GlobalKeys = Record<string, unknown>;

const KEYS = ['testTimeout', 'waitForUnhandledRejections', 'maxConcurrency', 'randomize'];

/** The keys of Jest's global config, or of a config as Jest understands it, that decide results. */
export function globalKeys(config: object): GlobalKeys {
  return Object.fromEntries(KEYS.map((key) => [key, (config as GlobalKeys)[key] ?? null]));
}
