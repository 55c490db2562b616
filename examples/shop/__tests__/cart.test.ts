import { Cart } from '../src/cart';

test('sums up', () => expect(new Cart().put('b1').put('f1', 2).subtotal.cents).toBe(3840));
test('joins equal lines', () => expect(new Cart().put('b1').put('b1').lines).toHaveLength(1));
test('removes', () => expect(new Cart().put('b1').remove('b1').lines).toEqual([]));
test('refuses nothing', () => expect(() => new Cart().put('b1', 0)).toThrow(RangeError));
