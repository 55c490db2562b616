import { find, type Product } from './catalog';
import { add, euros, multiply, type Money } from './money';

export interface Line {
  product: Product;
  quantity: number;
}

export class Cart {
  readonly #lines = new Map<string, Line>();

  put(sku: string, quantity = 1): this {
    if (quantity <= 0) throw new RangeError('quantity must be positive');
    const line = this.#lines.get(sku);
    if (line) {
      line.quantity += quantity;
    } else {
      this.#lines.set(sku, { product: find(sku), quantity });
    }
    return this;
  }

  remove(sku: string): this {
    this.#lines.delete(sku);
    return this;
  }

  get lines(): Line[] {
    return [...this.#lines.values()];
  }

  get subtotal(): Money {
    return this.lines.reduce(
      (sum, { product, quantity }) => add(sum, multiply(product.price, quantity)),
      euros(0),
    );
  }
}
