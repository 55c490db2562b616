import type { Cart } from './cart';
import { discount } from './discounts';
import { add, multiply, type Money } from './money';
import { shipping } from './shipping';
import type { Stock } from './stock';
import { tax } from './tax';

export interface Order {
  total: Money;
  tax: Money;
}

export function placeOrder(cart: Cart, stock: Stock, country: string, code?: string): Order {
  for (const { product, quantity } of cart.lines) stock.take(product.sku, quantity);
  const goods = add(cart.subtotal, multiply(discount(cart, code), -1));
  const taxes = tax(cart.lines);
  return { total: add(add(goods, taxes), shipping(cart.lines, country)), tax: taxes };
}
