import * as fs from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { makeFormat1 } from '../store/older';
import { Project } from './harness';

jest.setTimeout(300_000);

const ONE = '__tests__/one.test.js';
const TWO = '__tests__/two.test.js';

let older: Project;

/** A recorded project whose database an earlier version wrote, and an edit since. */
beforeAll(() => {
  older = new Project({
    'jest.config.json': '{"transform":{}}',
    'src/one.js': "exports.one = () => {\n  return 'one';\n};\n",
    [ONE]: "test('one', () => { expect(require('../src/one').one()).toBe('one'); });\n",
    [TWO]: "test('two', () => {});\n",
  });
  expect(older.run().exitCode).toBe(0);
  makeFormat1(older.path('.testmondata'));
  older.edit('src/one.js', "'one'", "'o' + 'ne'");
});
afterAll(() => older.remove());

test.each([
  [['why', 'one'], /one\.test\.js would run: 1 block of code that it ran changed/],
  [['why', 'two'], /two\.test\.js need not run/],
  [['impact', 'src/one.js:2'], /would run 1 test file/],
  [['impact', '--sort', 'time'], /one src\/one\.js:1/],
  [['status'], /^1 of 2 test files would run now/],
  [['report'], /A run now selects 1 of 2 test files/],
  [['doctor'], /ok +database: sound: 2 records of 2 test files/],
])('%j answers from a database of an older version, and leaves it as it is', (args, answer) => {
  const file = older.path('.testmondata');
  const before = fs.readFileSync(file);
  const { stdout, stderr, exitCode } = older.run(args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(answer);
  expect(fs.readFileSync(file).equals(before)).toBe(true);
  expect(fs.readdirSync(older.root).filter((name) => name.startsWith('.testmondata'))).toEqual([
    '.testmondata',
  ]);
});

test('merge reads it and leaves it as it is, or updates it where it is the one to add to', () => {
  const project = older.fresh();
  const file = project.path('.testmondata');
  const before = fs.readFileSync(file);
  expect(project.run(['merge', '--into', 'all.db', file])).toMatchObject({ exitCode: 0 });
  expect(fs.readFileSync(file).equals(before)).toBe(true);
  expect(project.run(['merge', 'all.db'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('now holds 2 records of 2 test files, no more than before'),
  });
  expect(project.run().ran).toEqual([ONE]);
});

test('verify and a run update it, and select by what it holds', () => {
  expect(older.fresh().run(['verify'])).toMatchObject({
    exitCode: 0,
    messages: expect.arrayContaining([expect.stringMatching(/of 2 test files 1 would have been/)]),
  });
  const project = older.fresh();
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [ONE] });
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
});
