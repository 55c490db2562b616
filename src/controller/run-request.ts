import type { Composition } from '../config/composition';
import type { GlobalKeys } from '../config/global-keys';
import type { Options } from '../config/options';
import type { ProcessSnapshot } from '../workspace/runtime-fingerprint';
import type { StoredEscape } from '../records/types';
import type { Logger } from '../terminal/logger';

/** The config key that names what to run, in a config that was not composed. */
export const COVERAGE_KEY = 'collectCoverage';

/** What the controller needs to begin, whichever plug point calls it first. */
export interface RunRequest {
  options: Options;
  /** Absolute real path of the root. */
  root: string;
  dataFile: string;
  composition: Composition | null;
  globalKeys: GlobalKeys;
  logger: Logger;
  /** The options, as typed, that name what to run. */
  namesTests: string[];
  /** Whether the user asked for one run of everything, in watch mode. */
  everythingOnce: boolean;
  /** Whether to select by the records. If false, everything runs, the most likely failures first. */
  select: boolean;
  /** Spot checks that failed and are not settled. If there is one, nothing is selected. */
  openEscapes: readonly StoredEscape[];
  collect: boolean;
  /** Whether unaffected test files are reported as skipped, where they are left out. */
  reportSkipped: boolean;
  /** Whether to compare what would be skipped with the results, for the `verify` command. */
  verify: boolean;
  /** The snapshot of the process from before its first run. Null outside of watch mode. */
  started: ProcessSnapshot | null;
  /** Whether the tool chain has changed since Jest began to watch. This process may still use the old one. */
  toolChainChanged: boolean;
  /** Whether Jest only lists what it would run. */
  listing: boolean;
  /** Whether this run creates a coverage report. */
  coverage: boolean;
  /** Whether V8 counts for it. Then files count as a whole. */
  coveredByV8: boolean;
}

/** Whether the coverage report of a run holds the coverage of unaffected test files, which do not run. */
export function carriesCoverage({ select, coverage, listing }: RunRequest): boolean {
  return select && coverage && !listing;
}
