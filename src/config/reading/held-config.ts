import type { RawConfig } from './raw-config';

/** Global state, because Jest loads `entry` as a config file by its path, so there is no other way to pass a value. */
let held: RawConfig | null = null;

/** Stores a composed config for `entry`. It stays in memory, so that functions and other live values in it survive. */
export function holdConfig(config: RawConfig): void {
  held = config;
}

/**
 * Returns a copy of the stored config, because Jest modifies what it reads.
 * @throws {Error} If no config is stored.
 */
export function heldConfig(): RawConfig {
  if (held === null) {
    throw new Error(
      'testmon: this file is the config that the jest-testmon command composes; it holds nothing outside of it.',
    );
  }
  return { ...held };
}
