import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { makeBatch, Store } from '../../../src/store';
import { Project } from '../harness';
import { command } from './command';

jest.setTimeout(300_000);

const REPOSITORY = path.resolve(__dirname, '../../..');
const WRAPPED = "const { withTestmon } = require('jest-testmon');\n";

let project: Project;
beforeEach(() => {
  project = new Project({
    'jest.config.js': `${WRAPPED}module.exports = withTestmon({ transform: {} });`,
    'one.test.js': "test('one', () => undefined);",
  });
  fs.symlinkSync(REPOSITORY, project.path('node_modules/jest-testmon'), 'dir');
});
afterEach(() => project.remove());

interface Answer {
  errors: number;
  warnings: number;
  findings: { check: string; level: string; message: string; fix?: string }[];
}

function diagnose(env: NodeJS.ProcessEnv = {}): { exitCode: number | null; answer: Answer } {
  const { exitCode, stdout } = command(project, ['doctor', '--json'], env);
  return { exitCode, answer: JSON.parse(stdout) as Answer };
}

/** What is wrong, in short; each find must say how to fix it. */
function finds(env: NodeJS.ProcessEnv = {}): { exitCode: number | null; wrong: string[] } {
  const { exitCode, answer } = diagnose(env);
  const wrong = answer.findings.filter(({ level }) => level !== 'ok');
  for (const { fix } of wrong) expect(fix).toMatch(/\w/);
  return {
    exitCode,
    wrong: wrong.map(({ level, check, message }) => `${level} ${check}: ${message}`),
  };
}

function git(...args: string[]): void {
  expect(spawnSync('git', args, { cwd: project.root }).status).toBe(0);
}

test('a project in order', () => {
  project.run();
  const { exitCode, stdout, stderr } = command(project, ['doctor']);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /ok +database: sound: 1 record of 1 test file, .*last run less than a min/,
  );
  expect(stdout).toMatch(/ok +config keys: withTestmon sets every key/);
  expect(stdout).toMatch(/\nAll is well\.\n$/);
  expect(command(project, ['doctor', '--help'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/Exit codes:[^]*\$ jest-testmon doctor/),
  });
});

test('a database that is missing, empty, old, damaged, or another program’s', () => {
  expect(finds()).toEqual({ exitCode: 0, wrong: [] });
  project.write({ '.testmondata': '' });
  expect(finds()).toEqual({ exitCode: 0, wrong: [] });
  expect(project.read('.testmondata')).toBe('');

  project.write({ '.testmondata': null });
  const store = Store.open(project.path('.testmondata'));
  const run = {
    startedAt: Date.now() - 45 * 86_400_000,
    duration: 1,
    selected: 1,
    total: 1,
    saved: 0,
  };
  store.commit({ ...makeBatch({}), run }, 1);
  store.close();
  expect(finds()).toEqual({
    exitCode: 0,
    wrong: [expect.stringMatching(/^warning database: the last run .* is 45 days ago/)],
  });

  fs.truncateSync(project.path('.testmondata'), 5000);
  const before = fs.readFileSync(project.path('.testmondata'));
  expect(finds()).toEqual({
    exitCode: 1,
    wrong: [expect.stringMatching(/^error database: The database .* is damaged/)],
  });
  // It looks and touches nothing.
  expect(fs.readFileSync(project.path('.testmondata'))).toEqual(before);
  project.run();
  expect(finds()).toEqual({
    exitCode: 0,
    wrong: [expect.stringMatching(/^warning database: 1 unusable database moved aside lies in/)],
  });
});

test('config: keys missing beside those written by hand, one that does not load, options', () => {
  project.write({
    'jest.config.js': `module.exports = {
      transform: { '\\\\.ts$': ['<rootDir>/own.js', { fast: true }], '\\\\.js$': require.resolve(${JSON.stringify(require.resolve('babel-jest'))}) },
      globalSetup: 'jest-testmon/global-setup', reporters: ['default', 'jest-testmon/reporter'] };`,
    'own.js': 'exports.process = (code) => ({ code });\n',
  });
  expect(finds()).toEqual({
    exitCode: 1,
    wrong: [
      expect.stringMatching(/^error config keys: the key testEnvironment is missing/),
      expect.stringMatching(/^warning config keys: the key testRunner/),
      expect.stringMatching(/^warning config keys: the key transform/),
      expect.stringMatching(/^warning config keys: the key testSequencer/),
    ],
  });

  const { fix } = diagnose().answer.findings.find(({ message }) => /transform/.test(message)) ?? {};
  expect(fix).toContain(
    "transform: { '\\\\.ts$': ['jest-testmon/transform', { testmon: { path: require.resolve('./own.js'), options: {\"fast\":true} } }], '\\\\.js$': ['jest-testmon/transform', { testmon: { path: require.resolve('babel-jest') } }] }",
  );
  const keys =
    "globalSetup: 'jest-testmon/global-setup', testEnvironment: 'jest-testmon/environment'";
  project.write({ 'jest.config.js': `module.exports = { transform: {}, ${keys} };` });
  expect(finds()).toEqual({ exitCode: 0, wrong: [] });
  const projects =
    "projects: [{ displayName: 'a' }, { displayName: 'b' }].map((one) => ({ ...one, transform: {}, testEnvironment: 'jest-testmon/environment-node' }))";
  // Beside the projects, or in each of them.
  for (const config of [
    `globalSetup: 'jest-testmon/global-setup', ${projects}`,
    projects.replace('transform: {}', "$&, globalSetup: 'jest-testmon/global-setup'"),
  ]) {
    project.write({ 'jest.config.js': `module.exports = { ${config} };` });
    expect(finds()).toEqual({
      exitCode: 0,
      wrong: [
        expect.stringMatching(/^warning config keys: a globalSetup sees one of several projects/),
      ],
    });
  }
  project.write({ 'own.js': null });

  project.write({ 'jest.config.js': "throw new Error('broken');" });
  expect(finds()).toEqual({
    exitCode: 1,
    wrong: [expect.stringMatching(/^error config: the Jest config cannot be loaded: .*broken/)],
  });

  project.write({
    'jest.config.js': `${WRAPPED}module.exports = withTestmon({}, { keepRecord: 3, ignore: ['src/**', 'none/**', 'docs/**'] });`,
    'src/a.js': '',
    'docs/a.txt': '',
  });
  expect(finds({ TESTMON: '0' })).toEqual({
    exitCode: 0,
    wrong: [
      expect.stringMatching(/^warning options: there is no option "keepRecord"/),
      expect.stringMatching(/^warning options: testmon is switched off/),
      expect.stringMatching(
        /^warning ignored files: .*src\/\*\* .* 1 file of code .*\(src\/a\.js\)/,
      ),
      expect.stringMatching(/^warning ignored files: .*none\/\*\* .* matches no file/),
    ],
  });
});

test('versions: two copies, none installed, no Jest', () => {
  fs.rmSync(project.path('node_modules/jest-testmon'));
  project.write({ 'jest.config.js': 'module.exports = {};' });
  expect(finds()).toEqual({
    exitCode: 0,
    wrong: [expect.stringMatching(/^warning jest-testmon: .*not installed in this project/)],
  });
  project.write({
    'node_modules/jest-testmon/package.json': '{"name":"jest-testmon","version":"0.0.1"}',
  });
  expect(finds()).toEqual({
    exitCode: 1,
    wrong: [expect.stringMatching(/^error jest-testmon: several versions .*0\.0\.1 in /)],
  });
  fs.rmSync(project.path('node_modules'), { recursive: true });
  expect(finds()).toEqual({
    exitCode: 1,
    wrong: [
      expect.stringMatching(/^error Jest: Jest was not found/),
      expect.stringMatching(/^warning jest-testmon: /),
    ],
  });
});

test('.gitignore and the cache of CI', () => {
  git('init', '--quiet');
  project.run();
  const workflow = '.github/workflows/test.yml';
  project.write({ [workflow]: 'jobs:\n  test:\n    steps:\n      - run: npm test\n' });
  expect(finds().wrong).toEqual([
    'warning .gitignore: .testmondata is not in .gitignore',
    `warning CI cache: ${workflow} runs tests and keeps no .testmondata, so each of its runs runs everything`,
  ]);

  const steps = (key: string) =>
    `jobs:\n  test:\n    steps:\n      - uses: actions/cache@v4\n        with:\n          path: .testmondata\n          key: ${key}\n      - run: npx jest-testmon\n`;
  project.write({ '.gitignore': '.testmondata*\n', [workflow]: steps('testmon-v1') });
  expect(finds().wrong).toEqual([
    `warning CI cache: ${workflow} caches the database under the key testmon-v1, which is always the same: it is saved once and never again`,
  ]);
  project.write({ [workflow]: steps('testmon-${{ github.sha }}') });
  expect(finds().wrong).toEqual([]);

  // Each workflow that runs tests counts.
  const other = '.github/workflows/windows.yml';
  project.write({ [other]: 'jobs:\n  test:\n    steps:\n      - run: npx jest\n' });
  expect(finds().wrong).toEqual([
    `warning CI cache: ${other} runs tests and keeps no .testmondata, so each of its runs runs everything`,
  ]);
  project.write({ [other]: null });

  git('add', '--force', '.testmondata');
  expect(finds().wrong).toEqual([
    expect.stringMatching(/^warning \.gitignore: \.testmondata is under git's control/),
  ]);
});
