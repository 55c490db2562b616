import { Stock } from '../src/stock';

test('takes', () => {
  const stock = new Stock({ b1: 2 });
  stock.take('b1', 2);
  expect(stock.level('b1')).toBe(0);
});
test('refuses what is not there', () =>
  expect(() => new Stock({}).take('b1', 1)).toThrow('only 0'));
