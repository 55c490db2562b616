import { Cart } from '../src/cart';
import { placeOrder } from '../src/order';
import { Stock } from '../src/stock';

test('adds everything up', () => {
  const order = placeOrder(new Cart().put('b1'), new Stock({ b1: 1 }), 'DE', 'WELCOME');
  expect(order.total.cents).toBe(2700 + 210 + 490);
});
