import type { AnyNode } from 'acorn';

/** Up to this many syntax nodes are cheaper to run than to observe. */
const SMALL_NODES = 8;

/**
 * Whether an expression is too small to be worth a byte store: a few literals, names and accesses, which neither call
 * nor change anything. It then stays part of the block around it, which is always safe.
 */
export function isSmall(expression: AnyNode): boolean {
  return spend(expression, SMALL_NODES) >= 0;
}

/** What is left of a budget of nodes after an expression, or less than zero. */
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
