import type { AnyNode, BinaryExpression, LogicalExpression } from 'acorn';
import { rootReplacer } from './hash';
import { isNode, isOperation } from './nodes';

/** Positions and spellings: no part of what a program means. */
const NO_SYNTAX: ReadonlySet<string> = new Set(['type', 'start', 'end', 'raw', 'bigint']);

/**
 * Writes syntax as text to be hashed, so that other syntax never gives the same text. It is generic over the fields of
 * nodes: syntax that it has never heard of is written too.
 */
export abstract class SyntaxWriter {
  readonly #withoutRoot: (text: string) => string;

  /** @param root Absolute folder that texts are made independent of. */
  constructor(root: string) {
    this.#withoutRoot = rootReplacer(root);
  }

  /** Appends to the text. */
  protected abstract write(text: string): void;

  /** Writes a node that is the value of a field, or an item of it. `name` is what `writeFields` was given. */
  protected abstract visitChild(parent: AnyNode, key: string, child: AnyNode, name: string): void;

  /** Writes an item of a list elsewhere. @returns False for what belongs to the list. */
  protected visitApart(_item: AnyNode): boolean {
    return false;
  }

  /** Writes all fields of a node. `name` is passed on to the body of a function. */
  protected writeFields(node: AnyNode, name: string): void {
    this.write(`(${node.type}`);
    const fields = node as unknown as Record<string, unknown>;
    for (const key in fields) {
      const value = fields[key];
      // Most fields are flags that are off. Keys are written, so that none is mistaken for another.
      if (value === false || value === null || value === undefined || NO_SYNTAX.has(key)) continue;
      // The body of an arrow function is written as a `return`, whichever form it has.
      if (value === true && key === 'expression') continue;
      this.writeField(node, key, value, name, `,${key}:`);
    }
    this.write(')');
  }

  /** Writes a field, or an item of one, after a prefix. */
  protected writeField(
    node: AnyNode,
    key: string,
    value: unknown,
    name: string,
    prefix: string,
  ): void {
    if (typeof value === 'string') {
      const text = this.#withoutRoot(value);
      // The length makes it impossible for one text to look like another with syntax after it.
      this.write(`${prefix}${text.length}${hashable(text)}`);
    } else if (typeof value !== 'object' || value === null) {
      this.write(`${prefix}${typeof value === 'bigint' ? `${value}n` : String(value)}`);
    } else if (Array.isArray(value)) {
      this.write(`${prefix}[`);
      for (const item of value)
        if (!isNode(item) || !this.visitApart(item)) this.writeField(node, key, item, name, ';');
      this.write(']');
    } else if (isNode(value)) {
      this.write(prefix);
      this.visitChild(node, key, value, name);
    } else if (!(value instanceof RegExp)) {
      // A regular expression's own field `regex` has it, and a template element's `value`, as plain objects.
      this.write(`${prefix}{`);
      for (const [inner, part] of Object.entries(value)) {
        this.writeField(node, key, part, name, `,${inner}:`);
      }
      this.write('}');
    }
  }

  /**
   * Writes `a + b + c + …` as `writeFields` would, but without using up the stack.
   * @param visit Writes the first operand.
   * @param pass Called for each operation between the last one and the first operand.
   */
  protected writeChain(
    last: BinaryExpression | LogicalExpression,
    { visit, pass }: { visit: (first: AnyNode) => void; pass: (link: AnyNode) => void },
  ): void {
    const chain: (BinaryExpression | LogicalExpression)[] = [];
    let first: AnyNode = last;
    while (isOperation(first)) {
      this.write(`(${first.type}${first.operator},`);
      chain.push(first);
      first = first.left;
      if (isOperation(first)) pass(first);
    }
    visit(first);
    for (const link of chain.reverse()) {
      this.write(',');
      this.visitChild(link, 'right', link.right, '');
      this.write(')');
    }
  }

  /** A stretch of source text as it can be hashed. */
  protected hashableText(text: string): string {
    return hashable(this.#withoutRoot(text));
  }
}

/** Half of a surrogate pair has no bytes of its own: as UTF-8, each becomes the same replacement character. */
function hashable(text: string): string {
  return (text as WellFormed).isWellFormed() ? `'${text}` : JSON.stringify(text);
}

/** Known to every Node that we run on, but not yet to TypeScript's library for it. */
type WellFormed = string & { isWellFormed(): boolean };
