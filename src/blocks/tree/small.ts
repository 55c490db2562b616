import type { AnyNode } from 'acorn';

/** For an expression with at most this many syntax nodes, running it costs less than a probe. */
const SMALL_NODES = 8;

/**
 * Whether an expression is too small for a probe: a few literals, names and accesses, which call nothing and change
 * nothing. It then stays part of the block around it, which is always safe.
 */
export function isSmall(expression: AnyNode): boolean {
  return spend(expression, SMALL_NODES) >= 0;
}

/** Subtracts the nodes of an expression from a budget. The result is negative if the budget is too small. */
function spend(node: AnyNode | null | undefined, budget: number): number {
  if (node === null || node === undefined) return budget;
  if (budget <= 0) return -1;
  const left = budget - 1;
  switch (node.type) {
    case 'Literal':
    case 'Identifier':
    case 'PrivateIdentifier':
    case 'ThisExpression':
    case 'Super':
    case 'MetaProperty':
      return left;
    case 'ChainExpression':
      return spend(node.expression, left);
    case 'MemberExpression':
      return spend(node.property, spend(node.object, left));
    case 'UnaryExpression':
      return node.operator === 'delete' ? -1 : spend(node.argument, left);
    case 'BinaryExpression':
    case 'LogicalExpression':
      return spend(node.right, spend(node.left, left));
    case 'ConditionalExpression':
      return spend(node.alternate, spend(node.consequent, spend(node.test, left)));
    case 'TemplateLiteral':
      return spendAll(node.expressions, left);
    case 'ArrayExpression':
      return spendAll(node.elements, left);
    case 'ObjectExpression':
      return spendAll(node.properties, left);
    case 'Property':
      return spend(node.value, spend(node.key, left));
    default:
      return -1;
  }
}

function spendAll(nodes: readonly (AnyNode | null)[], budget: number): number {
  let left = budget;
  for (const node of nodes) left = spend(node, left);
  return left;
}
