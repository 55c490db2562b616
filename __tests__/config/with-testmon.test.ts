import { afterAll, describe, expect, test } from '@jest/globals';
import { Project, removeProjects, type ShownConfig, withoutWrapped } from '../cli/support/project';
import { inFull } from '../turns';

afterAll(removeProjects);

const PASSING = { 'a.test.js': "test('one', () => { expect(1).toBe(1); });\n" };
const REQUIRE = "const { withTestmon } = require('jest-testmon');";

describe.each(inFull(['jest', 'jest29'] as const))('withTestmon with %s', (jest) => {
  const project = (files: Record<string, unknown>, packages: string[] = []) =>
    new Project({ ...PASSING, ...files }, jest, packages);

  test.each([
    [
      'an object',
      'jest.config.js',
      `${REQUIRE} module.exports = withTestmon({ testTimeout: 1234 });`,
    ],
    [
      'a function',
      'jest.config.js',
      `${REQUIRE} module.exports = withTestmon(() => ({ testTimeout: 1234 }));`,
    ],
    [
      'a promise',
      'jest.config.cjs',
      `${REQUIRE} module.exports = withTestmon(Promise.resolve({ testTimeout: 1234 }));`,
    ],
    [
      'an async function in an ES module',
      'jest.config.mjs',
      "import { withTestmon } from 'jest-testmon'; export default withTestmon(async () => ({ testTimeout: 1234 }));",
    ],
    [
      'itself',
      'jest.config.js',
      `${REQUIRE} module.exports = withTestmon(withTestmon({ testTimeout: 1234 }));`,
    ],
  ])('composes %s for plain Jest', (_, name, text) => {
    const subject = project({ [name]: text });
    const composed = subject.show('jest');
    subject.write('plain.config.json', { testTimeout: 1234 });
    const bare = subject.show('jest', ['-c', 'plain.config.json']);
    expect(withoutIds(withoutWrapped(composed))).toEqual(withoutIds(withoutWrapped(bare)));
    expectComposed(composed.configs[0]);
    const { status, stderr } = subject.jest();
    expect(stderr).toContain('testmon global setup');
    expect(stderr).toContain('testmon reporter');
    expect(stderr).toContain('1 passed');
    expect(status).toBe(0);
  });

  test('composes a config in TypeScript', () => {
    const subject = project(
      {
        'jest.config.ts': `import type { Config } from 'jest';
          const { withTestmon } = require('jest-testmon');
          const config: Config = { testTimeout: 1234 }; export default withTestmon(config);`,
      },
      ['ts-node', 'typescript', '@types/node'],
    );
    expectComposed(subject.show('jest').configs[0]);
  });

  test('resolves relative paths from the config file, wherever Jest is started', () => {
    const subject = project(
      {
        'conf/jest.config.js': `${REQUIRE} module.exports = withTestmon({
        rootDir: '..', testEnvironment: './env.js', transform: { js: '<rootDir>/t.js' } });`,
        'env.js': "module.exports = require('jest-environment-node').TestEnvironment;",
        't.js': 'module.exports = { process: (code) => ({ code }) };',
        'sub/x.js': '',
      },
      ['jest-environment-node'],
    );
    for (const [cwd, file] of [
      ['.', 'conf/jest.config.js'],
      ['sub', '../conf/jest.config.js'],
    ] as const) {
      const { configs } = subject.show('jest', ['-c', file], { cwd });
      expect(configs[0]?.['testEnvironmentOptions']).toMatchObject({
        testmon: { environment: subject.path('env.js') },
      });
    }
    expect(subject.jest(['-c', 'conf/jest.config.js']).status).toBe(0);
  });

  test('composes projects of every kind, also ones that use withTestmon', () => {
    const subject = project({
      'jest.config.js': `${REQUIRE} module.exports = withTestmon({
        projects: ['<rootDir>/a', '<rootDir>/{b,c}/jest.config.js', { displayName: 'D', rootDir: '<rootDir>/d' }] });`,
      'a/package.json': { jest: { displayName: 'A' } },
      'b/jest.config.js': 'module.exports = { displayName: "B" };',
      'c/jest.config.js': `${REQUIRE} module.exports = withTestmon({ displayName: 'C' });`,
      'd/x.test.js': "test('d', () => {});",
      'c/x.test.js': "test('c', () => {});",
    });
    const { configs } = subject.show('jest');
    expect(configs.map((config) => (config['displayName'] as { name: string }).name)).toEqual([
      ...['A', 'B', 'C', 'D'],
    ]);
    for (const config of configs) expectComposed(config);
    const { status, stderr } = subject.jest(['--selectProjects', 'C', 'D']);
    expect(stderr).toContain('2 passed');
    expect(status).toBe(0);
  });

  test('works in several projects on the command line, of which the first is the root', () => {
    const config = (name: string) =>
      `${REQUIRE} module.exports = withTestmon({ displayName: '${name}', globalSetup: './setup.js' });`;
    const setup = (name: string) =>
      `module.exports = async () => { process.stderr.write('setup of ${name}\\n'); };`;
    const subject = project({
      'a/jest.config.js': config('A'),
      'a/setup.js': setup('A'),
      'a/x.test.js': "test('a', () => {});",
      'b/jest.config.js': config('B'),
      'b/setup.js': setup('B'),
      'b/x.test.js': "test('b', () => {});",
    });
    const { status, stderr } = subject.jest(['--projects', 'a', 'b']);
    expect(stderr).toContain('2 passed');
    expect(stderr).toContain('setup of A');
    expect(status).toBe(0);
  });

  test('is composed once by the command, with its options', () => {
    const subject = project({
      'jest.config.js': `${REQUIRE} module.exports = withTestmon({ collectCoverage: true }, { collect: false });`,
    });
    const { configs, globalConfig } = subject.show('testmon');
    expectComposed(configs[0], false);
    expect(globalConfig['collectCoverage']).toBe(true);
    expect((globalConfig['reporters'] as unknown[]).length).toBe(2);
  });

  test.each([
    ['TESTMON=0', '{}', { TESTMON: '0' }],
    ['enabled: false', '{ enabled: false }', {}],
  ])('leaves the config as it is for %s', (_, options, env) => {
    const subject = project({
      'jest.config.js': `${REQUIRE} module.exports = withTestmon({ collectCoverage: true }, ${options});`,
    });
    const plain = project({ 'jest.config.js': 'module.exports = { collectCoverage: true };' });
    for (const by of ['jest', 'testmon'] as const) {
      const shown = JSON.stringify(subject.show(by, [], { env })).replaceAll(subject.folder, '');
      const bare = JSON.stringify(plain.show('jest')).replaceAll(plain.folder, '');
      const volatile = /"(seed|id)":("[^"]*"|-?\d+)/g;
      expect(shown.replace(volatile, '')).toBe(bare.replace(volatile, ''));
    }
  });

  test('leaves an error in the config to Jest', () => {
    const broken = { testEnvironment: 'nowhere' };
    const subject = project({
      'jest.config.js': `${REQUIRE} module.exports = withTestmon(${JSON.stringify(broken)});`,
    });
    const plain = project({ 'jest.config.json': broken });
    expect(subject.jest()).toMatchObject({ status: 1, stderr: plain.jest().stderr });
  });

  test('says in a sentence that the command line replaces what it sets, and steps back', () => {
    const subject = project({ 'jest.config.js': `${REQUIRE} module.exports = withTestmon({});` });
    const { status, stderr } = subject.jest(['--testSequencer', '@jest/test-sequencer']);
    expect(stderr.match(/testmon: --testSequencer on the command line replaces/g)).toHaveLength(1);
    expect(stderr).toContain('1 passed');
    expect(status).toBe(0);
  });

  test('goes on with the default for a mistaken option, and says so once', () => {
    const subject = project({
      'jest.config.js': `${REQUIRE} module.exports = withTestmon({}, { typeErrors: 'x' });`,
    });
    const { status, stderr } = subject.jest();
    expect(
      stderr.match(/testmon: the option typeErrors must be 'ignore' or 'select'/g),
    ).toHaveLength(1);
    expect(status).toBe(0);
  });
});

/** An id counts the name of the config file in. */
function withoutIds({ configs, globalConfig }: ShownConfig): ShownConfig {
  return { configs: configs.map((config) => ({ ...config, id: '' })), globalConfig };
}

function expectComposed(config: Record<string, unknown> | undefined, collect = true): void {
  expect(config?.['testEnvironment']).toMatch(/dist\/jest\/environment\.js$/);
  expect(config?.['testRunner']).toMatch(/dist\/jest\/test-runner\.js$/);
  const testmon = {
    environment: expect.stringContaining('jest-environment-node'),
    runner: expect.stringContaining('jest-circus'),
  };
  expect(config?.['testEnvironmentOptions']).toMatchObject({ testmon });
  const transform = config?.['transform'] as [string, string, { testmon: { path: string } }][];
  expect(
    transform.map(
      ([
        ,
        file,
        {
          testmon: { path },
        },
      ]) => [/dist\/jest\/transform\.js$/.test(file), path],
    ),
  ).toEqual([
    [true, expect.stringContaining('babel-jest')],
    [true, null],
  ]);
  expect(transform[0]?.[2]).toMatchObject({ testmon: { collect } });
}
