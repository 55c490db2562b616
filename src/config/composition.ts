import type { CommandLine } from './command-line';
import type { GlobalKeys } from './global-keys';
import type { Options } from './options';
import type { EffectiveConfig } from './reading/raw-config';

/** What composing passes to the plug points in Jest's main process, for which there is no config key. */
export interface Composition {
  version: 1;
  /** With an absolute `dataFile`. */
  options: Options;
  /** `rootDir` of Jest's global config. */
  rootDir: string;
  /** The folder that stored paths are relative to: the deepest one that contains the `rootDir` of all projects. */
  root: string;
  /** Absolute path of the user's or Jest's test sequencer. Null if the user's config names ours. */
  sequencer: string | null;
  /** Absolute path of the user's own root `globalSetup`. Null if there is none. */
  globalSetup: string | null;
  globalKeys: GlobalKeys;
  /** The user's root config as Jest has normalized it, with the command line in it. */
  effective: EffectiveConfig;
  /** Whether this run creates a coverage report. */
  coverage: boolean;
  /** Whether V8 counts for that report. */
  coveredByV8: boolean;
  /** The user's value of `passWithNoTests`, from the config or the command line. */
  userPassWithNoTests: boolean;
  command: CommandLine;
  /** Whether `withTestmon` in the user's config or the `jest-testmon` command has composed it. */
  by: 'config' | 'command';
}

const KEY = Symbol.for('jest-testmon.composition');

interface Holder {
  [KEY]?: Composition;
}

/** Stores the composition for the plug points. Other copies of this module in the process use the same symbol. */
export function publishComposition(composition: Composition): void {
  (globalThis as Holder)[KEY] = composition;
}

/** Returns the composition of this process. Null if the user wrote the config keys by hand. */
export function readComposition(): Composition | null {
  const composition = (globalThis as Holder)[KEY];
  return composition?.version === 1 ? composition : null;
}
