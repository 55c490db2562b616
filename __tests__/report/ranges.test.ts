import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeRanges, encodeRanges } from '../../src/report/ranges';

test('writes neighbours as ranges', () => {
  expect(encodeRanges([0, 1, 2, 7, 9, 10])).toBe('0-2,7,9-10');
  expect(encodeRanges([])).toBe('');
});

test('reads what it wrote', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(500)), (numbers) => {
      const ascending = numbers.sort((a, b) => a - b);
      expect(decodeRanges(encodeRanges(ascending))).toEqual(ascending);
    }),
  );
});
