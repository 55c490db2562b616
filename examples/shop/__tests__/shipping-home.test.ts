import { Cart } from '../src/cart';
import { shipping } from '../src/shipping';

test('light', () => expect(shipping(new Cart().put('b1').lines, 'DE').cents).toBe(490));
test('heavy', () => expect(shipping(new Cart().put('t1', 3).lines, 'DE').cents).toBe(950));
