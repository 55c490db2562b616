import type { Cart } from './cart';
import { euros, multiply, type Money } from './money';

/** What is taken off a cart's subtotal. */
export function discount(cart: Cart, code?: string): Money {
  const { subtotal } = cart;
  if (code === 'WELCOME') {
    return multiply(subtotal, 0.1);
  }
  if (code === 'BULK' && cart.lines.some(({ quantity }) => quantity >= 10)) {
    return multiply(subtotal, 0.2);
  }
  return euros(0);
}
