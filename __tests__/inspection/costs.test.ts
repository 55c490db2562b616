import { expect, test } from '@jest/globals';
import { editCosts, type PlacedVersion } from '../../src/inspection/costs';

const version = (id: number, blocks: readonly string[]): PlacedVersion => ({
  id,
  path: 'a.js',
  fingerprints: Buffer.from(blocks.map((block) => block.padEnd(8)).join('')),
  places: [
    { line: 1, endLine: 9, name: '' },
    { line: 2, endLine: 5, name: 'f' },
    { line: 3, endLine: 4, name: 'f' },
    { line: 6, endLine: 7, name: 'g' },
  ],
});
const bits = (...blocks: number[]) => Uint8Array.of(blocks.reduce((sum, at) => sum | (1 << at), 0));

test('a function costs the test files that ran it; its branches are part of it', () => {
  const costs = editCosts(
    [
      { duration: 100, blocks: [{ version: 1, bits: bits(0, 1) }] },
      { duration: 30, blocks: [{ version: 1, bits: bits(0, 1, 2) }] },
      { duration: 5, blocks: [{ version: 1, bits: bits(0) }] },
    ],
    [version(1, ['m', 'f', 'fi', 'g'])],
  );
  expect(
    costs.map(({ kind, name, testFiles, duration }) => [kind, name, testFiles, duration]),
  ).toEqual([
    ['module', '', 3, 135],
    ['function', 'f', 2, 130],
  ]);
});

test('records of an older version count where the block is the same', () => {
  const costs = editCosts(
    [
      { duration: 100, blocks: [{ version: 1, bits: bits(0, 1, 3) }] },
      { duration: 30, blocks: [{ version: 2, bits: bits(0, 1, 3) }] },
    ],
    [version(1, ['m', 'old', 'fi', 'g']), version(2, ['m', 'f', 'fi', 'g'])],
  );
  expect(Object.fromEntries(costs.map(({ name, duration }) => [name, duration]))).toEqual({
    '': 130,
    f: 30,
    g: 130,
  });
});
