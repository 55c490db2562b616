import { expect, test } from '@jest/globals';
import { functionsOf } from '../../src/report/functions';

const places = (text: string) =>
  text.split(' ').map((place) => {
    const [line, endLine, name = ''] = place.split(':');
    return { line: Number(line), endLine: Number(endLine), name };
  });

test('gathers the blocks of a function, its anonymous functions with it', () => {
  const found = functionsOf(places('1:40: 3:10:outer 4:6:outer 5:5: 12:20:next'));
  expect(found.ofBlock).toEqual([0, 1, 1, 1, 2]);
  expect(found.functions.map(({ name, line, endLine }) => [name, line, endLine])).toEqual([
    ['', 1, 40],
    ['outer', 3, 10],
    ['next', 12, 20],
  ]);
});

test('counts each line once: a function without those in it', () => {
  const { functions } = functionsOf(places('1:40: 3:12:outer 5:8:inner 10:11:outer'));
  expect(functions.map(({ name, lines }) => [name, lines])).toEqual([
    ['', 30],
    ['outer', 6],
    ['inner', 4],
  ]);
});

test('gives what a compiler added to the module', () => {
  const found = functionsOf(places('0:0: 0:0:_export 0:0:_interop 2:4:_default'));
  expect(found.ofBlock).toEqual([0, 0, 0, 1]);
  expect(found.functions.map(({ name, endLine }) => [name, endLine])).toEqual([
    ['', 4],
    ['default export', 4],
  ]);
});

test('knows the getters that SWC makes of exports', () => {
  const text = '0:0: 0:0:_export 0:0:_export 2:2:one 3:3:two 3:3:two 4:4:three';
  expect(functionsOf(places(text)).functions.map(({ name }) => name)).toEqual(['', 'two', 'three']);
});

test('keeps functions of one name in different places apart', () => {
  expect(functionsOf(places('1:9: 2:3:get 5:6:get')).ofBlock).toEqual([0, 1, 2]);
});
