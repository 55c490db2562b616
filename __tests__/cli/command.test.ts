import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Project, removeProjects, withoutWrapped } from './support/project';
import { inFull } from '../turns';

afterAll(removeProjects);

const CLI = path.resolve(__dirname, '../../dist/cli.js');

const PASSING = { 'a.test.js': "test('one', () => { expect(1).toBe(1); });\n" };

describe.each(inFull(['jest', 'jest29'] as const))('the command with %s', (jest) => {
  const project = (files: Record<string, unknown>, packages: string[] = []) =>
    new Project({ ...PASSING, ...files }, jest, packages);

  const expectSameBesidesWrapped = (subject: Project, args: string[] = [], cwd = '.') => {
    const bare = subject.show('jest', args, { cwd });
    const composed = subject.show('testmon', args, { cwd });
    expect(withoutWrapped(composed)).toEqual(withoutWrapped(bare));
    for (const config of composed.configs) {
      expect(config['testEnvironment']).toMatch(/jest-testmon-project-.*environment\.js$/);
    }
    return { bare, composed };
  };

  test('runs a project without any config', () => {
    const { status, stderr } = project({}).testmon();
    expect(stderr).toContain('Tests:       1 passed, 1 total');
    expect(stderr).toContain('testmon global setup');
    expect(stderr).toContain('testmon reporter');
    expect(status).toBe(0);
  });

  test('keeps the exit code of a failing run', () => {
    const { status } = project({
      'b.test.js': "test('no', () => { throw new Error('no'); });",
    }).testmon();
    expect(status).toBe(1);
  });

  test.each([
    ['the package.json key', { 'package.json': { jest: { testTimeout: 1234 } } }],
    [
      'a path in package.json',
      {
        'package.json': { jest: './c/my.config.js' },
        'c/my.config.js': 'module.exports = { rootDir: "..", testTimeout: 1234 };',
      },
    ],
    ['a .js file', { 'jest.config.js': 'module.exports = { testTimeout: 1234 };' }],
    ['a .cjs file', { 'jest.config.cjs': 'module.exports = { testTimeout: 1234 };' }],
    ['a .mjs file', { 'jest.config.mjs': 'export default { testTimeout: 1234 };' }],
    ['a .json file', { 'jest.config.json': { testTimeout: 1234 } }],
    ['a function', { 'jest.config.js': 'module.exports = () => ({ testTimeout: 1234 });' }],
    [
      'an async function',
      { 'jest.config.mjs': 'export default async () => ({ testTimeout: 1234 });' },
    ],
  ])('finds a config in %s', (_, files) => {
    const { composed } = expectSameBesidesWrapped(project(files));
    // Jest 29 does not follow a path in package.json; then neither do we.
    const expected = jest === 'jest29' && _.startsWith('a path') ? undefined : 1234;
    expect(composed.globalConfig['testTimeout']).toBe(expected);
  });

  test('finds a config in TypeScript', () => {
    const subject = project(
      { 'jest.config.ts': 'const t: number = 1234; export default { testTimeout: t };' },
      ['ts-node', 'typescript'],
    );
    const { composed } = expectSameBesidesWrapped(subject);
    expect(composed.globalConfig['testTimeout']).toBe(1234);
  });

  test('finds the config of a folder above', () => {
    const subject = project({
      'jest.config.js': 'module.exports = { testTimeout: 1234 };',
      'src/x.js': '',
    });
    expectSameBesidesWrapped(subject, [], 'src');
  });

  test('takes --config as a file, with its relative rootDir', () => {
    const subject = project({
      'conf/jest.js': 'module.exports = { rootDir: "..", testTimeout: 9 };',
    });
    const { composed } = expectSameBesidesWrapped(subject, ['-c', 'conf/jest.js']);
    expect(composed.globalConfig['rootDir']).toBe(subject.folder);
  });

  test('takes --config as JSON', () => {
    const { composed } = expectSameBesidesWrapped(project({}), ['--config={"testTimeout": 77}']);
    expect(composed.globalConfig['testTimeout']).toBe(77);
  });

  test('takes --rootDir', () => {
    const subject = project({ 'sub/b.test.js': "test('two', () => {});" });
    expectSameBesidesWrapped(subject, ['--rootDir', 'sub']);
    expect(subject.testmon(['--rootDir', 'sub', '--listTests']).stdout.trim()).toBe(
      subject.path('sub/b.test.js'),
    );
  });

  const wrapped = (path: unknown, options: unknown = expect.anything()) => ({
    testmon: { path, options, collect: true, environment: expect.anything() },
  });

  test('wraps the default transformer of Jest, and JavaScript that none matches', () => {
    const { composed } = expectSameBesidesWrapped(project({}));
    expect(composed.configs[0]?.['transform']).toEqual([
      [
        '\\.[jt]sx?$',
        expect.stringMatching(/transform\.js$/),
        wrapped(expect.stringContaining('babel-jest')),
      ],
      [
        '\\.[cm]?jsx?$',
        expect.stringMatching(/transform\.js$/),
        { testmon: { path: null, collect: true, environment: expect.anything() } },
      ],
    ]);
  });

  test('wraps nothing but JavaScript for an empty transform', () => {
    const { composed } = expectSameBesidesWrapped(
      project({ 'jest.config.json': { transform: {} } }),
    );
    expect(composed.configs[0]?.['transform']).toEqual([
      [
        '\\.[cm]?jsx?$',
        expect.anything(),
        { testmon: { path: null, collect: true, environment: expect.anything() } },
      ],
    ]);
  });

  test('wraps transformers of config and preset in their order, with their options', () => {
    const subject = project({
      't/one.js': 'module.exports = { process: (code) => ({ code }) };',
      't/two.js': 'module.exports = { process: (code) => ({ code }) };',
      'my-preset/jest-preset.js': `module.exports = {
        transform: { '\\\\.ts$': '<rootDir>/t/two.js', '\\\\.js$': ['<rootDir>/t/two.js', { lost: true }] },
        testEnvironmentOptions: { fromPreset: 1 },
        setupFiles: ['<rootDir>/t/one.js'],
      };`,
      'jest.config.js': `module.exports = {
        preset: './my-preset/jest-preset.js', setupFiles: ['<rootDir>/t/two.js'],
        transform: { '\\\\.x$': './t/one.js', '\\\\.js$': ['<rootDir>/t/one.js', { kept: true }] },
      };`,
    });
    const { composed } = expectSameBesidesWrapped(subject);
    expect(composed.configs[0]?.['transform']).toEqual([
      ['\\.x$', expect.anything(), wrapped(subject.path('t/one.js'), {})],
      ['\\.js$', expect.anything(), wrapped(subject.path('t/one.js'), { kept: true })],
      ['\\.ts$', expect.anything(), wrapped(subject.path('t/two.js'), {})],
      [
        '\\.[cm]?jsx?$',
        expect.anything(),
        { testmon: { path: null, collect: true, environment: expect.anything() } },
      ],
    ]);
    expect(composed.configs[0]?.['testEnvironmentOptions']).toMatchObject({ fromPreset: 1 });
    expect(subject.testmon().status).toBe(0);
  });

  test('folds what the command line overrides into the composed config', () => {
    const subject = project(
      {
        'env.js': "module.exports = require('jest-environment-node').TestEnvironment;",
        't.js':
          "module.exports = { process: (code) => ({ code: code.replace('expect(1)', 'expect(process.exitCode ?? 1)') }) };",
        'r.js':
          "module.exports = class { onRunComplete() { process.stderr.write('their reporter\\n'); } };",
        's.js': "module.exports = async () => { process.stderr.write('their setup\\n'); };",
      },
      ['jest-environment-node'],
    );
    const args = [
      ...[
        '--env',
        './env.js',
        '--test-environment-options={"a":1}',
        '--transform',
        '{"\\\\.js$":"./t.js"}',
      ],
      ...['--reporters', 'default', '<rootDir>/r.js', '--globalSetup=<rootDir>/s.js'],
    ];
    const { composed } = expectSameBesidesWrapped(subject, args);
    expect(composed.configs[0]?.['testEnvironmentOptions']).toMatchObject({
      a: 1,
      testmon: { environment: subject.path('env.js') },
    });
    expect(composed.globalConfig['reporters']).toEqual([
      ['default', {}],
      [subject.path('r.js'), {}],
      [expect.stringMatching(/dist\/jest\/reporter\.js$/), {}],
    ]);
    const { stderr } = subject.testmon(args);
    expect(stderr).toContain('their reporter');
    expect(stderr).toContain('testmon reporter');
    expect(stderr.match(/their setup/g)).toHaveLength(1);
    expect(stderr).toContain('1 passed');
  });

  test('hands patterns and everything after -- to Jest, also the name of a command', () => {
    const subject = project({ 'src/why.test.js': "test('why', () => {});" });
    expect(subject.testmon(['src/why', '--listTests']).stdout.trim()).toBe(
      subject.path('src/why.test.js'),
    );
    expect(subject.testmon(['--listTests', '--', 'why']).stdout.trim()).toBe(
      subject.path('src/why.test.js'),
    );
  });

  test('leaves coverage by V8 as it is', () => {
    const subject = project({
      'jest.config.json': { collectCoverage: true, coverageProvider: 'v8' },
    });
    for (const args of [[], ['--coverage'], ['-t', 'x'], ['--testmon-noselect']])
      expect(subject.show('testmon', args).globalConfig['collectCoverage']).toBe(true);
    expect(subject.show('testmon', ['--coverage=false']).globalConfig['collectCoverage']).toBe(
      false,
    );
  });

  test.each([
    ['--no-testmon', ['--no-testmon'], {}],
    ['TESTMON=0', [], { TESTMON: '0' }],
  ])('%s leaves the config alone', (_, args, env) => {
    const subject = project({ 'jest.config.json': { collectCoverage: true } });
    const { seed: _a, ...bare } = subject.show('jest').globalConfig;
    const { seed: _b, ...composed } = subject.show('testmon', args, { env }).globalConfig;
    expect(composed).toEqual(bare);
  });

  test.each([
    ['throws', { 'jest.config.js': "throw new Error('my own config error');" }],
    ['is no JavaScript', { 'jest.config.js': 'module.exports = {' }],
    [
      'is not what Jest allows',
      {
        'jest.config.js':
          'module.exports = { testMatch: [], testRegex: "x", testEnvironment: "nowhere" };',
      },
    ],
    [
      'names a preset that is not there',
      { 'jest.config.js': 'module.exports = { preset: "nowhere" };' },
    ],
    ['is there twice', { 'jest.config.js': 'module.exports = {};', 'jest.config.json': {} }],
  ])('shows the message of Jest for a config that %s', (_, files) => {
    const subject = project(files);
    const bare = subject.jest();
    const composed = subject.testmon();
    expect(withoutStack(composed.stderr)).toBe(withoutStack(bare.stderr));
    expect(composed.stdout).toBe(bare.stdout);
    expect(composed.status).toBe(bare.status);
  });

  test('warns of a mistyped key as often as Jest', () => {
    const subject = project({ 'jest.config.json': { testTimout: 3 } });
    expect(count(subject.testmon().stderr, 'Unknown option')).toBe(
      count(subject.jest().stderr, 'Unknown option'),
    );
  });

  test('leaves a mistaken command line to Jest', () => {
    const subject = project({});
    const bare = subject.jest(['--nonsense']);
    const composed = subject.testmon(['--nonsense']);
    expect(withoutStack(composed.stderr)).toBe(withoutStack(bare.stderr));
    expect(composed.status).toBe(bare.status);
  });

  describe('with projects', () => {
    const files = {
      'a/a.test.js': "test('a', () => {});",
      'b/b.test.js': "test('b', () => {});",
      'a/jest.config.js':
        'module.exports = { displayName: "A", testEnvironmentOptions: { a: 1 } };',
      'b/package.json': { jest: { displayName: { name: 'B', color: 'blue' }, transform: {} } },
    };

    test.each([
      ['folders', ['<rootDir>/a', '<rootDir>/b']],
      ['a glob', ['<rootDir>/{a,b}']],
      ['a file', ['<rootDir>/a/jest.config.js', '<rootDir>/b']],
      [
        'inline configs',
        [
          { displayName: 'A', rootDir: '<rootDir>/a' },
          { displayName: 'B', rootDir: './b' },
        ],
      ],
      ['one folder', ['<rootDir>/a']],
    ])('given as %s', (_, projects) => {
      const subject = project({ ...files, 'jest.config.json': { projects, verbose: true } });
      expectSameBesidesWrapped(subject);
      const args = ['--listTests', '--selectProjects', 'A'];
      expect(subject.testmon(args).stdout).toBe(subject.jest(args).stdout);
    });

    test.each([
      ['two on the command line', ['--projects', 'a', 'b']],
      ['one on the command line', ['--projects=a']],
      ['several options', ['--projects', 'a', '--projects', 'b', '--verbose']],
    ])('given as %s', (_, args) => {
      const subject = project(files);
      expectSameBesidesWrapped(subject, args);
      expect(subject.testmon([...args, '--listTests']).stdout).toBe(
        subject.jest([...args, '--listTests']).stdout,
      );
    });

    test('that are the root itself', () => {
      const subject = project({
        ...files,
        'jest.config.js': `module.exports = {
          projects: ['<rootDir>', '<rootDir>/a'], displayName: 'root', verbose: true, reporters: ['default'],
        };`,
      });
      expectSameBesidesWrapped(subject);
      expect(subject.testmon().stderr).not.toContain('Warning');
    });

    test('of which two share a config file', () => {
      const subject = project({
        ...files,
        'jest.config.json': { projects: ['<rootDir>/c', '<rootDir>/d'] },
        'c/x.js': '',
        'd/x.js': '',
      });
      const bare = subject.jest();
      const composed = subject.testmon();
      expect(composed.stderr).toContain('Two projects resolved to the same config path');
      expect(withoutStack(composed.stderr)).toBe(withoutStack(bare.stderr));
      expect(composed.status).toBe(bare.status);
    });

    test('of which one has the config of the root', () => {
      const subject = project({
        ...files,
        'jest.config.json': { projects: ['<rootDir>/a', '<rootDir>/c'], reporters: ['default'] },
        'c/x.js': '',
      });
      expectSameBesidesWrapped(subject);
      expect(count(subject.testmon().stderr, 'Warning')).toBeLessThanOrEqual(
        count(subject.jest().stderr, 'Warning'),
      );
    });

    test('whose global setups stay, and run once', () => {
      const setup = (name: string) =>
        `module.exports = async () => { process.stderr.write('setup ${name}\\n'); };`;
      const subject = project({
        ...files,
        's.js': setup('root'),
        'a/s.js': setup('a'),
        'a/jest.config.js': "module.exports = { globalSetup: './s.js' };",
        'b/package.json': { jest: { globalSetup: '../s.js' } },
        'jest.config.json': {
          projects: ['<rootDir>/a', '<rootDir>/b'],
          globalSetup: '<rootDir>/s.js',
        },
      });
      const { stderr } = subject.testmon();
      expect(count(stderr, 'setup root')).toBe(1);
      expect(count(stderr, 'setup a')).toBe(1);
      expect(count(stderr, 'testmon global setup')).toBe(1);
    });
  });
});

describe('the command', () => {
  test('prints its own help and version', () => {
    const subject = new Project({});
    const help = subject.testmon(['--help']);
    expect(help.stdout).toContain('--testmon-forceselect');
    expect(help.stdout).toContain('Every other argument goes to Jest');
    expect(help.status).toBe(0);
    expect(subject.testmon(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('takes a reader who has read enough for no error', async () => {
    const child = spawn(process.execPath, [CLI, 'status', '--help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    const [status] = (await once(child, 'close')) as [number | null];
    expect(Buffer.concat(said).toString()).toBe('');
    expect(status).toBe(0);
  });

  test('refuses an option of its own that does not exist', () => {
    const { status, stderr } = new Project({}).testmon(['--testmon-noselct']);
    expect(stderr).toContain('--testmon-noselect');
    expect(status).toBe(2);
  });

  test('runs with the default for a value that does not exist', () => {
    const { status, stderr } = new Project(PASSING).testmon(['--testmon-type-errors', 'line']);
    expect(stderr).toContain(
      "testmon: --testmon-type-errors must be 'ignore' or 'select', not \"line\"",
    );
    expect(stderr).toContain('1 passed');
    expect(status).toBe(0);
  });

  test('says in a sentence that Jest is missing', () => {
    const subject = new Project({});
    const { status, stderr } = subject.testmon([], { cwd: '../' });
    expect(stderr).toMatch(/^testmon: Jest was not found from .*; install it with .*\n$/);
    expect(status).toBe(1);
    fs.rmSync(subject.path('node_modules'), { recursive: true });
    subject.write('.pnp.cjs', '');
    expect(subject.testmon().stderr).toMatch(
      /^testmon: Jest was not found from .*; this project uses Yarn Plug'n'Play, so start .*\n$/,
    );
  });

  test('runs a Jest that is too old as it is, and says so', () => {
    // In the folders of a Jest 28, of which only what the command needs is there.
    const subject = new Project({});
    fs.rmSync(subject.path('node_modules'), { recursive: true });
    for (const name of ['jest', 'jest-cli', 'jest-config'])
      subject.write(
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: '28.1.3' }),
      );
    subject.write('node_modules/jest/index.js', '');
    subject.write('node_modules/jest-config/index.js', 'exports.readInitialOptions = () => {};');
    subject.write(
      'node_modules/jest-cli/index.js',
      'exports.run = async (args) => { console.log(JSON.stringify(args)); process.exitCode = 7; };',
    );
    const { status, stdout, stderr } = subject.testmon(['--testmon-env', 'a', '-t', 'one', '--ci']);
    expect(stderr).toMatch(/^testmon: Jest 28\.1\.3 is too old .* everything runs .*\n$/);
    expect(JSON.parse(stdout)).toEqual(['-t', 'one', '--ci']);
    expect(status).toBe(7);
    const off = subject.testmon(['--no-testmon', '--ci']);
    expect(off).toMatchObject({ status: 7, stdout: '["--ci"]\n', stderr: '' });
  });

  test('makes process.argv and NODE_ENV look as under Jest', () => {
    const subject = new Project({
      ...PASSING,
      'jest.config.js':
        'process.stderr.write(JSON.stringify([process.env.NODE_ENV, process.argv.slice(2)])); module.exports = {};',
    });
    expect(subject.testmon(['--ci', '--testmon-nocollect', 'a']).stderr).toContain(
      '["test",["--ci","a"]]',
    );
  });
});

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Messages are compared, not the frames of whoever called. */
function withoutStack(text: string): string {
  return text.replace(/^\s+at .*\n/gm, '').replace(/^Time:.*\n/gm, '');
}
