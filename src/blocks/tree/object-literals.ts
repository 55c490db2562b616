import type { AnyNode, ObjectExpression, Property } from 'acorn';

/** Remembers facts about the nodes in object literals. A literal is noted before its content is visited. */
export class ObjectLiterals {
  /** Number literals that dev transforms inserted: positions in the source. */
  readonly #positions = new Set<AnyNode>();
  /** Spreads (`...x`) in object literals. */
  readonly #spreads = new Set<AnyNode>();

  /**
   * Notes the positions that React's `jsxDEV` and `__source` objects contain. They say where an element is in the
   * source.
   */
  note({ properties }: ObjectExpression): void {
    const positions: AnyNode[] = [];
    let known = 0;
    for (const property of properties) {
      if (property.type === 'SpreadElement') {
        this.#spreads.add(property);
        continue;
      }
      const key = plainKey(property);
      if (key === 'fileName' || key === 'lineNumber') known += 1;
      if (key === 'lineNumber' || key === 'columnNumber') positions.push(property.value);
    }
    if (known < 2) return;
    for (const value of positions) {
      if (value.type === 'Literal' && typeof value.value === 'number') this.#positions.add(value);
    }
  }

  /** Whether a literal is a line or column that a dev transform wrote. */
  isPosition(literal: AnyNode): boolean {
    return this.#positions.has(literal);
  }

  /** Whether a node is a spread in an object, and not in a list. */
  hasSpread(node: AnyNode): boolean {
    return this.#spreads.has(node);
  }
}

function plainKey({ computed, key }: Property): string {
  if (computed) return '';
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : '';
}
