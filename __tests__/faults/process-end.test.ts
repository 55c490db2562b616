import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Project, type Files, type RunResult } from '../integration/harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

/** Does nothing at first. What it does once it was edited is only the test file's own doing. */
const SAFE = "test('passes', () => {});\n";

const OTHER = '__tests__/a-other.test.js';
const LATE = '__tests__/late.test.js';

function make(jestVersion: string, config = '{ transform: {} }', files: Files = {}): void {
  project = new Project(
    { 'jest.config.js': `module.exports = ${config};`, [LATE]: SAFE, [OTHER]: SAFE, ...files },
    { jest: jestVersion },
  );
}

/** Runs twice after an edit, as bare Jest would fail each time. */
function expectNeverGreen(args: readonly string[]): RunResult[] {
  const bare = project.run(args, { plain: true });
  expect(bare.exitCode).not.toBe(0);
  const runs = [project.run(args), project.run(args)];
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([bare.exitCode, bare.exitCode]);
  for (const { stderr } of runs) expect(stderr).not.toMatch(/jest-testmon.dist|controller\//);
  expect(project.leftovers()).toEqual([]);
  return runs;
}

/** By what happens, what a test file does that passed for all that Jest knows. */
const LATE_ENDS: Record<string, string> = {
  'a promise rejects unhandled':
    "test('p', () => { setTimeout(() => Promise.reject(new Error('late')), 60); });",
  'a timer throws': "test('p', () => { setTimeout(() => { throw new Error('late'); }, 0); });",
  'an immediate throws':
    "test('p', () => { setImmediate(() => setImmediate(() => { throw new Error('late'); })); });",
  'a timer exits': "test('p', () => { setTimeout(() => process.exit(3), 60); });",
  'a hook exits': "test('p', () => {}); afterAll(() => process.exit(3));",
  'a signal ends it':
    "test('p', () => { setTimeout(() => process.kill(process.pid, 'SIGTERM'), 60); });",
  'the exit code is set': "test('p', () => { process.exitCode = 7; });",
  'the exit code is set late':
    "test('p', () => { setTimeout(() => { process.exitCode = 7; }, 300); });",
};

describe('a process of Jest that ends otherwise than its results tell', () => {
  it.each(
    Object.keys(LATE_ENDS).map((name, nth): [string, string] => [
      name,
      nth % 2 === 0 ? 'jest' : 'jest29',
    ]),
  )('leaves nothing that passed in it: %s (%s)', (name, version) => {
    make(version);
    expect(project.run(['-i']).exitCode).toBe(0);
    project.write({ [LATE]: `${LATE_ENDS[name] ?? ''}\n` });
    // One test file is selected, so that Jest runs it in band by itself.
    expectNeverGreen([LATE]);
    project.write({ [LATE]: SAFE.replace('passes', 'passes again') });
    expect(project.run().exitCode).toBe(0);
    expect(project.run().ran).toEqual([]);
  });

  it('does not keep another test file that may be the cause, though it was reported', () => {
    make('jest');
    project.write({
      [OTHER]: "test('p', () => { setTimeout(() => process.exit(3), 1500); });\n",
      [LATE]: "test('waits', () => new Promise((resolve) => setTimeout(resolve, 4000)));\n",
    });
    // The one that is the cause runs first, and passes.
    const first = project.run(['-i', '--testmon-noselect']);
    expect(first.exitCode).toBe(3);
    expect(project.run(['-i', '--listTests']).stdout.trim().split('\n')).toHaveLength(2);
  });

  it('names each test file once that may be the cause', () => {
    make('jest');
    project.write({ [LATE]: `${LATE_ENDS['the exit code is set'] ?? ''}\n` });
    expect(project.run(['-i']).messages).toContainEqual(
      expect.stringMatching(
        /^Jest's process ended in a way .*; 2 test files \(\S+, \S+\) that ran may be /,
      ),
    );
  });

  it('runs again what had been recorded as passing before, where that ran too', () => {
    make('jest', '{ transform: {} }', {
      [LATE]:
        "test('p', () => { if (require('child_process').execSync('cat flag').length > 1) setTimeout(() => { throw new Error('late'); }, 60); });\n",
      flag: '0',
    });
    expect(project.run(['-i'], { env: {} }).exitCode).toBe(0);
    project.write({ flag: '111' });
    expect(project.run(['-i', '--testmon-noselect']).exitCode).not.toBe(0);
    expect(project.run(['-i']).exitCode).not.toBe(0);
  });
});

describe('a run that Jest fails though no test file failed', () => {
  it.each([
    [
      'the global teardown throws',
      "{ transform: {}, globalTeardown: './end.js' }",
      { 'end.js': "module.exports = () => { throw new Error('left over'); };\n" },
    ],
    [
      'a reporter has an error',
      "{ transform: {}, reporters: ['default', './end.js'] }",
      { 'end.js': "module.exports = class { getLastError() { return new Error('slow'); } };\n" },
    ],
    [
      'a reporter sets the exit code',
      "{ transform: {}, reporters: ['default', './end.js'] }",
      { 'end.js': 'module.exports = class { onRunComplete() { process.exitCode = 5; } };\n' },
    ],
    [
      'a snapshot file has lost its test file',
      '{ transform: {} }',
      {
        '__tests__/__snapshots__/gone.test.js.snap':
          '// Jest Snapshot v1, https://jestjs.io/docs/snapshot-testing\n\nexports[`x 1`] = `1`;\n',
      },
    ],
  ])('fails again: %s', (_, config, files) => {
    make('jest', config, files);
    for (const { ran } of expectNeverGreen(['--ci', '--maxWorkers=2'])) expect(ran).toHaveLength(2);
  });

  it('keeps no record of what it ran, for inputs that come back', () => {
    make('jest', "{ transform: {}, reporters: ['default', './end.js'] }", {
      'end.js':
        "module.exports = class { getLastError() { if (require('fs').readFileSync('flag', 'utf8') === '1') return new Error('slow'); } };\n",
      [LATE]: "test('p', () => { require('fs').readFileSync('flag'); });\n",
      flag: '1',
    });
    const run = () => project.run(['--maxWorkers=2']);
    expect(run().exitCode).toBe(1);
    project.write({ flag: '0' });
    expect(run().exitCode).toBe(0);
    project.write({ flag: '1' });
    expect(run()).toMatchObject({ exitCode: 1, ran: [LATE] });
  });

  it('keeps its records where a threshold of coverage or another test file explains it', () => {
    make(
      'jest',
      "{ transform: {}, coverageThreshold: { global: { lines: 100 } }, collectCoverageFrom: ['src/*.js'] }",
      { 'src/never.js': 'exports.never = () => 1;\n' },
    );
    expect(project.run(['-i', '--coverage']).exitCode).toBe(1);
    expect(project.run(['-i', '--coverage', '--listTests']).stdout).toBe('\n');
    project.write({ [OTHER]: "test('fails', () => { throw new Error('as told'); });\n" });
    for (const args of [['-i'], ['-i', '--forceExit'], ['-i', '--bail']])
      expect(project.run(args)).toMatchObject({ exitCode: 1, ran: [OTHER] });
  });
});
