import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { ENTRY, Project, type Files, type RunResult } from './harness';
import { MARKER_FILE, WATCHED_FILES, Watcher } from './watcher';

jest.setTimeout(300_000);

const made: Project[] = [];
afterEach(() => made.splice(0).forEach((project) => project.remove()));

const A = '__tests__/a.test.js';
const B = '__tests__/b.test.js';

const FILES: Files = {
  'set-up.js': "module.exports = async () => { process._rawDebug('set up'); };\n",
  'tear-down.js': `
const fs = require('node:fs');
const path = require('node:path');
module.exports = async () => {
  process._rawDebug('torn down');
  const left = fs.readFileSync(path.join(__dirname, 'left.txt'), 'utf8').trim();
  if (left !== 'nothing') throw new Error('left over: ' + left);
};
`,
  'left.txt': 'nothing\n',
  'src/a.js': 'exports.a = () => 1;\n',
  [A]: "test('a', () => { expect(require('../src/a').a()).toBe(1); });\n",
  [B]: "test('b', () => undefined);\n",
};

function make(config: string, files: Files = {}, packages: Record<string, string> = {}): Project {
  const project = new Project(
    { ...FILES, 'jest.config.js': `module.exports = ${config};\n`, ...files },
    { jest: 'jest', ...packages },
  );
  made.push(project);
  return project;
}

const HOOKS = "globalSetup: './set-up.js', globalTeardown: './tear-down.js'";
const KEYS =
  "globalSetup: 'jest-testmon/global-setup', testEnvironment: 'jest-testmon/environment'";

/** How jest-testmon is added, and the hooks that run when nothing is affected. */
const WAYS: [name: string, make: () => Project, plain: boolean, said: string[]][] = [
  ['the command', () => make(`{ transform: {}, ${HOOKS} }`), false, []],
  [
    'withTestmon',
    () => make(`require(${JSON.stringify(ENTRY)}).withTestmon({ transform: {}, ${HOOKS} })`),
    true,
    [],
  ],
  [
    'the command, Jest 29, several projects',
    () => make(`{ ${HOOKS}, projects: [{ transform: {} }] }`, {}, { jest: 'jest29' }),
    false,
    [],
  ],
  // Jest runs each test file, of which ours has no tests left.
  [
    'globalSetup and testEnvironment alone',
    () => {
      const project = make(
        `{ transform: {}, ${KEYS}, globalTeardown: './tear-down.js' }`,
        {},
        {
          'jest-environment-node': 'jest-environment-node',
        },
      );
      project.install();
      return project;
    },
    true,
    ['torn down'],
  ],
  [
    'globalSetup and testEnvironment alone, Jest 29',
    () => {
      const project = make(
        `{ transform: {}, ${KEYS}, globalTeardown: './tear-down.js' }`,
        {},
        {
          jest: 'jest29',
          'jest-environment-node': 'jest29/node_modules/jest-environment-node',
        },
      );
      project.install();
      return project;
    },
    true,
    ['torn down'],
  ],
];

const said = ({ stderr }: RunResult) => stderr.match(/^(set up|torn down)$/gm) ?? [];

describe('a global teardown that a file makes fail', () => {
  test.each(WAYS)('%s: the run fails until it is mended', (_, begin, plain, saidIfNothing) => {
    const project = begin();
    const run = (args: string[] = ['--maxWorkers=2']) => project.run(args, { plain });
    const all = [A, B];
    expect(run()).toMatchObject({ exitCode: 0, ran: all });
    const nothing = run();
    expect({ ...nothing, said: said(nothing) }).toMatchObject({
      exitCode: 0,
      ran: [],
      said: saidIfNothing,
    });

    project.write({ 'left.txt': 'a server\n' });
    for (const args of [['--maxWorkers=2'], ['-i']]) {
      const failing = run(args);
      expect(failing.exitCode).not.toBe(0);
      expect(failing).toMatchObject({ ran: all, failed: [] });
      expect(failing.stderr).toMatch(/left over: a server/);
    }

    project.write({ 'left.txt': 'nothing\n' });
    expect(run(['-i'])).toMatchObject({ exitCode: 0 });
    // What one test file reads goes on to count for that one.
    project.edit('src/a.js', '1', '2 - 1');
    const last = run(['-i']);
    expect(last).toMatchObject({ exitCode: 0, ran: [A] });
    expect(project.leftovers()).toEqual([]);
    // It counts for records of every run.
    project.write({ 'left.txt': 'a server\n' });
    const again = run();
    expect(again.exitCode).not.toBe(0);
    expect(again.ran).toEqual(all);
  });
});

test('of several projects: the run ends well where one has no test file to run', () => {
  const project = make(
    `{ projects: ['a', 'b'].map((name) => ({ displayName: name, transform: {}, testMatch: ['**/' + name + '.test.js'], globalTeardown: './tear-' + name + '.js' })) }`,
    Object.fromEntries(
      ['a', 'b'].map((name) => [
        `tear-${name}.js`,
        `module.exports = async () => { require('fs').readFileSync(require('path').join(__dirname, 'left-${name}.txt')); };\n`,
      ]),
    ),
  );
  project.write({ 'left-a.txt': 'a\n', 'left-b.txt': 'b\n' });
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [`a ${A}`, `b ${B}`] });
  project.edit('src/a.js', '1', '2 - 1');
  const some = project.run();
  expect(some).toMatchObject({ exitCode: 0, ran: [`a ${A}`] });
  expect(some.messages.at(-1)).toMatch(/^1 test file not affected and not run/);
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
  project.write({ 'left-a.txt': 'more\n' });
  expect(project.run().ran).toEqual([`a ${A}`, `b ${B}`]);
});

test('each watched run records, and ends before the next one', async () => {
  const project = make(
    `{ transform: {}, globalTeardown: './tear-down.js', watchPlugins: ['${MARKER_FILE}'] }`,
    WATCHED_FILES,
  );
  const watcher = new Watcher(project, ['--watchAll', '--maxWorkers=2']);
  try {
    expect((await watcher.run()).ran).toEqual([A, B]);
    project.edit('src/a.js', '1', '3 - 2');
    expect(await watcher.run()).toMatchObject({ ran: [A], failed: [] });
    watcher.press('\r');
    expect(await watcher.run()).toMatchObject({ ran: [] });
    expect(await watcher.quit()).toBe(0);
  } finally {
    watcher.kill();
  }
  expect(project.run().ran).toEqual([]);
});
