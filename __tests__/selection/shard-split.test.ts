import { expect, it } from '@jest/globals';
import { balance, readDivision, sortedKeys } from '../../src/selection/shard-split';

const file = (key: string, duration?: number, affected = true) => ({ key, duration, affected });

it('gives every test file to one shard, and each about as much to do', () => {
  const files = [file('c', 10), file('a', 100), file('d', 60), file('b', 50), file('e', 1, false)];
  expect(sortedKeys(files)).toEqual(['a', 'b', 'c', 'd', 'e']);
  // 100 and 10 in one shard, 60 and 50 in the other; what is unaffected goes where there are fewest.
  expect(balance(files, 2)).toEqual([1, 2, 1, 2, 1]);
  expect(balance([...files].reverse(), 2)).toEqual(balance(files, 2));
});

it('spreads what has no time, and what is unaffected', () => {
  const files = Array.from({ length: 40 }, (_, nth) => file(`t${nth}`, undefined, nth < 20));
  const division = balance(files, 4);
  for (const shard of [1, 2, 3, 4])
    expect(division.filter((one) => one === shard)).toHaveLength(10);
  expect(balance([], 3)).toEqual([]);
});

it.each(['[1,2]', '[1,2,4]', '[1,2,0]', '[1,2,1.5]', '{}', 'x', ''])('believes no %s', (text) => {
  expect(readDivision(text, 3, 3)).toBeNull();
});

it('reads what another shard wrote', () => {
  expect(readDivision('[1,3,2]', 3, 3)).toEqual([1, 3, 2]);
});
