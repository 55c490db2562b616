import type { Config } from '@jest/types';
import { shortHash } from '../dependencies/files/content';

/** The keys of Jest's global config that say what a report covers. */
export type CoveringConfig = Pick<Config.GlobalConfig, 'collectCoverageFrom' | 'rootDir'>;

/**
 * Hashes what decides on which files V8 is asked for and on how it counts, besides the files and the tool chain. Source:
 * @jest/transform, `shouldInstrument`.
 * @param root Absolute path of the root. Where it stands in the config as it is, the hash is the same in any checkout.
 */
export function scriptsKey(
  { collectCoverageFrom, rootDir }: CoveringConfig,
  config: Config.ProjectConfig,
  root: string,
): string {
  const { coveragePathIgnorePatterns, forceCoverageMatch, testPathIgnorePatterns } = config;
  const { globalSetup, globalTeardown, setupFiles, setupFilesAfterEnv } = config;
  const { testMatch, testRegex } = config;
  const text = JSON.stringify([
    [process.version, collectCoverageFrom, rootDir, config.rootDir],
    [coveragePathIgnorePatterns, forceCoverageMatch, testPathIgnorePatterns],
    [globalSetup ?? null, globalTeardown ?? null, setupFiles, setupFilesAfterEnv],
    [testMatch, testRegex.map(String)],
  ]);
  return shortHash(text.replaceAll(JSON.stringify(root).slice(1, -1), '<root>'));
}
