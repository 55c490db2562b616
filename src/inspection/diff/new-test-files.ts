import type { SearchSource } from '@jest/core';
import { fromStored } from '../../dependencies/files/paths';
import { fromJest } from '../../run/user-jest';
import type { Inspection } from '../inspection';

type TestContext = ConstructorParameters<typeof SearchSource>[0];

/**
 * Returns those of some files that Jest would run as tests, by its own decision. The files need not exist.
 * @param names Stored paths.
 */
export function testFilesAmong(
  names: readonly string[],
  { request: { root }, projects }: Inspection,
): string[] {
  if (names.length === 0) return [];
  const core = fromJest('@jest/core', root)('@jest/core') as { SearchSource: typeof SearchSource };
  const sources = projects.map(
    // For this question, it looks at nothing else.
    ({ project: { config } }) => new core.SearchSource({ config } as unknown as TestContext),
  );
  return names.filter((name) =>
    sources.some((source) => source.isTestFilePath(fromStored(root, name))),
  );
}
