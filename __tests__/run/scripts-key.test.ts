import { expect, test } from '@jest/globals';
import type { Config } from '@jest/types';
import { scriptsKey } from '../../src/run/scripts-key';

function key(root: string, global: object = {}, project: object = {}): string {
  const config = {
    rootDir: root,
    coveragePathIgnorePatterns: ['/node_modules/', `${root}/generated`],
    forceCoverageMatch: [],
    testPathIgnorePatterns: [],
    setupFiles: [`${root}/setup.js`],
    setupFilesAfterEnv: [],
    testMatch: ['**/*.test.js'],
    testRegex: [],
    ...project,
  };
  return scriptsKey(
    { collectCoverageFrom: ['src/**'], rootDir: root, ...global },
    config as unknown as Config.ProjectConfig,
    root,
  );
}

test('what V8 counted holds in another checkout, and for the same report by the same Node alone', () => {
  const here = key('/here');
  expect(key('/else/where')).toBe(here);
  expect(key('/here', { collectCoverageFrom: ['lib/**'] })).not.toBe(here);
  expect(key('/here', { rootDir: '/here/packages/a' })).not.toBe(here);
  expect(key('/here', {}, { coveragePathIgnorePatterns: [] })).not.toBe(here);
  expect(key('/here', {}, { setupFiles: [] })).not.toBe(here);
  const version = Object.getOwnPropertyDescriptor(process, 'version') ?? {};
  Object.defineProperty(process, 'version', { ...version, value: 'v20.0.1' });
  try {
    expect(key('/here')).not.toBe(here);
  } finally {
    Object.defineProperty(process, 'version', version);
  }
});
