import * as path from 'node:path';
import type { TestContext } from '@jest/test-result';
import { fromJest } from '../../run/user-jest';

/** Returns the absolute path of a snapshot file's test file. */
type TestOf = (snapshot: string) => string;

/**
 * Finds snapshot files without a test file. They make a run of Jest fail, but Jest only searches for them in projects
 * in which a test file runs. Source: jest-snapshot, `cleanup`.
 * @returns Absolute paths.
 */
export async function obsoleteSnapshots({ config, hasteFS }: TestContext): Promise<string[]> {
  const files = hasteFS.matchFiles(/\.snap$/);
  if (files.length === 0) return [];
  const ignored = config.testPathIgnorePatterns;
  const ignore = ignored.length === 0 ? null : new RegExp(ignored.join('|'));
  const testOf = await testsOfSnapshots(config);
  return files.filter((file) => {
    const test = testOf(file);
    return ignore?.test(test) !== true && !hasteFS.exists(test);
  });
}

async function testsOfSnapshots(config: TestContext['config']): Promise<TestOf> {
  if (config.snapshotResolver == null) return usual;
  const { buildSnapshotResolver } = fromJest(
    'jest-snapshot',
    config.rootDir,
  )('jest-snapshot') as typeof import('jest-snapshot');
  const resolver = await buildSnapshotResolver(config);
  return (snapshot) => resolver.resolveTestPath(snapshot);
}

/** Source: jest-snapshot, `createDefaultSnapshotResolver`. */
function usual(snapshot: string): string {
  return path.resolve(path.dirname(snapshot), '..', path.basename(snapshot, '.snap'));
}
