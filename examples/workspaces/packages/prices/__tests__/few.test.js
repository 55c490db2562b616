const { priceOf } = require('..');

test('a few pieces have the full price', () => {
  expect(priceOf(2, 5)).toBe(10);
});
