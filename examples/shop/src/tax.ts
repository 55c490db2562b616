import type { Line } from './cart';
import { add, euros, multiply, type Money } from './money';

const rates = { book: 0.07, food: 0.07, toy: 0.19 };

export function tax(lines: Line[]): Money {
  return lines.reduce(
    (sum, { product, quantity }) =>
      add(sum, multiply(product.price, quantity * rates[product.category])),
    euros(0),
  );
}
