import type { AnyNode } from 'acorn';
import type { CounterReach } from './counter-list';

/** What is written before and behind a part of a node. */
export type Braces = readonly [before: string, behind: string];

/**
 * What is written around a part of a node so that it reads as if it stood in braces: istanbul puts these around a lone
 * statement, and makes a `return` of the expression that an arrow function has as its body.
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

/** Around what is no lone body. */
export const NO_BRACES = ['', ''] as const;
const BRACES = ['(BlockStatement,body:[;', '])'] as const;
const RETURN = ['(BlockStatement,body:[;(ReturnStatement,argument:', ')])'] as const;

/**
 * When a counter below a part of a declaration counts.
 * @param reach The same for the node around that part.
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
