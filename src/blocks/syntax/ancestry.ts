import type { AnyNode, CallExpression, Program } from 'acorn';
import { forEachChild, isNode } from './nodes';

/** A syntax node, and the nodes around it. */
export interface Placed<T extends AnyNode = AnyNode> {
  node: T;
  around: Placed | null;
}

/**
 * Visits every node of a program. It does not use recursion, because `a + b + c + …` would overflow the stack.
 * @param visit Called for a node before the nodes inside it. The order is otherwise undefined.
 */
export function forEachPlaced(program: Program, visit: (placed: Placed) => void): void {
  const open: Placed[] = [{ node: program, around: null }];
  for (let placed = open.pop(); placed !== undefined; placed = open.pop()) {
    visit(placed);
    const around = placed;
    forEachChild(placed.node, (node) => open.push({ node, around }));
  }
}

/** The parent of a node. */
export function parentOf({ around }: Placed): AnyNode | null {
  return around?.node ?? null;
}

/** The name of a member access: `object.name` or `object['name']`. Null for any other node. */
export function memberName(node: AnyNode): string | null {
  if (node.type !== 'MemberExpression') return null;
  return plainName(node.property, node.computed);
}

/** The name of a property, if the text contains it. */
export function plainName(key: AnyNode, computed: boolean): string | null {
  if (!computed && key.type === 'Identifier') return key.name;
  return key.type === 'Literal' && typeof key.value === 'string' ? key.value : null;
}

/** Whether a member is called as a method, so that its object is passed as `this`. */
export function isMethodCall(member: Placed): boolean {
  const parent = parentOf(member);
  return (
    isNode(parent) &&
    ((parent.type === 'CallExpression' && parent.callee === member.node) ||
      (parent.type === 'TaggedTemplateExpression' && parent.tag === member.node))
  );
}

/**
 * The name of a compiler's helper that is called. Examples: `_interop_require_default`, `tslib_1.__importStar`,
 * `_interop_require_default._`, `(0, tslib_1.__importStar)`.
 */
export function helperName({ callee }: CallExpression): string {
  const last = callee.type === 'SequenceExpression' ? callee.expressions.at(-1) : callee;
  if (last?.type === 'Identifier') return last.name;
  if (last?.type !== 'MemberExpression') return '';
  const name = memberName(last) ?? '';
  return name === '_' && last.object.type === 'Identifier' ? last.object.name : name;
}
