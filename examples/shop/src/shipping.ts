import type { Line } from './cart';
import { euros, type Money } from './money';

export function shipping(lines: Line[], country: string): Money {
  const weight = lines.reduce((sum, { product, quantity }) => sum + product.weight * quantity, 0);
  if (weight === 0) return euros(0);
  if (country === 'DE') {
    return weight > 5 ? euros(9.5) : euros(4.9);
  } else if (country === 'CH') {
    return euros(12 + Math.ceil(weight));
  }
  return euros(19);
}
