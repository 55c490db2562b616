import * as fs from 'node:fs';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { ENTRY, Project } from '../harness';
import { command } from './command';

jest.setTimeout(300_000);

let project: Project;
beforeEach(() => {
  project = new Project({
    'jest.config.js': `
      const { withTestmon } = require(${JSON.stringify(ENTRY)});
      module.exports = withTestmon({ transform: {} }, { ignore: ['data/**'] });`,
    'data/limit.txt': '5',
    'src/limit.js':
      "exports.limit = () => Number(require('fs').readFileSync(require('path').join(__dirname, '../data/limit.txt'), 'utf8'));\n",
    '__tests__/limit.test.js': `
      describe('the limit', () => {
        test('is five', () => { expect(require('../src/limit').limit()).toBe(5); });
        test('is a number', () => { expect(require('../src/limit').limit()).toEqual(expect.any(Number)); });
      });`,
    '__tests__/steady.test.js': "test('steady', () => { expect(1).toBe(1); });",
  });
});
afterEach(() => project.remove());

test('an ignored file that matters is an escape, with what is known of its cause', () => {
  const first = command(project, ['verify']);
  expect(first).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/none of 2 test files would have been skipped/),
  });
  expect(command(project, ['verify'])).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/of 2 test files 2 would have been skipped, and none of them/),
  });

  project.write({ 'data/limit.txt': '7' });
  // By design it is not noticed.
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
  const { exitCode, stdout, stderr } = command(project, ['verify', '--json', '--silent']);
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/1 of 2 test files that would have been skipped failed:/);
  expect(stderr).toMatch(
    /limit\.test\.js\n.*skipped by record \d+, made less than a minute ago.*\n.*failed: "the limit is five": expect\(/,
  );
  expect(stderr).toMatch(/leaves out 1 file that changed since \(data\/limit\.txt\)/);
  expect(JSON.parse(stdout)).toEqual({
    compared: true,
    total: 2,
    wouldSkip: 2,
    checked: 2,
    tests: { wouldSkip: 0, checked: 0 },
    recorded: true,
    escapes: [
      {
        path: '__tests__/limit.test.js',
        level: 'file',
        changed: [],
        record: {
          id: expect.any(Number),
          recordedAt: expect.any(Number),
          matchedAt: expect.any(Number),
        },
        failure: { tests: ['the limit is five'], message: expect.stringMatching(/toBe/) },
      },
    ],
    ignore: ['data/**'],
    changedIgnored: ['data/limit.txt'],
  });

  // It recorded like any run: the failing test file is selected, and no escape any more.
  expect(project.run().failed).toEqual(['__tests__/limit.test.js']);
  expect(command(project, ['verify'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/of 2 test files 1 would have been skipped, and none of them/),
  });
});

test('an escape has its exit code whatever Jest says; a crash is one too', () => {
  project.edit('jest.config.js', 'transform: {}', 'transform: {}, testFailureExitCode: 0');
  project.write({
    '__tests__/limit.test.js':
      "if (require('../src/limit').limit() > 5) process.exit(1);\ntest('one', () => undefined);",
  });
  command(project, ['verify']);
  project.write({ 'data/limit.txt': '7' });
  const { exitCode, stderr } = command(project, ['verify', '--maxWorkers=2']);
  expect(stderr).toMatch(/failed: the file as a whole: .*(process\.exit|child process)/i);
  expect(exitCode).toBe(3);
});

test('with a database that is empty or damaged it runs everything and has nothing to compare', () => {
  project.write({ '.testmondata': '' });
  expect(command(project, ['verify'])).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/none of 2 test files would have been skipped/),
  });
  fs.truncateSync(project.path('.testmondata'), 5000);
  expect(command(project, ['verify'])).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/is damaged[^]*none of 2 test files would have been skipped/),
  });
  // It recorded.
  expect(project.run().ran).toEqual([]);
});

test('where nothing can be compared, it says so, and a failure keeps the code of Jest', () => {
  expect(command(project, ['verify'], { TESTMON: '0' })).toMatchObject({
    exitCode: 4,
    stderr: expect.stringMatching(/nothing was compared/),
  });
  project.write({ 'data/limit.txt': '7' });
  expect(command(project, ['verify', '--no-testmon', 'limit'])).toMatchObject({ exitCode: 1 });
  expect(command(project, ['verify', '--help'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/Exit codes:[^]*3 {2}an escape[^]*\$ jest-testmon verify/),
  });
});

test('with test granularity a test of an affected test file escapes too, and its file is taken whole from then on', () => {
  const fn = (name: string, value: string) =>
    `exports.${name} = function (x) {\n  const ${name} = ${value};\n  return ${name};\n};\n`;
  project.write({
    'src/steps.js': fn('first', 'x') + fn('second', 'x') + fn('third', 'x'),
    '__tests__/steps.test.js': `
      const { first, second, third } = require('../src/steps');
      let state;
      test('first', () => { state = first(1); });
      test('second', () => { expect([state, second(1)]).toEqual([1, 1]); });
      test('third', () => { third(1); });`,
  });
  const byTest = ['--testmon-granularity', 'test'];
  command(project, ['verify', ...byTest]);
  project.edit('src/steps.js', 'third = x', 'third = x + 0');
  // A change that no test relies on: the others are compared, and skipped by none.
  const fine = command(project, ['verify', ...byTest]);
  expect(fine.stderr).toMatch(
    /verified: of 3 test files 2 and 2 tests of the others would have been skipped, and none/,
  );
  expect(fine).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/Tests: +6 passed/) });
  expect(project.run().ran).toEqual([]);

  project.edit('src/steps.js', 'first = x', 'first = x + 1');
  const result = command(project, ['verify', '--json', ...byTest]);
  expect(result.exitCode).toBe(3);
  expect(JSON.parse(result.stdout)).toMatchObject({
    tests: { wouldSkip: 2, checked: 2 },
    escapes: [
      {
        path: '__tests__/steps.test.js',
        level: 'test',
        record: { id: expect.any(Number) },
        changed: ['src/steps.js'],
        failure: { tests: ['second'] },
      },
    ],
  });
  expect(result.stderr).toMatch(/1 of 2 tests in affected test files that would have been skipped/);
  expect(result.stderr).toMatch(/others of its tests run because of \(src\/steps\.js\)/);
  expect(result.stderr).toMatch(/this file will be taken whole until/);

  project.edit('__tests__/steps.test.js', '[1, 1]', '[2, 1]');
  expect(project.run(byTest)).toMatchObject({ exitCode: 0 });
  project.edit('src/steps.js', 'third = x + 0', 'third = x');
  expect(project.run([...byTest]).stderr).toMatch(/Tests: +3 passed, 3 total/);
});
