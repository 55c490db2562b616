import { describe, expect, test } from '@jest/globals';
import { blocksAround, namedOn } from '../../src/inspection/block-at';

const PLACES = [
  { line: 1, endLine: 9, name: '' },
  { line: 1, endLine: 1, name: 'exports' },
  { line: 2, endLine: 6, name: 'Box.open' },
  { line: 3, endLine: 5, name: 'Box.open' },
  { line: 6, endLine: 6, name: 'exports.Box' },
  { line: 9, endLine: 9, name: 'exports.limit' },
];

describe('a line', () => {
  test('is around what contains it and neither begins nor ends there', () => {
    expect(blocksAround(PLACES, 4)).toEqual([3, 2, 0]);
    expect(blocksAround(PLACES, 5)).toEqual([2, 0]);
    expect(blocksAround(PLACES, 9)).toEqual([0]);
  });

  test('has the names of what begins or ends there, each once', () => {
    const names = (line: number) => namedOn(PLACES, line).map(({ name }) => name);
    expect(names(1)).toEqual([]);
    expect(names(2)).toEqual(['Box.open']);
    expect(names(4)).toEqual([]);
    expect(names(6)).toEqual(['Box.open', 'exports.Box']);
    expect(namedOn(PLACES, 9)).toEqual([
      { line: 9, endLine: 9, name: 'exports.limit', export: 'limit' },
    ]);
  });
});
