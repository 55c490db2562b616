import * as os from 'node:os';
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  roots: ['<rootDir>/__tests__'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/fixtures/'],
  // Most of a test is one other process, so that both of two processors are used by two workers. Jest would start one.
  maxWorkers: Math.max(2, os.availableParallelism() - 1),
  // Rows of a table that share a run wait for it together; the table itself limits how many processes run.
  maxConcurrency: 40,
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }],
  },
};

export default config;
