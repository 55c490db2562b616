import type { AnyNode, BinaryExpression, LogicalExpression } from 'acorn';

/** Whether the value of a field is a syntax node. */
export function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
  );
}

/**
 * Visits the children of a node, in the order of its fields.
 * @param isLeftOut Whether to skip a field, by its name. Default: no field is skipped.
 */
export function forEachChild(
  node: AnyNode,
  visit: (child: AnyNode) => void,
  isLeftOut: (key: string) => boolean = () => false,
): void {
  const fields = node as unknown as Record<string, unknown>;
  // This runs for every node of every module. `Object.entries` would create an array each time.
  for (const key in fields) {
    const value = fields[key];
    if (typeof value !== 'object' || value === null || isLeftOut(key)) continue;
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) if (isNode(item)) visit(item);
    } else if (isNode(value)) visit(value);
  }
}

/** Whether a node is an operation with two operands. */
export function isOperation(node: AnyNode): node is BinaryExpression | LogicalExpression {
  return node.type === 'BinaryExpression' || node.type === 'LogicalExpression';
}
