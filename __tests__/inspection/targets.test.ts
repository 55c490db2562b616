import { describe, expect, test } from '@jest/globals';
import { findPaths, parseTarget } from '../../src/inspection/targets';

test.each([
  ['src/a.ts', 'src/a.ts', null],
  ['src/a.ts:12', 'src/a.ts', 12],
  ['src/a.ts:12:5', 'src/a.ts', 12],
  ['C:\\src\\a.ts', 'C:\\src\\a.ts', null],
  ['C:\\src\\a.ts:3', 'C:\\src\\a.ts', 3],
])('%s names a file and a line', (text, file, line) => {
  expect(parseTarget(text)).toEqual({ text: file, line });
});

describe('paths', () => {
  const all = ['src/a.ts', 'src/deep/a.ts', 'src/ba.ts', 'test/a.test.ts'];
  const find = (text: string, cwd = '/p', ends = false) => findPaths(all, text, '/p', cwd, ends);

  test('are seen from the folder one is in', () => {
    expect(find('src/a.ts')).toEqual(['src/a.ts']);
    expect(find('a.ts', '/p/src')).toEqual(['src/a.ts']);
    expect(find('../src/a.ts', '/p/test')).toEqual(['src/a.ts']);
    expect(find('/p/src/a.ts')).toEqual(['src/a.ts']);
    expect(find('src\\a.ts')).toEqual(['src/a.ts']);
  });

  test('may be named in part, or by their end', () => {
    expect(find('a.test')).toEqual(['test/a.test.ts']);
    expect(find('deep')).toEqual(['src/deep/a.ts']);
    expect(find('.', '/p/src')).toEqual(all);
    expect(find('deep\\a.ts', '/p', true)).toEqual(['src/deep/a.ts']);
    expect(find('a.ts', '/p', true)).toEqual(['src/a.ts', 'src/deep/a.ts']);
  });
});
