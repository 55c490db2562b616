import * as os from 'node:os';
import type { Config } from 'jest';
import { isQuickTestRun } from './__tests__/turns';

/** The integration tests of a quick test run. The others show the same with more tools, versions of Jest or worse luck. */
const QUICK = ['scenarios/scenarios', 'coverage', 'loop', 'two-keys', 'workers'].join('|');

/** The tests that take longest, which a quick test run leaves to `npm run test:all`. */
const LONG = [
  `/__tests__/integration/(?!(?:${QUICK})\\.test\\.ts$)`,
  '/__tests__/faults/(?!(?:clock|journals|names|rude-tests|verdicts)\\.test\\.ts$)',
  '/__tests__/(cli/command|store/locks|dependencies/files/stat-cache)\\.test\\.ts$',
];

const config: Config = {
  testEnvironment: 'node',
  roots: ['<rootDir>/__tests__'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/fixtures/', ...(isQuickTestRun ? LONG : [])],
  // Most of a test is one other process, so that both of two processors are used by two workers. Jest would start one.
  maxWorkers: Math.max(2, os.availableParallelism() - 1),
  // Rows of a table that share a run wait for it together; the table itself limits how many processes run.
  maxConcurrency: 40,
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }],
  },
};

export default config;
