import type { AnyNode, BinaryExpression, LogicalExpression } from 'acorn';

/** Whether a field of a syntax node holds another one. */
export function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
  );
}

/**
 * Visits the nodes right below a node, in the order of their fields.
 * @param isLeftOut Fields to pass over, by their names. Default: none.
 */
export function forEachChild(
  node: AnyNode,
  visit: (child: AnyNode) => void,
  isLeftOut: (key: string) => boolean = () => false,
): void {
  const fields = node as unknown as Record<string, unknown>;
  // Each node of each module comes here: `Object.entries` would make an array for every one.
  for (const key in fields) {
    const value = fields[key];
    if (typeof value !== 'object' || value === null || isLeftOut(key)) continue;
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) if (isNode(item)) visit(item);
    } else if (isNode(value)) visit(value);
  }
}

/** Whether a node is an operation on two operands. */
export function isOperation(node: AnyNode): node is BinaryExpression | LogicalExpression {
  return node.type === 'BinaryExpression' || node.type === 'LogicalExpression';
}
