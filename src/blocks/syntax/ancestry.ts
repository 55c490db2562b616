import type { AnyNode, CallExpression, Program } from 'acorn';
import { forEachChild, isNode } from './nodes';

/** A syntax node with what is around it. */
export interface Placed<T extends AnyNode = AnyNode> {
  node: T;
  around: Placed | null;
}

/**
 * Visits every node of a program. Without recursion: `a + b + c + …` would use up the stack.
 * @param visit Called before the nodes inside of the node, in no order that means anything.
 */
export function forEachPlaced(program: Program, visit: (placed: Placed) => void): void {
  const open: Placed[] = [{ node: program, around: null }];
  for (let placed = open.pop(); placed !== undefined; placed = open.pop()) {
    visit(placed);
    const around = placed;
    forEachChild(placed.node, (node) => open.push({ node, around }));
  }
}

/** The node right around another one. */
export function parentOf({ around }: Placed): AnyNode | null {
  return around?.node ?? null;
}

/** Whether a node is `object.name`, or `object['name']`, of some object. */
export function memberName(node: AnyNode): string | null {
  if (node.type !== 'MemberExpression') return null;
  return plainName(node.property, node.computed);
}

/** The name of a property where the text says it. */
export function plainName(key: AnyNode, computed: boolean): string | null {
  if (!computed && key.type === 'Identifier') return key.name;
  return key.type === 'Literal' && typeof key.value === 'string' ? key.value : null;
}

/** Whether a function is called as a method of an object, which it gets as `this`. */
export function isMethodCall(member: Placed): boolean {
  const parent = parentOf(member);
  return (
    isNode(parent) &&
    ((parent.type === 'CallExpression' && parent.callee === member.node) ||
      (parent.type === 'TaggedTemplateExpression' && parent.tag === member.node))
  );
}

/** The name of a compiler's helper that is called: `_interop_require_default`, `tslib_1.__importStar`, `_interop_require_default._`, `(0, tslib_1.__importStar)`. */
export function helperName({ callee }: CallExpression): string {
  const last = callee.type === 'SequenceExpression' ? callee.expressions.at(-1) : callee;
  if (last?.type === 'Identifier') return last.name;
  if (last?.type !== 'MemberExpression') return '';
  const name = memberName(last) ?? '';
  return name === '_' && last.object.type === 'Identifier' ? last.object.name : name;
}
