import * as path from 'node:path';
import type { Config } from '@jest/types';
import { readArguments, type OptionTable } from '../config/arguments';
import { namesTestsNow, readCommandLine, type CommandLine } from '../config/command-line';
import { readComposition } from '../config/composition';
import { globalKeys } from '../config/global-keys';
import { normaliseOptions } from '../config/options';
import { readOptionTable } from '../config/user-jest';
import { packageRoot, realPath } from '../dependencies/files/paths';
import { fromJest } from '../run/user-jest';
import { makeLogger } from '../terminal/logger';
import type { ProcessSnapshot } from '../workspace/runtime-fingerprint';
import { COVERAGE_KEY, type RunRequest } from './run-request';

/** What decides on a run besides Jest's config and command line. */
export interface Asked {
  /** Whether the user asked for one run of everything, in watch mode. */
  everythingOnce: boolean;
  /** Whether the `verify` command runs. */
  verify: boolean;
  /** Whether test files can be answered for with the coverage that they had. */
  canCarryCoverage: boolean;
  /** Returns the snapshot of the process from before its first run, for watch mode. */
  startedOnce: (root: string) => ProcessSnapshot;
}

/**
 * Reads the request of a run: from the composed config if there is one, otherwise from the command line and Jest's
 * config.
 */
export function readRequest(
  configs: readonly Config.ProjectConfig[],
  globalConfig: Config.GlobalConfig | null,
  { everythingOnce, verify, canCarryCoverage, startedOnce }: Asked,
): RunRequest {
  const composition = readComposition();
  const options = composition?.options ?? normaliseOptions({}, process.env).options;
  const command =
    composition?.command ?? readCommandLine(readArguments(process.argv.slice(2), optionTable()));
  const root = realPath(
    composition?.root ?? packageRoot(globalConfig?.rootDir ?? configs[0]?.rootDir ?? process.cwd()),
  );
  const coverage =
    composition?.coverage ??
    (command.coverage === true || configs.some(({ collectCoverage }) => collectCoverage));
  const provider = globalConfig?.coverageProvider ?? command.coverageProvider;
  const coveredByV8 = composition?.coveredByV8 ?? (coverage && provider === 'v8');
  const namesTests = [...namesTestsNow(command, globalConfig)];
  // Coverage that is not carried would leave a report on a part of the tests, which is misleading.
  if (coverage && !canCarryCoverage && namesTests.length === 0)
    namesTests.push(command.coverage === true ? '--coverage' : COVERAGE_KEY);
  return {
    options,
    root,
    dataFile: path.resolve(root, options.dataFile),
    composition,
    globalKeys: composition?.globalKeys ?? globalKeys(globalConfig ?? {}),
    logger: makeLogger(command.silent || command.json || command.listTests),
    namesTests,
    everythingOnce,
    select: options.select && !everythingOnce && (namesTests.length === 0 || options.forceSelect),
    openEscapes: [],
    collect: options.collect,
    reportSkipped:
      !command.collectTests &&
      (options.reportSkipped === 'coverage' ? coverage : options.reportSkipped),
    verify,
    started: isWatching(command, globalConfig) ? startedOnce(root) : null,
    toolChainChanged: false,
    listing: false,
    coverage,
    coveredByV8,
  };
}

function isWatching(
  { watch, watchAll }: CommandLine,
  globalConfig: Config.GlobalConfig | null,
): boolean {
  return watch || watchAll || globalConfig?.watch === true || globalConfig?.watchAll === true;
}

/** Returns Jest's own table of its command-line options. Empty if it cannot be found. */
function optionTable(): OptionTable {
  return readOptionTable(fromJest('jest-cli').resolve('jest-cli')) ?? {};
}
