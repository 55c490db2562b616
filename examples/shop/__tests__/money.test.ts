import { add, euros, format, multiply } from '../src/money';

test('adds', () => expect(add(euros(1.1), euros(2.2)).cents).toBe(330));
test('multiplies', () => expect(multiply(euros(10), 0.07).cents).toBe(70));
test('refuses mixed currencies', () =>
  expect(() => add(euros(1), { cents: 1, currency: 'USD' })).toThrow('cannot add'));
test('formats euros', () => expect(format(euros(3))).toBe('3.00 €'));
