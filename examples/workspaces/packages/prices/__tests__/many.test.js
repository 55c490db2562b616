const { priceOf } = require('..');

test('many pieces are cheaper', () => {
  expect(priceOf(10, 5)).toBe(45);
});
