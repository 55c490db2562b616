import { Cart } from '../src/cart';
import { discount } from '../src/discounts';

test('welcomes', () => expect(discount(new Cart().put('b1'), 'WELCOME').cents).toBe(300));
test('rewards bulk', () => expect(discount(new Cart().put('f1', 10), 'BULK').cents).toBe(840));
test('gives nothing else', () => expect(discount(new Cart().put('b1')).cents).toBe(0));
