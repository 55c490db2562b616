import type { AnyNode } from 'acorn';
import type { CounterReach } from './counter-list';

/** What is written before and after a part of a node. */
export type Braces = readonly [before: string, behind: string];

/**
 * Returns what to write around a part of a node, so that it has the same syntax as in braces. This is needed because
 * istanbul puts braces around a single statement, and turns the expression of an arrow function into a block with a
 * `return`.
 * @returns Empty texts for any other part.
 */
export function bracesAround(parent: AnyNode, key: string, child: AnyNode): Braces {
  if (child.type === 'BlockStatement') return NO_BRACES;
  switch (parent.type) {
    case 'IfStatement':
      return key === 'test' ? NO_BRACES : BRACES;
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return key === 'body' ? BRACES : NO_BRACES;
    case 'ArrowFunctionExpression':
      return key === 'body' ? RETURN : NO_BRACES;
    default:
      return NO_BRACES;
  }
}

/** For parts that need no braces. */
export const NO_BRACES = ['', ''] as const;
const BRACES = ['(BlockStatement,body:[;', '])'] as const;
const RETURN = ['(BlockStatement,body:[;(ReturnStatement,argument:', ')])'] as const;

/**
 * Returns when the counters in a part of a declaration are hit.
 * @param reach The same for the node that contains the part.
 */
export function reachOf(parent: AnyNode, key: string, reach: CounterReach): CounterReach {
  if (reach === 'used') return reach;
  switch (parent.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return 'used';
    case 'PropertyDefinition':
      return key === 'value' && !parent.static ? 'used' : reach;
    case 'MethodDefinition':
      return key === 'value' ? 'used' : reach;
    case 'Program':
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
    case 'VariableDeclaration':
    case 'VariableDeclarator':
    case 'ClassDeclaration':
    case 'ClassExpression':
    case 'ClassBody':
    case 'ArrayExpression':
    case 'ObjectExpression':
    case 'Property':
    case 'TemplateLiteral':
    case 'UnaryExpression':
    case 'NewExpression':
    case 'CallExpression':
    case 'SequenceExpression':
      return reach;
    case 'AssignmentExpression':
      return parent.operator === '=' ? reach : 'maybe';
    case 'BinaryExpression':
    case 'LogicalExpression':
      return parent.type === 'BinaryExpression' || key === 'left' ? reach : 'maybe';
    case 'ConditionalExpression':
      return key === 'test' ? reach : 'maybe';
    default:
      return 'maybe';
  }
}
