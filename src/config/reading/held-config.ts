import type { RawConfig } from './raw-config';

/** Of the process: Jest loads `entry` as a config file, by its path alone, so nothing can be handed to it. */
let held: RawConfig | null = null;

/** Keeps a composed config for `entry`: in memory, so that functions and other live values in it survive. */
export function holdConfig(config: RawConfig): void {
  held = config;
}

/** The config that was kept, as a copy: Jest writes into what it reads. */
export function heldConfig(): RawConfig {
  if (held === null) {
    throw new Error(
      'testmon: this file is the config that the jest-testmon command composes; it holds nothing outside of it.',
    );
  }
  return { ...held };
}
