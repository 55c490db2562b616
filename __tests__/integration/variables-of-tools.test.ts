import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project, type Files } from './harness';

jest.setTimeout(240_000);

let project: Project;
afterEach(() => project.remove());

/** What is in one Jest config, each setting a variable of its own that is not set outside. */
const ALL_TOOLS: Files = {
  'jest.config.js': `module.exports = {
  transform: { '\\\\.js$': '<rootDir>/tools/transformer.js', '\\\\.jsx$': 'babel-jest' },
  resolver: '<rootDir>/tools/resolver.js',
  testEnvironment: '<rootDir>/tools/environment.js',
  testRunner: '<rootDir>/tools/test-runner.js',
  runner: '<rootDir>/tools/runner.js',
  reporters: ['default', '<rootDir>/tools/reporter.js'],
  globalSetup: '<rootDir>/tools/setup.js',
};\n`,
  'tools/transformer.js': `process.env.A_LOADED = '1';
delete process.env.OUTER;
exports.createTransformer = () => {
  process.env.B_MADE = '1';
  return {
    getCacheKey: (code, file) => {
      const all = { ...process.env };
      Object.assign(process.env, { C_KEY: '1' });
      return file + code;
    },
    process: (code) => {
      process.env.D_TRANSFORMED ??= '1';
      return { code };
    },
  };
};\n`,
  'babel.config.js': "module.exports = { plugins: ['./tools/plug-in.js'] };",
  'tools/plug-in.js':
    "module.exports = () => ({ visitor: { Program() { process.env.E_PLUG_IN = '1'; } } });\n",
  'tools/resolver.js': `module.exports = (name, options) => {
  process.env.F_RESOLVED = '1';
  return options.defaultResolver(name, options);
};\n`,
  'tools/environment.js': `process.env.G_ENVIRONMENT = '1';
const { TestEnvironment } = require('jest-environment-node');
module.exports = class extends TestEnvironment {
  constructor(...args) { super(...args); this.global.process.env.H_WITHIN = '1'; }
};\n`,
  'tools/test-runner.js': `process.env.I_TEST_RUNNER = '1';
module.exports = require('jest-circus/runner');\n`,
  'tools/runner.js': `const Runner = require('jest-runner').default;
module.exports = class extends Runner {
  constructor(...args) { super(...args); process.env.J_RUNNER = '1'; }
};\n`,
  'tools/reporter.js':
    "module.exports = class { onRunStart() { process.env.K_REPORTER = '1'; } };\n",
  'tools/setup.js': "module.exports = () => { process.env.L_SETUP = '1'; };\n",
};

/** It sets `TS_JEST` in each process that transforms. */
const TS_JEST: Files = {
  'jest.config.js': "module.exports = { preset: 'ts-jest', testMatch: ['**/*.test.[jt]s'] };",
  'tsconfig.json': '{"compilerOptions":{"isolatedModules":true}}',
  'typed.test.ts':
    "test('it', () => { expect({ ...process.env }.ANY as string).toBe(undefined); });\n",
};

const TESTS: Files = {
  'code.jsx': 'exports.code = 1;\n',
  'code.ts': 'export const code = 1;\n',
  'all.test.js': "test('it', () => expect(JSON.stringify({ ...process.env })).not.toBe(''));\n",
  'names.test.js': "test('it', () => expect(Object.keys(process.env).length).not.toBe(0));\n",
  'one.test.js':
    "test('it', () => expect([process.env.D_TRANSFORMED, process.env.OUTER]).toHaveLength(2));\n",
};

const testOf = (module: string): string =>
  `const { code } = require('./${module}'); test('it', () => expect(code).not.toBe(0));\n`;

const PACKAGES = [
  ...['jest', 'jest-environment-node', 'jest-circus', 'jest-runner', 'babel-jest'],
  ...['ts-jest', 'typescript'],
];

describe('a variable that the tool chain sets counts as it is outside', () => {
  test.each([
    ['all that a Jest config names', ALL_TOOLS, 'code.jsx'],
    ['ts-jest', TS_JEST, 'code.ts'],
  ])('%s', (_what, tools, code) => {
    project = new Project({ ...TESTS, 'code.test.js': testOf(code), ...tools }, PACKAGES);
    const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
      project.run(args, { env: { OUTER: 'outer', ...env } });
    expect(run(['-w=2'])).toMatchObject({ exitCode: 0, failed: [] });
    expect(run(['-w=2'])).toMatchObject({ exitCode: 0, ran: [] });
    // Selection transforms what was edited, before it asks for variables.
    project.edit(code, '1', '2');
    expect(run(['why', 'all.test.js']).stdout).toContain('need not run');
    expect(run(['--listTests']).stdout.trim()).toBe(project.path('code.test.js'));
    expect(run(['-i'])).toMatchObject({ exitCode: 0, ran: ['./code.test.js'] });
    expect(run(['-i'], { OUTER: 'another' })).toMatchObject({
      exitCode: 0,
      ran: expect.arrayContaining(['./all.test.js', './one.test.js']) as unknown,
    });
    // Recorded in Jest's own process.
    expect(run(['-w=2'], { OUTER: 'another' })).toMatchObject({ exitCode: 0, ran: [] });
  });
});
