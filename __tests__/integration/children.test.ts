import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { parse } from 'acorn';
import { CLI, Project } from './harness';

jest.setTimeout(120_000);

let project: Project | undefined;
afterEach(() => {
  project?.remove();
  project = undefined;
});

/** Shows all that a child could see of us. */
const PROBE = `
console.log(JSON.stringify([
  process.env.NODE_OPTIONS ?? null,
  Object.keys(process.env).filter((name) => /^NODE_|TESTMON_CHILD/.test(name)).sort(),
  process.execArgv,
  process.argv.length,
  process.listenerCount('exit'),
  require('worker_threads').getEnvironmentData('TESTMON_CHILD') ?? null,
]));
`;

const MAIN = `
require('./probe.js');
const { Worker, SHARE_ENV } = require('worker_threads');
const cp = require('child_process');
const ended = (child) => new Promise((end) => child.once('exit', end));
(async () => {
  console.log(String(cp.execFileSync(process.execPath, ['--no-warnings', 'probe.js'])));
  console.log(String(cp.execFileSync(process.execPath, ['probe.js'], { env: { NODE_OPTIONS: '--no-deprecation' } })));
  await ended(cp.fork('./probe.js', { execArgv: ['--expose-gc'] }));
  await ended(new Worker('./probe.js'));
  await ended(new Worker('./probe.js', { execArgv: ['--no-warnings'], env: { NODE_OPTIONS: '--no-deprecation' } }));
  await ended(new Worker('./probe.js', { env: SHARE_ENV }));
  process.on('exit', () => console.log(process.env.NODE_OPTIONS));
  setTimeout(() => require('fs').readFileSync('nowhere.txt'));
})();
`;

test('children and threads behave as without us', () => {
  const body = (options: string) => `
  const { execFileSync, spawnSync } = require('child_process');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--max-old-space-size=900', 'main.js'], { encoding: 'utf8', cwd: __dirname, ${options} });
  expect({ status, stdout, stderr }).toMatchSnapshot();`;
  project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };',
    'probe.js': PROBE,
    'main.js': MAIN,
    'children.test.js': `
test('started by the test', () => {${body('')}\n});
test('with variables of their own', () => {${body("env: { NODE_OPTIONS: '--no-deprecation' }")}\n});
test('a thread', async () => {
  const { Worker } = require('worker_threads');
  const thread = new Worker(__dirname + '/probe.js', { stdout: true });
  let shown = '';
  thread.stdout.on('data', (data) => (shown += data));
  await new Promise((end) => thread.once('exit', end));
  await new Promise((later) => setTimeout(later, 100));
  expect(shown).toMatchSnapshot();
});
`,
  });
  expect(project.run(['--ci=false'], { plain: true }).exitCode).toBe(0);
  const { exitCode, stdout, stderr } = project.run(['--ci']);
  expect({ exitCode, output: stdout + stderr }).toEqual({
    exitCode: 0,
    output: expect.stringContaining('3 passed'),
  });
  expect(project.leftovers()).toEqual([]);
});

test('an older Node can read what it is told to load', () => {
  const hook = path.join(path.dirname(CLI), 'interception/child/hook.js');
  expect(() => parse(fs.readFileSync(hook, 'utf8'), { ecmaVersion: 5 })).not.toThrow();
});
