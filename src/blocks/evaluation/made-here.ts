import type { AnyNode, Expression } from 'acorn';
import { plainName } from '../syntax/ancestry';

export function isFunction({ type }: AnyNode): boolean {
  return type === 'FunctionExpression' || type === 'ArrowFunctionExpression';
}

const MAKERS: ReadonlySet<string> = new Set(['assign', 'entries', 'fromEntries', 'keys', 'values']);

/** Whether an expression creates an object or an array that no other code has. */
export function isMadeHere(node: AnyNode): boolean {
  if (node.type === 'ObjectExpression' || node.type === 'ArrayExpression') return true;
  if (node.type === 'NewExpression') return true;
  return (
    node.type === 'CallExpression' &&
    node.callee.type === 'MemberExpression' &&
    node.callee.object.type === 'Identifier' &&
    node.callee.object.name === 'Object' &&
    MAKERS.has(plainName(node.callee.property, node.callee.computed) ?? '')
  );
}

/** Methods of arrays and texts that return a new array. */
const COPYING: ReadonlySet<string> = new Set([
  'concat',
  'filter',
  'flatMap',
  'map',
  'slice',
  'split',
]);

/** The value that a new array is copied from, if it is an array or a text. Example: `list` in `list.slice()`. */
export function copiedBy(node: AnyNode): Expression | null {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return null;
  const { object, property, computed } = node.callee;
  const isCopy = object.type !== 'Super' && COPYING.has(plainName(property, computed) ?? '');
  return isCopy ? object : null;
}
