import * as fs from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { canHeedPermissions, ENTRY, Project, type Files, type RunResult } from './harness';
import { command } from './upkeep/command';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => {
  fs.chmodSync(project.root, 0o755);
  project.remove();
});

/** Two test files whose results depend on a global that the Jest config gives. */
const FILES: Files = {
  'jest.config.js': 'module.exports = { transform: {}, globals: { given: 1 } };\n',
  'src/given.js': 'exports.given = () => given;\n',
  '__tests__/one.test.js':
    "test('one', () => { expect(require('../src/given').given()).toBe(1); });\n",
  '__tests__/two.test.js':
    "test('first', () => { expect(require('../src/given').given()).toBe(1); });\ntest('second', () => { expect(given + 0).toBe(1); });\n",
};
const BOTH = ['__tests__/one.test.js', '__tests__/two.test.js'];
const CHANGED =
  /cannot be written.* was recorded with another Jest config.*everything.* runs and nothing is recorded/;

/** Records a project, and takes the right to write its database away. */
function record(files: Files, packages: readonly string[] = ['jest'], plain = false): void {
  project = new Project(files, packages);
  expect(project.run([], { plain }).exitCode).toBe(0);
  expect(project.run([], { plain }).ran).toEqual([]);
  for (const name of fs.readdirSync(project.root).filter((name) => name.startsWith('.testmon')))
    fs.chmodSync(project.path(name), 0o444);
}

/** Runs where nothing may be written beside the database either. */
function run(args: readonly string[] = [], plain = false): RunResult {
  fs.chmodSync(project.root, 0o555);
  const result = project.run(args, { heedsPermissions: true, plain });
  fs.chmodSync(project.root, 0o755);
  return result;
}

const withPermissions = canHeedPermissions() ? describe : describe.skip;

withPermissions('a database that cannot be written, and another tool chain', () => {
  test.each<[string, Files, readonly string[], () => void]>([
    ['globals', FILES, ['jest'], () => project.edit('jest.config.js', 'given: 1', 'given: 2')],
    [
      'a setup file is named',
      { ...FILES, 'setup.js': 'globalThis.given = 2;\n' },
      ['jest'],
      () =>
        project.edit(
          'jest.config.js',
          'transform',
          "setupFiles: ['<rootDir>/setup.js'], transform",
        ),
    ],
    [
      'a transformer',
      {
        ...FILES,
        'jest.config.js': "module.exports = { transform: { 'src/.*js$': '<rootDir>/one.js' } };\n",
        'one.js':
          "exports.process = (code) => ({ code: 'const given = 1;' + code });\nexports.getCacheKey = (...all) => String(Math.random());\n",
        '__tests__/two.test.js':
          "test('two', () => { expect(require('../src/given').given()).toBe(1); });\n",
      },
      ['jest'],
      () => project.edit('one.js', 'given = 1', 'given = 2'),
    ],
    [
      'tsconfig.json',
      {
        'jest.config.js':
          "module.exports = { transform: { 'ts$': ['ts-jest', { diagnostics: false }] } };\n",
        'tsconfig.json':
          '{ "compilerOptions": { "target": "ES2020", "types": [], "useDefineForClassFields": false } }',
        'src/a.ts': 'export class A { declared: unknown; }\n',
        '__tests__/one.test.ts':
          "import { A } from '../src/a';\ntest('one', () => { expect(Object.keys(new A())).toEqual([]); });\n",
        '__tests__/two.test.ts':
          "import { A } from '../src/a';\ntest('two', () => { expect('declared' in new A()).toBe(false); });\n",
      },
      ['jest', 'ts-jest', 'typescript', '@types/jest', '@types/node'],
      () => project.edit('tsconfig.json', 'Fields": false', 'Fields": true'),
    ],
  ])('%s: everything runs, and one sentence says why', (_, files, packages, change) => {
    record(files, packages);
    change();
    const bare = run([], true);
    expect(bare.exitCode).toBe(1);
    const all = run();
    expect([all.exitCode, all.failed]).toEqual([1, bare.failed]);
    expect(all.messages).toEqual([expect.stringMatching(CHANGED)]);
    const byTest = run(['--testmon-granularity', 'test', '--testmon-nocollect']);
    expect([byTest.exitCode, byTest.failed]).toEqual([1, bare.failed]);
    expect(run(['--listTests']).stdout.trim().split('\n')).toHaveLength(2);
  });

  test.each<[string, string]>([
    [
      'withTestmon',
      `module.exports = require(${JSON.stringify(ENTRY)}).withTestmon({ transform: {}, globals: { given: 1 } });\n`,
    ],
    [
      'plug points by hand, without a sequencer',
      `module.exports = { transform: {}, globals: { given: 1 }, globalSetup: ${JSON.stringify(ENTRY.replace('index.js', 'jest/global-setup.js'))}, testEnvironment: ${JSON.stringify(ENTRY.replace('index.js', 'jest/environment.js'))} };\n`,
    ],
  ])('%s', (way, config) => {
    project = new Project({ ...FILES, 'jest.config.js': config });
    project.run([], { plain: true });
    fs.chmodSync(project.path('.testmondata'), 0o444);
    project.edit('jest.config.js', 'given: 1', 'given: 2');
    expect([way, run([], true)]).toMatchObject([way, { exitCode: 1, failed: BOTH }]);
  });

  test('commands that look judge as the run does', () => {
    record(FILES);
    project.edit('jest.config.js', 'given: 1', 'given: 2');
    const status = JSON.parse(command(project, ['status', '--json']).stdout) as {
      affected: string[];
    };
    expect(status.affected).toEqual(BOTH);
    expect(command(project, ['status', '--exit-code']).exitCode).toBe(1);
    expect(command(project, ['why', 'one.test']).stdout).toMatch(/tool chain changed since/);
    expect(JSON.parse(command(project, ['report', '--json']).stdout)).toMatchObject({
      tests: expect.arrayContaining([]),
    });
    const verified = run(['verify']);
    expect(verified).toMatchObject({ exitCode: 1, failed: BOTH });
    expect(verified.stderr).toMatch(/nothing to verify\.$/m);
  });

  test('of several projects the one whose config changed runs', () => {
    const inPart = (part: string): Files => ({
      [`${part}/jest.config.js`]: 'module.exports = { transform: {}, globals: { given: 1 } };\n',
      [`${part}/a.test.js`]: "test('a', () => { expect(given).toBe(1); });\n",
    });
    record({
      'jest.config.js': "module.exports = { projects: ['<rootDir>/left', '<rootDir>/right'] };\n",
      ...inPart('left'),
      ...inPart('right'),
    });
    project.edit('left/jest.config.js', 'given: 1', 'given: 2');
    const { failed, ran, messages } = run();
    expect([failed, ran]).toEqual([['left/a.test.js'], ['left/a.test.js']]);
    expect(messages).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/1 project \(left\).*everything in there runs/),
      ]),
    );
  });
});
