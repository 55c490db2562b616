import type { AnyNode, FunctionDeclaration, ObjectExpression, Program } from 'acorn';
import { isNode } from '../syntax/nodes';
import { isCallOf, readCounter, type Counter } from './counter';

/** What istanbul inserted into a program. It is removed from the program's syntax. */
export interface Instrumentation {
  /** Identifies this version of the file's coverage data. */
  hash: string;
  /** The position of the object literal with the coverage data. */
  data: { start: number; end: number };
  /** The number of counters in that data. */
  total: number;
  /** By node: the counters that are hit when the node is reached. */
  before: ReadonlyMap<AnyNode, readonly Counter[]>;
  /** By node: the counters after its last part. */
  after: ReadonlyMap<AnyNode, readonly Counter[]>;
}

/**
 * Removes the counters that istanbul inserted, so that the program has the same syntax as without coverage. Positions
 * still refer to the text.
 * @param program It is changed.
 * @returns Null if the program is not instrumented in the known way.
 */
export function removeCounters(program: Program): Instrumentation | null {
  const [found] = program.body.flatMap((statement) => coverageFunction(statement) ?? []);
  if (found === undefined) return null;
  const { name, declaration, ...told } = found;
  program.body = program.body.filter(
    (statement) =>
      statement !== declaration &&
      !(statement.type === 'ExpressionStatement' && isCallOf(statement.expression, name)),
  );
  const remover = new CounterRemover(name);
  remover.removeIn(program);
  return { ...told, before: remover.before, after: remover.after };
}

/** The top-level function that returns a file's counters. */
interface CoverageFunction {
  name: string;
  declaration: AnyNode;
  hash: string;
  data: { start: number; end: number };
  total: number;
}

/** Recognizes the function that istanbul writes. Source: `coverageTemplate` in `istanbul-lib-instrument`. */
function coverageFunction(statement: AnyNode): CoverageFunction | null {
  if (statement.type !== 'FunctionDeclaration' || !/^cov_[a-z0-9]+$/.test(statement.id?.name ?? ''))
    return null;
  const { body, id } = statement as FunctionDeclaration;
  const values = new Map<string, AnyNode>();
  for (const part of body.body) {
    if (part.type !== 'VariableDeclaration') continue;
    for (const { id: variable, init } of part.declarations)
      if (variable.type === 'Identifier' && init) values.set(variable.name, init);
  }
  const hash = values.get('hash');
  const data = values.get('coverageData');
  if (hash?.type !== 'Literal' || typeof hash.value !== 'string') return null;
  if (data?.type !== 'ObjectExpression') return null;
  const { start, end } = data;
  const total = countersIn(data);
  return { name: id.name, declaration: statement, hash: hash.value, data: { start, end }, total };
}

/** The number of counters in coverage data. */
function countersIn(data: ObjectExpression): number {
  const lists = valuesOf(data);
  const [statements, functions, branches] = ['s', 'f', 'b'].map((kind) => lists.get(kind));
  const paths = [...valuesOf(branches).values()].map((node) =>
    node.type === 'ArrayExpression' ? node.elements.length : 0,
  );
  return (
    valuesOf(statements).size + valuesOf(functions).size + paths.reduce((sum, one) => sum + one, 0)
  );
}

/** The values of an object literal, by key. */
function valuesOf(node: AnyNode | undefined): Map<string, AnyNode> {
  const values = new Map<string, AnyNode>();
  for (const property of node?.type === 'ObjectExpression' ? node.properties : []) {
    if (property.type !== 'Property') continue;
    const { key, value } = property;
    if (key.type === 'Literal') values.set(String(key.value), value);
    else if (key.type === 'Identifier') values.set(key.name, value);
  }
  return values;
}

class CounterRemover {
  readonly before = new Map<AnyNode, Counter[]>();
  readonly after = new Map<AnyNode, Counter[]>();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Does not use recursion, because long chains of operators would overflow the stack. */
  removeIn(program: Program): void {
    const waiting: AnyNode[] = [program];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      this.#removeElse(node);
      const fields = node as unknown as Record<string, unknown>;
      for (const key in fields) {
        const value = fields[key];
        if (typeof value !== 'object' || value === null) continue;
        if (Array.isArray(value)) {
          const items = this.#withoutCounters(node, value as unknown[]);
          fields[key] = items;
          for (const item of items) if (isNode(item)) waiting.push(item);
        } else if (isNode(value)) {
          const child = this.#unwrapped(value);
          fields[key] = child;
          waiting.push(child);
        }
      }
    }
  }

  /** A counter that is its own statement belongs to the statement after it. */
  #withoutCounters(list: AnyNode, items: readonly unknown[]): unknown[] {
    let counters: Counter[] = [];
    const rest: unknown[] = [];
    for (const item of items) {
      const counter = isNode(item) ? this.#statementCounter(item) : null;
      if (counter !== null) counters.push(counter);
      else {
        const kept = isNode(item) ? this.#unwrapped(item) : item;
        rest.push(kept);
        if (counters.length > 0) add(this.before, kept as AnyNode, counters);
        counters = [];
      }
    }
    if (counters.length > 0) add(this.after, list, counters);
    return rest;
  }

  /** Replaces `(cov_x().b[0][0]++, value)` by `value`. */
  #unwrapped(node: AnyNode): AnyNode {
    if (node.type !== 'SequenceExpression') return node;
    const counters: Counter[] = [];
    for (const expression of node.expressions) {
      const counter = readCounter(expression, this.#name);
      if (counter === null) break;
      counters.push(counter);
    }
    const [value, ...others] = node.expressions.slice(counters.length);
    if (counters.length === 0 || value === undefined) return node;
    if (others.length > 0) node.expressions = [value, ...others];
    const kept = others.length > 0 ? node : this.#unwrapped(value);
    add(this.before, kept, counters);
    return kept;
  }

  /** Removes an `else` that contains only counters, because istanbul added it. */
  #removeElse(node: AnyNode): void {
    if (node.type !== 'IfStatement' || node.alternate?.type !== 'BlockStatement') return;
    const { body } = node.alternate;
    const counters = body.map((statement) => this.#statementCounter(statement));
    if (counters.length === 0 || !counters.every((counter) => counter !== null)) return;
    node.alternate = null;
    add(this.after, node, counters);
  }

  #statementCounter(node: AnyNode): Counter | null {
    return node.type === 'ExpressionStatement' ? readCounter(node.expression, this.#name) : null;
  }
}

function add(map: Map<AnyNode, Counter[]>, node: AnyNode, counters: readonly Counter[]): void {
  const known = map.get(node);
  if (known === undefined) map.set(node, [...counters]);
  else known.push(...counters);
}
