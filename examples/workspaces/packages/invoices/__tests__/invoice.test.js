const { invoice } = require('..');

test('an invoice names the customer and the price', () => {
  expect(invoice('Ada', 2, 5)).toBe('Ada: 10.00 €');
});
