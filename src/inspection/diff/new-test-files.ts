import type { Config } from '@jest/types';
import { fromStored } from '../../dependencies/files/paths';
import { fromJest } from '../../run/user-jest';
import type { Inspection } from '../inspection';

/** The part of the user's jest-util that is used here. */
interface JestUtil {
  globsToMatcher(globs: readonly string[]): (file: string) => boolean;
}

/**
 * Returns those of some files that Jest would run as tests. The files need not exist.
 * @param names Stored paths.
 */
export function testFilesAmong(
  names: readonly string[],
  { request: { root }, projects }: Inspection,
): string[] {
  if (names.length === 0) return [];
  const util = fromJest('jest-util', root)('jest-util') as JestUtil;
  const isTestFile = projects.map(({ project }) => matcherOf(project.config, util));
  return names.filter((name) => isTestFile.some((matches) => matches(fromStored(root, name))));
}

/** Decides as `SearchSource` of `@jest/core` does. */
function matcherOf(
  { roots, testMatch, testRegex, testPathIgnorePatterns }: Config.ProjectConfig,
  util: JestUtil,
): (file: string) => boolean {
  const matchesGlob = testMatch.length > 0 ? util.globsToMatcher(testMatch) : () => true;
  const patterns = testRegex.map((pattern) => new RegExp(pattern));
  const ignored = testPathIgnorePatterns.map((pattern) => new RegExp(pattern));
  return (file) =>
    roots.some((folder) => file.startsWith(folder)) &&
    matchesGlob(file) &&
    (patterns.length === 0 || patterns.some((pattern) => pattern.test(file))) &&
    !ignored.some((pattern) => pattern.test(file));
}
