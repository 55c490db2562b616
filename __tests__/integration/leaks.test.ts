import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project, type Files, type RunResult } from './harness';

jest.setTimeout(300_000);

/** Longer than the modules that are too short for us to keep what they were compiled to. */
const LONG = `// ${'x'.repeat(2_000)}\n`;

/** Touches what we watch: modules, files, variables, children, timers, functions as text. */
const TEST_FILE = `
const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');
const { Worker } = require('worker_threads');
const shared = require('../src/shared');
globalThis.left = Array.from({ length: 1_000 }, (_, n) => ({ n }));
test('code', () => { expect(shared.larger(2)).toBe('yes'); expect(String(shared.larger)).toContain('return'); });
test('variables', () => {
  process.env.OWN = '1';
  expect({ ...process.env }).toMatchObject({ OWN: '1' });
  delete process.env.OWN;
});
test('files', async () => {
  fs.readdirSync(__dirname);
  await fs.promises.readFile(__filename);
  await new Promise((done) => fs.stat(__filename, done));
  expect(() => fs.readFileSync('none')).toThrow();
  const spy = jest.spyOn(fs, 'readFileSync').mockImplementation(() => 'mocked');
  expect(fs.readFileSync('none')).toBe('mocked');
  spy.mockRestore();
});
test('modules', () => {
  expect(() => require('./none')).toThrow();
  jest.doMock('../src/shared', () => ({}));
  jest.resetModules();
  expect(require('../src/shared')).toEqual({});
});
test('timers', () => {
  jest.useFakeTimers();
  setTimeout(() => undefined, 1_000);
  jest.runAllTimers();
  jest.useRealTimers();
});
test('a child', () => { execFileSync(process.execPath, [path.join(__dirname, '../src/child.js')]); });
test('a thread', () => new Promise((done) => new Worker(path.join(__dirname, '../src/child.js')).on('exit', done)));
`;

const FILES: Files = {
  'src/shared.js': `exports.larger = (n) => { if (n > 1) return 'yes'; return 'no'; };\n${LONG}`,
  'src/child.js': "require('fs').readFileSync(__filename);",
  ...Object.fromEntries(
    Array.from({ length: 5 }, (_, nth) => [`__tests__/t${nth}.test.js`, TEST_FILE]),
  ),
};

/**
 * How often a run may be repeated. What is held once is held each time. But Jest 29 asks V8 once
 * whether a global object is gone, and V8 holds one for a moment where it compiles in the
 * background; Jest 30 takes a heap snapshot before it says so.
 */
const ATTEMPTS: Record<string, number> = { 'Jest 30': 1, 'Jest 29': 3 };

const PACKAGES: Record<string, Record<string, string>> = {
  'Jest 30': { jest: 'jest', 'jest-environment-jsdom': 'jest-environment-jsdom' },
  'Jest 29': { jest: 'jest29', 'jest-environment-jsdom': 'jest-environment-jsdom29' },
};

describe('nothing of ours holds what a finished test file left, as --detectLeaks sees it', () => {
  let project: Project | undefined;
  afterEach(() => project?.remove());

  test.each([
    { version: 'Jest 30', testEnvironment: 'node', transforms: false },
    { version: 'Jest 30', testEnvironment: 'node', transforms: true },
    { version: 'Jest 30', testEnvironment: 'jsdom', transforms: false },
    { version: 'Jest 30', testEnvironment: 'jsdom', transforms: true },
    { version: 'Jest 29', testEnvironment: 'jsdom', transforms: true },
  ])('$version, $testEnvironment, transforms: $transforms', (row) => {
    const { version, testEnvironment, transforms } = row;
    const config = { testEnvironment, ...(transforms ? {} : { transform: {} }) };
    const files = {
      ...FILES,
      'jest.config.json': JSON.stringify(config),
      'babel.config.js': 'module.exports = {};',
    };
    let attempts = ATTEMPTS[version] ?? 1;
    let result: RunResult;
    do {
      project?.remove();
      project = new Project(files, { ...PACKAGES[version], 'babel-jest': 'babel-jest' });
      result = project.run(['--maxWorkers=2', '--detectLeaks']);
    } while (result.stderr.includes('leaking memory') && --attempts > 0);
    const { stderr, exitCode, passed } = result;
    expect(stderr).not.toContain('leaking memory');
    expect({ exitCode, passed: passed.length }).toEqual({ exitCode: 0, passed: 5 });
  });
});
