import type { Composition } from '../config/composition';
import type { GlobalKeys } from '../config/global-keys';
import type { Options } from '../config/options';
import type { ProcessSnapshot } from '../workspace/runtime-fingerprint';
import type { StoredEscape } from '../records/types';
import type { Logger } from '../terminal/logger';

/** Names what is to run, where it stands in a config that nobody composed. */
export const COVERAGE_KEY = 'collectCoverage';

/** What the controller must know to begin, whichever plug point calls it first. */
export interface RunRequest {
  options: Options;
  /** Absolute, real path of the root. */
  root: string;
  dataFile: string;
  composition: Composition | null;
  globalKeys: GlobalKeys;
  logger: Logger;
  /** The options, as spelled, that name what is to run. */
  namesTests: string[];
  /** A person who watches asked for one run of everything. */
  everythingOnce: boolean;
  /** Select by the records; false: everything runs, most likely to fail first. */
  select: boolean;
  /** Spot checks that failed and were not settled since: the reason why nothing is selected, where there are any. */
  openEscapes: readonly StoredEscape[];
  collect: boolean;
  /** Whether unaffected test files are reported as skipped, where they are left out. */
  reportSkipped: boolean;
  /** What would be left out is compared with what happens, as the `verify` command asks. */
  verify: boolean;
  /** What Jest was started with where it watches; null where it runs once. */
  started: ProcessSnapshot | null;
  /** The tool chain is another one than when Jest began to watch, and this process may still work by the old one. */
  toolChainChanged: boolean;
  /** Jest only lists what it would run. */
  listing: boolean;
  /** Whether this run makes a coverage report. */
  coverage: boolean;
  /** Whether V8 counts for it. Then files count as a whole. */
  coveredByV8: boolean;
}
