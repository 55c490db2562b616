import type { CommandLine } from './command-line';
import type { GlobalKeys } from './global-keys';
import type { Options } from './options';

/**
 * What composing a config hands to the plug points that live in Jest's main process, where no config key could carry it.
 */
export interface Composition {
  version: 1;
  /** With an absolute `dataFile`. */
  options: Options;
  /** `rootDir` of Jest's global config. */
  rootDir: string;
  /** The folder stored paths are relative to: the deepest one that holds `rootDir` and every project's. */
  root: string;
  /** The user's test sequencer or else Jest's, absolute; null where the config names ours. */
  sequencer: string | null;
  /** The user's own root `globalSetup`, absolute; null where there is none. */
  globalSetup: string | null;
  globalKeys: GlobalKeys;
  /** Whether this run makes a coverage report. */
  coverage: boolean;
  /** Whether `collectCoverage` stood in a config and was switched off for selecting. */
  coverageFromConfig: boolean;
  /** What the user said of `passWithNoTests`, in the config or on the command line. */
  userPassWithNoTests: boolean;
  command: CommandLine;
  /** Where it was composed: by `withTestmon` in the user's config, or by the `jest-testmon` command. */
  by: 'config' | 'command';
}

const KEY = Symbol.for('jest-testmon.composition');

interface Holder {
  [KEY]?: Composition;
}

/** Leaves the composition for the plug points. The symbol is shared with other copies of this module in the process. */
export function publishComposition(composition: Composition): void {
  (globalThis as Holder)[KEY] = composition;
}

/** The composition of this process, or null where the user wrote the config keys by hand. */
export function readComposition(): Composition | null {
  const composition = (globalThis as Holder)[KEY];
  return composition?.version === 1 ? composition : null;
}
