import { describe, expect, test } from '@jest/globals';
import type { Form } from '../../src/blocks';
import { metadataOf, probe } from './support';

/** The blocks whose fingerprints another text does not have: `module`, `tests`, or the text of a function. */
function changed(before: string, after: string, form: Form = 'commonjs'): string[] {
  const options = { form };
  const now = new Set(
    probe(after, options).blocks.map(({ fingerprint }) => fingerprint.toString('hex')),
  );
  return probe(before, options).blocks.flatMap(({ kind, start, end, fingerprint }) =>
    now.has(fingerprint.toString('hex'))
      ? []
      : [kind === 'module' || kind === 'tests' ? kind : before.slice(start, end)],
  );
}

const ONE = "test('one', () => { 1 });\n";
const TWO = "test('two', () => { 2 }, 5000);\n";
const GROUP =
  "describe('group', () => {\ntest('three', () => { 3 });\nit(`four`, (done) => { 4 });\n});\n";
const ALL = ONE + TWO + GROUP;

describe('tests that Jest is told of', () => {
  test.each<[string, string, string[]]>([
    ['a test added before others', `test('new', () => {});\n${ALL}`, ['tests']],
    ['a test added behind others', `${ALL}test('new', () => {});`, ['tests']],
    ['a group added', `${ALL}describe('new', () => { test('five', () => {}); });`, ['tests']],
    [
      'a test added in a group',
      ALL.replace("test('three'", "test('new', () => {});test('three'"),
      ['tests'],
    ],
    ['a test removed', ALL.replace(TWO, ''), ['{ 2 }', 'tests']],
    ['tests in another order', TWO + ONE + GROUP, ['tests']],
    ['a test renamed', ALL.replace('two', 'other'), ['{ 2 }', 'tests']],
    ['the time of a test', ALL.replace('5000', '6000'), ['{ 2 }']],
    ['the function of a test', ALL.replace('() => { 2', 'async () => { 2'), ['{ 2 }']],
    ['the body of a test', ALL.replace('{ 3 }', '{ 33 }'), ['{ 3 }']],
  ])('%s', (_name, after, blocks) => {
    expect(changed(ALL, after)).toEqual(blocks);
  });

  test('a group that has another name', () => {
    const blocks = changed(ALL, ALL.replace("'group'", "'other'"));
    expect(blocks).toEqual([
      expect.stringMatching(/^\{\ntest\('three'/),
      '{ 3 }',
      '{ 4 }',
      'tests',
      'tests',
    ]);
  });

  test.each([
    ['a hook', 'beforeEach(() => {});'],
    ['a focused test', "test.only('new', () => {});"],
    ['a table', "test.each([1])('new', () => {});"],
    ['a title that is made', 'test(title, () => {});'],
    ['a title with something in it', 'test(`${a}`, () => {});'],
    ['a function from elsewhere', "test('new', helper);"],
    ['a time that is made', "test('new', () => {}, time);"],
    ['a title that is there already', "test('one', () => {});"],
    ['a test that may be told of', "if (a) test('new', () => {});"],
    ['a test of another kind', "const { test } = require('./mine');"],
    ['a function of that name', 'function test() {}'],
    ['eval', 'eval("");'],
    ['a group that is no plain function', "describe('new', function* () {});"],
  ])('%s counts for all', (_name, code) => {
    expect(changed(ALL, ALL + code)).toContain('module');
  });

  test('a name that is bound in a function is none of Jest', () => {
    const around = (code: string) => `function f(test) { ${code} }`;
    expect(changed(around(''), around("test('a', () => {});"))).toHaveLength(1);
    const group = (code: string) => `describe('a', () => { const test = b; ${code} });`;
    expect(changed(group(''), group("test('a', () => {});"))).toHaveLength(1);
    const { extras } = metadataOf(probe(group("test('a', () => {});")).code);
    expect(extras).toMatchObject({ links: { tests: [[0, 3]] } });
  });

  test.each<[Form, string, string]>([
    ['commonjs', 'const _globals = require("@jest/globals");', '(0, _globals.test)'],
    ['commonjs', 'const globals_1 = require("@jest/globals");', 'globals_1.it'],
    ['module', 'import { test } from "@jest/globals";', 'test'],
    ['module', 'import { it as check } from "@jest/globals";', 'check'],
  ])('%s: %s %s', (form, head, name) => {
    const before = `${head}\n${name}('one', () => { 1 });`;
    expect(changed(before, `${before}${name}('two', () => {});`, form)).toEqual(['tests']);
  });

  test.each<[Form, string, string]>([
    ['commonjs', 'const _globals = require("./mine");', '(0, _globals.test)'],
    ['commonjs', 'let _globals = require("@jest/globals");', '(0, _globals.test)'],
    ['module', 'import { test } from "./mine";', 'test'],
    ['module', 'import { expect as test } from "@jest/globals";', 'test'],
  ])('not %s: %s %s', (form, head, name) => {
    const before = `${head}\n${name}('one', () => { 1 });`;
    expect(changed(before, `${before}${name}('two', () => {});`, form)).toContain('module');
  });
});
