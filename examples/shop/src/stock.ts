export class Stock {
  readonly #levels: Map<string, number>;

  constructor(levels: Record<string, number>) {
    this.#levels = new Map(Object.entries(levels));
  }

  level(sku: string): number {
    return this.#levels.get(sku) ?? 0;
  }

  take(sku: string, quantity: number): void {
    const left = this.level(sku) - quantity;
    if (left < 0) {
      throw new Error(`only ${this.level(sku)} of ${sku} left`);
    }
    this.#levels.set(sku, left);
  }
}
