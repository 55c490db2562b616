import type { AnyNode } from 'acorn';

/** One counter that istanbul inserts into code, with its numbers in the coverage data. */
export interface Counter {
  /** A statement, a function, or one path of a branch. */
  kind: 's' | 'f' | 'b';
  id: number;
  /** The path of a branch. 0 for the other kinds. */
  path: number;
}

/** A counter, and its place in the syntax of its block: the length of the text that is written before it. */
export interface PlacedCounter extends Counter {
  at: number;
}

/**
 * Reads `cov_x().s[3]++`, `cov_x().f[1]++` or `cov_x().b[2][0]++`.
 * @param name The function of the file that returns its counters.
 * @returns Null for anything else.
 */
export function readCounter(node: AnyNode, name: string): Counter | null {
  if (node.type !== 'UpdateExpression' || node.operator !== '++') return null;
  const last = indexed(node.argument);
  if (last === null) return null;
  const inner = indexed(last.object);
  const [list, id, path] =
    inner === null ? [last.object, last.index, 0] : [inner.object, inner.index, last.index];
  if (list.type !== 'MemberExpression' || list.computed) return null;
  if (!isCallOf(list.object, name) || list.property.type !== 'Identifier') return null;
  const kind = list.property.name;
  if (inner === null ? kind !== 's' && kind !== 'f' : kind !== 'b') return null;
  return { kind: kind as Counter['kind'], id, path };
}

/** Whether a node is `name()`. */
export function isCallOf(node: AnyNode, name: string): boolean {
  return (
    node.type === 'CallExpression' &&
    node.arguments.length === 0 &&
    node.callee.type === 'Identifier' &&
    node.callee.name === name
  );
}

function indexed(node: AnyNode): { object: AnyNode; index: number } | null {
  if (node.type !== 'MemberExpression' || !node.computed) return null;
  const { object, property } = node;
  if (property.type !== 'Literal' || typeof property.value !== 'number') return null;
  return { object, index: property.value };
}
