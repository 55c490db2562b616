import type { AnyNode } from 'acorn';

/**
 * Whether V8 would quote a child of a syntax node in an error message, as in "(a || b(...)) is not a function". A
 * probe inside would be visible there. Source: `CallPrinter` in V8's `src/ast/prettyprinter.cc`, and experiments.
 * @returns Null if the answer is the same as for the parent.
 */
export function isQuoted(parent: AnyNode, key: string): boolean | null {
  switch (parent.type) {
    case 'CallExpression':
    case 'NewExpression':
      return key === 'callee';
    case 'TaggedTemplateExpression':
      return key === 'tag';
    case 'ConditionalExpression':
      // V8 quotes it as "(intermediate value)".
      return false;
    case 'VariableDeclarator':
      return key === 'init' && isPattern(parent.id);
    case 'AssignmentExpression':
    case 'AssignmentPattern':
      return key === 'right' && isPattern(parent.left) ? true : null;
    case 'ForOfStatement':
      return key === 'right';
    case 'YieldExpression':
      return parent.delegate ? true : null;
    case 'SpreadElement':
      return true;
    default:
      return null;
  }
}

function isPattern({ type }: AnyNode): boolean {
  return type === 'ObjectPattern' || type === 'ArrayPattern';
}
