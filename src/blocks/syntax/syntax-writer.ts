import type { AnyNode, BinaryExpression, LogicalExpression } from 'acorn';
import { rootReplacer } from './hash';
import { isNode, isOperation } from './nodes';

/** Positions and spellings. They do not change what a program means. */
const NO_SYNTAX: ReadonlySet<string> = new Set(['type', 'start', 'end', 'raw', 'bigint']);

/**
 * Writes syntax as text for hashing. Different syntax always gives different text. It loops over all fields of a
 * node, so new kinds of syntax are written without a change here.
 */
export abstract class SyntaxWriter {
  readonly #withoutRoot: (text: string) => string;

  /** @param root Absolute path of the folder that is replaced in texts, so that they do not depend on it. */
  constructor(root: string) {
    this.#withoutRoot = rootReplacer(root);
  }

  /** Appends to the text. */
  protected abstract write(text: string): void;

  /** Writes a node that is the value of a field, or an item of the value. `name` is the argument of `writeFields`. */
  protected abstract visitChild(parent: AnyNode, key: string, child: AnyNode, name: string): void;

  /**
   * Writes an item of a list in another place, if needed.
   * @returns False if the item stays in the list.
   */
  protected visitApart(_item: AnyNode): boolean {
    return false;
  }

  /** Writes all fields of a node. `name` is passed on to the body of a function. */
  protected writeFields(node: AnyNode, name: string): void {
    this.write(`(${node.type}`);
    const fields = node as unknown as Record<string, unknown>;
    for (const key in fields) {
      const value = fields[key];
      // Most fields are flags that are off. Keys are written, so that no field can be confused with another.
      if (value === false || value === null || value === undefined || NO_SYNTAX.has(key)) continue;
      // The body of an arrow function is always written as a `return`, in either form.
      if (value === true && key === 'expression') continue;
      this.writeField(node, key, value, name, `,${key}:`);
    }
    this.write(')');
  }

  /** Writes a field, or an item of a field, after a prefix. */
  protected writeField(
    node: AnyNode,
    key: string,
    value: unknown,
    name: string,
    prefix: string,
  ): void {
    if (typeof value === 'string') {
      const text = this.#withoutRoot(value);
      // Without the length, one text could look like another text with syntax after it.
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
      // Plain objects: the field `regex` of a regular expression, and the `value` of a template element.
      this.write(`${prefix}{`);
      for (const [inner, part] of Object.entries(value)) {
        this.writeField(node, key, part, name, `,${inner}:`);
      }
      this.write('}');
    }
  }

  /**
   * Writes `a + b + c + …` like `writeFields`, but without recursion, because that would overflow the stack.
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

  /** A part of the source text, in a form that can be hashed. */
  protected hashableText(text: string): string {
    return hashable(this.#withoutRoot(text));
  }
}

/**
 * Escapes a text that is not well-formed. As UTF-8, all single surrogates would become the same replacement
 * character.
 */
function hashable(text: string): string {
  return (text as WellFormed).isWellFormed() ? `'${text}` : JSON.stringify(text);
}

/** All supported versions of Node have this method, but TypeScript's library does not declare it yet. */
type WellFormed = string & { isWellFormed(): boolean };
