import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Store } from '../../src/store';
import { inFull } from '../turns';
import { ENTRY, Project, type Files, type RunOptions, type RunResult } from './harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

/** A function whose body is a block of its own. */
const fn = (name: string, value: string): string =>
  `exports.${name} = function (x) {\n  const ${name} = ${value};\n  return ${name};\n};\n`;

const CONFIG: Files = { 'jest.config.js': 'module.exports = { transform: {} };' };

interface Setup {
  jest: string;
  workers: number;
}
const setups: [string, Setup][] = [
  ['Jest 30 with 1 worker', { jest: 'jest', workers: 1 }],
  ['Jest 29 with 3 workers', { jest: 'jest29', workers: 3 }],
];

interface TestRun extends RunResult {
  /** The names of the tests that ran, in order of their names. */
  tests: string[];
}

function runner({ workers }: { workers: number }) {
  return (args: readonly string[] = [], options: RunOptions = {}, on = project): TestRun => {
    const given = args.includes('--testmon-granularity') ? [] : ['--testmon-granularity', 'test'];
    const result = on.run(['--verbose', `--maxWorkers=${workers}`, ...given, ...args], options);
    return { ...result, tests: testsOf(result) };
  };
}

function testsOf({ stderr }: RunResult): string[] {
  return [...stderr.matchAll(/^\s+[✓✕] (.*?)(?: \([\d.]+ m?s\))?$/gm)]
    .map(([, name]) => String(name))
    .sort();
}

/** What the database says of the test files' tests. */
function recorded(of: Project): unknown {
  const store = Store.open(of.path('.testmondata'), { readonly: true });
  try {
    return store.snapshot().environments.map(({ testFiles }) => testFiles);
  } finally {
    store.close();
  }
}

describe.each(inFull(setups))('%s', (_name, setup) => {
  const run = runner(setup);

  test('runs the tests that executed what was edited, and records what a full run would', () => {
    project = new Project(
      {
        ...CONFIG,
        'src/math.js':
          fn('add', 'x + 1') +
          fn('sub', 'x - 1') +
          fn('each', 'x * 1') +
          fn('all', 'x * 2') +
          fn('nested', 'x * 3'),
        'src/data.js':
          'exports.read = () => {\n  return require("fs").readFileSync("data.txt", "utf8");\n};\n',
        'data.txt': 'data',
        '__tests__/math.test.js': `
          const { add, sub, each, all, nested } = require('../src/math');
          const { read } = require('../src/data');
          const seen = [];
          beforeAll(() => { seen.push('all'); all(1); });
          beforeEach(() => { seen.push('each'); each(1); });
          test('adds', () => { expect(add(1)).toBe(2); expect(seen[0]).toBe('all'); });
          describe('outer', () => {
            describe('inner', () => {
              let value;
              beforeAll(() => { value = nested(1); });
              test('subtracts', () => { expect(sub(1)).toBe(0); expect(value).toBeDefined(); });
              test('has hooks', () => { expect(value).toBeDefined(); });
            });
            test.each([1, 2])('adds each %i', (n) => { expect(add(n)).toBeDefined(); });
            test('reads', () => { expect(read()).toBeDefined(); });
          });
          describe('two', () => { test('of a name', () => { add(1); }); });
          describe('two', () => { test('of a name', () => { sub(1); }); });
          test.todo('later');
          test.skip('never', () => { sub(1); });`,
        '__tests__/add.test.js': `
          const { add } = require('../src/math');
          test('adds alone', () => { expect(add(1)).toBe(2); });
          test('does nothing', () => {});`,
        '__tests__/other.test.js': "test('other', () => {});",
      },
      { jest: setup.jest },
    );
    const everything = run();
    expect(everything.tests).toHaveLength(11);
    expect(everything.exitCode).toBe(0);
    expect(run().ran).toEqual([]);

    const both = ['of a name', 'of a name'];
    const rounds: [file: string, from: string, to: string, tests: string[]][] = [
      [
        'src/math.js',
        'x + 1',
        '1 + x',
        ['adds', 'adds alone', 'adds each 1', 'adds each 2', ...both],
      ],
      ['src/math.js', 'x - 1', 'x + -1', [...both, 'subtracts']],
      ['data.txt', 'data', 'other', ['reads']],
      ['__tests__/math.test.js', 'add(1)).toBe(2)', 'add(2)).toBe(3)', ['adds']],
      // A new helper, a test that uses it, and a change of it.
      [
        '__tests__/math.test.js',
        'const seen = [];',
        'const seen = [];\nfunction same(x) {\n  return [x][0];\n}',
        [],
      ],
      ['__tests__/math.test.js', 'add(2))', 'add(same(2)))', ['adds']],
      ['__tests__/math.test.js', '[x][0]', '[x, 0][0]', ['adds']],
      // A new test, with the last one that passed; another name; a new group; a test that is gone.
      [
        '__tests__/math.test.js',
        "test('adds',",
        "test('new', () => { expect(add(0)).toBe(1); });\ntest('adds',",
        ['new', ...both],
      ],
      ['__tests__/math.test.js', "test('new'", "test('newer'", ['newer', ...both]],
      [
        '__tests__/math.test.js',
        "describe('outer'",
        "describe('added', () => { test('inside', () => {}); });\ndescribe('outer'",
        ['inside', ...both],
      ],
      ['__tests__/math.test.js', "test('newer', () => { expect(add(0)).toBe(1); });\n", '', both],
    ];
    for (const [file, from, to, tests] of rounds) {
      project.edit(file, from, to);
      const whole = project.copy();
      const partly = run();
      expect(partly.tests).toEqual(tests);
      expect(partly.exitCode).toBe(0);
      run(['--testmon-granularity', 'file'], {}, whole);
      expect(recorded(project)).toEqual(recorded(whole));
      whole.remove();
      expect(run().ran).toEqual([]);
    }

    // Hooks of every test, a hook outside of the tests, module level: the test file runs whole.
    project.edit('src/math.js', 'x * 1', '1 * x');
    expect(run().tests).toHaveLength(9);
    project.edit('src/math.js', 'x * 3', '3 * x');
    expect(run().tests).toHaveLength(9);
    project.edit('__tests__/math.test.js', 'const seen = [];', 'const seen = []; add;');
    expect(run().tests).toHaveLength(9);
    expect(project.leftovers()).toEqual([]);
  });

  test('a file that needs its tests in order is found out, and taken whole from then on', () => {
    project = new Project(
      {
        ...CONFIG,
        'src/steps.js': fn('first', 'x') + fn('second', 'x') + fn('third', 'x'),
        '__tests__/steps.test.js': `
          const { first, second, third } = require('../src/steps');
          let state;
          test('first', () => { state = first(1); });
          test('second', () => { expect(second(state)).toBe(1); });
          test('third', () => { third(1); });`,
        '__tests__/plain.test.js': `
          const { second, third } = require('../src/steps');
          test('plain second', () => { expect(second(1)).toBe(1); });
          test('plain third', () => { third(1); });`,
      },
      { jest: setup.jest },
    );
    run();
    project.edit('src/steps.js', 'second = x', 'second = x + 0');
    const partly = run();
    expect(partly.tests).toEqual(['plain second', 'second']);
    expect(partly).toMatchObject({ exitCode: 1, failed: ['__tests__/steps.test.js'] });
    expect(partly.messages).toContain(
      '__tests__/steps.test.js failed with unaffected tests skipped, on which the others may depend; the next run takes it whole.',
    );
    const whole = run();
    expect(whole).toMatchObject({ exitCode: 0, tests: ['first', 'second', 'third'] });
    expect(whole.messages.join()).toContain('steps.test.js passes when taken whole');

    project.edit('src/steps.js', 'second = x + 0', 'second = x - 0');
    expect(run()).toMatchObject({
      exitCode: 0,
      tests: ['first', 'plain second', 'second', 'third'],
    });

    // Its code outside of the tests changes: it gets another chance.
    project.edit('__tests__/steps.test.js', 'let state;', 'let state; state = 1;');
    expect(run().tests).toEqual(['first', 'second', 'third']);
    project.edit('src/steps.js', 'second = x - 0', 'second = x * 1');
    expect(run()).toMatchObject({ exitCode: 0, tests: ['plain second', 'second'] });
  });

  test('a failure that was repaired is none of the order', () => {
    project = new Project(
      {
        ...CONFIG,
        'src/math.js': fn('add', 'x + 1') + fn('sub', 'x - 1'),
        '__tests__/math.test.js': `
          const { add, sub } = require('../src/math');
          test('adds', () => { expect(add(1)).toBe(2); });
          test('subtracts', () => { expect(sub(1)).toBe(0); });`,
      },
      { jest: setup.jest },
    );
    run();
    project.edit('src/math.js', 'x + 1', 'x + 2');
    expect(run()).toMatchObject({ exitCode: 1, tests: ['adds'] });
    // What failed runs whole until it passes.
    expect(run()).toMatchObject({ exitCode: 1, tests: ['adds', 'subtracts'] });
    project.edit('src/math.js', 'x + 2', '1 + x');
    expect(run()).toMatchObject({ exitCode: 0, tests: ['adds', 'subtracts'] });
    project.edit('src/math.js', '1 + x', 'x + 1 + 0');
    expect(run()).toMatchObject({ exitCode: 0, tests: ['adds'] });
  });

  test('snapshots of skipped tests are neither obsolete nor removed', () => {
    project = new Project(
      {
        ...CONFIG,
        'src/math.js': fn('add', 'x + 1') + fn('sub', 'x - 1'),
        '__tests__/snap.test.js': `
          const { add, sub } = require('../src/math');
          test('adds', () => {
            expect(add(1) > 0).toMatchSnapshot();
            expect(add(1) > 0).toMatchSnapshot('a hint');
          });
          test('subtracts', () => {
            expect(sub(1) < 1).toMatchSnapshot();
            expect(sub(1) < 1).toMatchInlineSnapshot('true');
          });`,
      },
      { jest: setup.jest },
    );
    run();
    const snapshots = project.read('__tests__/__snapshots__/snap.test.js.snap');
    project.edit('src/math.js', 'x - 1', '-1 + x');
    const partly = run(['--ci']);
    expect(partly).toMatchObject({ exitCode: 0, tests: ['subtracts'] });
    expect(partly.stderr).not.toContain('obsolete');
    expect(run(['--ci']).ran).toEqual([]);

    project.edit('src/math.js', '-1 + x', 'x + -1');
    expect(run(['-u', '--testmon-forceselect']).tests).toEqual(['adds', 'subtracts']);
    expect(project.read('__tests__/__snapshots__/snap.test.js.snap')).toBe(snapshots);

    // A new snapshot is written beside those of the skipped test; an obsolete one is found.
    project.edit('__tests__/snap.test.js', "toMatchInlineSnapshot('true')", 'toMatchSnapshot()');
    expect(run()).toMatchObject({ exitCode: 0, tests: ['subtracts'] });
    expect(project.read('__tests__/__snapshots__/snap.test.js.snap')).toContain('`subtracts 2`');
    expect(run().ran).toEqual([]);
    project.edit('__tests__/snap.test.js', 'expect(sub(1) < 1).toMatchSnapshot();\n', '\n');
    expect(run(['--ci']).stderr).toMatch(/1 snapshot obsolete/);
  });

  test('modules that a skipped test was first to load', () => {
    project = new Project(
      {
        ...CONFIG,
        'src/lazy.js': fn('one', 'x') + fn('two', 'x') + 'globalThis.at = 1;\n',
        '__tests__/lazy.test.js': `
          test('loads', () => { expect(require('../src/lazy').one(1)).toBe(1); });
          test('relies', () => { expect(require('../src/lazy').two(1)).toBe(1); });
          test('before', () => { expect(1).toBe(1); });
          describe('afresh', () => {
            beforeEach(() => { jest.resetModules(); });
            test('isolated', () => { expect(require('../src/lazy').two(1)).toBe(1); });
          });`,
      },
      { jest: setup.jest },
    );
    run();
    project.edit('src/lazy.js', 'two = x', 'two = x + 0');
    const whole = project.copy();
    expect(run()).toMatchObject({ exitCode: 0, tests: ['isolated', 'relies'] });
    run(['--testmon-granularity', 'file'], {}, whole);
    expect(recorded(project)).toEqual(recorded(whole));
    whole.remove();
    // What the first one executed counts for all after it; module level for all, and for them alone.
    project.edit('src/lazy.js', 'one = x', 'one = x + 0');
    expect(run().tests).toEqual(['before', 'isolated', 'loads', 'relies']);
    project.edit('src/lazy.js', 'globalThis.at = 1', 'globalThis.at = 2');
    expect(run().tests).toEqual(['before', 'isolated', 'loads', 'relies']);
  });

  test('concurrent, focused, renamed, retried and equally named tests', () => {
    project = new Project(
      {
        ...CONFIG,
        'src/math.js': fn('add', 'x + 1') + fn('sub', 'x - 1') + fn('mul', 'x * 1'),
        '__tests__/concurrent.test.js': `
          const { add, sub } = require('../src/math');
          test.concurrent('concurrent adds', async () => { add(1); });
          test.concurrent('concurrent subtracts', async () => { sub(1); });`,
        '__tests__/equal.test.js': `
          const { add, sub, mul } = require('../src/math');
          test('equal', () => { expect(add(1) > 0).toMatchSnapshot(); });
          test('equal', () => { expect(sub(1) > 0).toMatchSnapshot(); });
          test('multiplies', () => { mul(1); });`,
        '__tests__/retry.test.js': `
          const { add, sub, mul } = require('../src/math');
          jest.retryTimes(2);
          let attempts = 0;
          test('retried', () => { add(1); attempts += 1; expect(attempts).toBe(2); });
          test('retried', () => { sub(1); });
          test('not retried', () => { mul(1); });`,
      },
      { jest: setup.jest },
    );
    expect(run().exitCode).toBe(0);
    project.edit('src/math.js', 'x * 1', '1 * x');
    expect(run()).toMatchObject({ exitCode: 0, tests: ['multiplies', 'not retried'] });
    project.edit('src/math.js', 'x - 1', '-1 + x');
    const partly = run();
    expect(partly).toMatchObject({
      exitCode: 0,
      tests: ['concurrent adds', 'concurrent subtracts', 'equal', 'equal', 'retried', 'retried'],
    });
    expect(run().ran).toEqual([]);
    // Renaming a test changes that one, and which there are; focusing it what all of them share.
    project.edit('__tests__/equal.test.js', "'multiplies'", "'renamed'");
    expect(run().tests).toEqual(['renamed']);
    project.edit('__tests__/equal.test.js', "test('renamed'", "test.only('renamed'");
    expect(run().tests).toEqual(['renamed']);
    project.edit('src/math.js', '1 * x', 'x * 1');
    expect(run().tests).toEqual(['not retried', 'renamed']);
  });
});

const ONE: Files = {
  'src/math.js': fn('add', 'x + 1') + fn('sub', 'x - 1'),
  '__tests__/math.test.js': `
    const { add, sub } = require('../src/math');
    test('adds', () => { expect(add(1)).toBe(2); });
    test('subtracts', () => { expect(sub(1)).toBe(0); });`,
};

const ways: Record<string, { config: string; run: () => RunResult }> = {
  'the variable, with the command': {
    config: 'module.exports = { transform: {} };',
    run: () => project.run(['--verbose'], { env: { TESTMON_GRANULARITY: 'test' } }),
  },
  'the option of withTestmon': {
    config: `module.exports = require('${ENTRY}').withTestmon({ transform: {} }, { granularity: 'test' });`,
    run: () => project.run(['--verbose'], { plain: true }),
  },
  'keys written by hand, without a sequencer': {
    config: `module.exports = {
      globalSetup: 'jest-testmon/global-setup',
      testEnvironment: 'jest-testmon/environment',
      transform: { '\\\\.js$': ['jest-testmon/transform', { testmon: { path: null } }] },
    };`,
    run: () => project.run(['--verbose'], { plain: true, env: { TESTMON_GRANULARITY: 'test' } }),
  },
};

test.each(Object.keys(ways))('by %s', (name) => {
  const way = ways[name];
  if (way === undefined) throw new Error(name);
  project = new Project({ ...ONE, 'jest.config.js': way.config });
  project.link('jest-testmon', '..');
  expect(testsOf(way.run())).toEqual(['adds', 'subtracts']);
  project.edit('src/math.js', 'x - 1', '-1 + x');
  expect(testsOf(way.run())).toEqual(['subtracts']);
  expect(testsOf(way.run())).toEqual([]);
});

test('where nothing is recorded, or the records cannot be read, the user is told what to do', () => {
  project = new Project({ ...CONFIG, ...ONE });
  const run = runner({ workers: 1 });
  run();
  project.edit('src/math.js', 'x - 1', 'x - 2');
  const failing = run(['--testmon-nocollect', '--testmon-granularity', 'test']);
  expect(failing.exitCode).toBe(1);
  expect(failing.tests).toContain('subtracts');
  // Other kinds of running are whole: they name what to run.
  project.edit('src/math.js', 'x - 2', '-1 + x');
  expect(run(['--testmon-noselect']).tests).toEqual(['adds', 'subtracts']);
});
