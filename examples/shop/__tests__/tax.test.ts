import { Cart } from '../src/cart';
import { tax } from '../src/tax';

test('books are taxed less', () => expect(tax(new Cart().put('b1').lines).cents).toBe(210));
test('toys are taxed more', () => expect(tax(new Cart().put('t1').lines).cents).toBe(855));
