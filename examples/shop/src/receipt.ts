import type { Cart } from './cart';
import { format, multiply } from './money';

export function receipt(cart: Cart): string {
  const lines = cart.lines.map(
    ({ product, quantity }) =>
      `${quantity} x ${product.name}: ${format(multiply(product.price, quantity))}`,
  );
  return [...lines, `Total: ${format(cart.subtotal)}`].join('\n');
}
