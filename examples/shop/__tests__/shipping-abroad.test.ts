import { Cart } from '../src/cart';
import { shipping } from '../src/shipping';

test('next door', () => expect(shipping(new Cart().put('b1').lines, 'CH').cents).toBe(1400));
test('elsewhere', () => expect(shipping(new Cart().put('b1').lines, 'FR').cents).toBe(1900));
test('nothing', () => expect(shipping([], 'FR').cents).toBe(0));
