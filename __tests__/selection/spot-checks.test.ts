import { describe, expect, test } from '@jest/globals';
import { readSpotChecks } from '../../src/config/spot-checks';
import { chooseSpotChecks } from '../../src/selection/spot-checks';

const CANDIDATES = Array.from({ length: 200 }, (_, index) => ({
  project: '.',
  path: `${index}.test.js`,
  checkedAt: index % 4 === 0 ? 0 : index,
}));

describe('chooseSpotChecks', () => {
  test.each([
    [200, 2, 4],
    [200, 0.1, 1],
    [1, 2, 1],
    [0, 2, 0],
    [10, 100, 10],
    [100, 7, 7],
    [10, 0, 0],
  ])('of %d takes %d%%: %d', (length, percent, chosen) => {
    expect(chooseSpotChecks(CANDIDATES.slice(0, length), percent, 's')).toHaveLength(chosen);
  });

  test('takes those first that were never checked, then the longest unchecked', () => {
    const paths = chooseSpotChecks(CANDIDATES, 26, 's').map(({ path }) => parseInt(path));
    expect(paths.slice(0, 50).every((index) => index % 4 === 0)).toBe(true);
    expect(paths.slice(50)).toEqual([1, 2]);
  });

  test('chooses by the seed, whatever the order', () => {
    const choose = (seed: string, from = CANDIDATES) => chooseSpotChecks(from, 5, seed);
    expect(choose('s', [...CANDIDATES].reverse())).toEqual(choose('s'));
    expect(choose('t')).not.toEqual(choose('s'));
  });
});

test.each([
  ['2%', { percent: 2, seed: null }],
  ['0.5%', { percent: 0.5, seed: null }],
  ['100%@1a.b-c', { percent: 100, seed: '1a.b-c' }],
  ['off', { percent: 0, seed: null }],
  ['0', { percent: 0, seed: null }],
  ['101%', null],
  ['-1%', null],
  ['2', null],
  ['2%@', null],
  ['', null],
  [2, null],
])('the option %j is %j', (text, share) => {
  expect(readSpotChecks(text)).toEqual(share);
});
