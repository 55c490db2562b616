import type { AnyNode, Expression, Pattern, SpreadElement, VariableDeclarator } from 'acorn';
import { memberName } from '../syntax/ancestry';

/**
 * Returns the parts of `"a ".concat(b, " c").concat(d)`, which compilers write for `a ${b} c${d}`.
 * @returns Null for any other call.
 */
export function piecesOfText(call: AnyNode): (Expression | SpreadElement)[] | null {
  const pieces: (Expression | SpreadElement)[][] = [];
  let at = call;
  while (at.type === 'CallExpression' && !at.optional && memberName(at.callee) === 'concat') {
    const { callee } = at;
    if (callee.type !== 'MemberExpression' || callee.optional || callee.object.type === 'Super')
      return null;
    pieces.push(at.arguments);
    at = callee.object;
  }
  if (at.type !== 'Literal' || typeof at.value !== 'string') return null;
  return [at, ...pieces.reverse().flat()];
}

/** A loop that copies the arguments of a function into an array. */
export interface RestLoop {
  /** The array. */
  name: string;
  /** How many arguments at the start are not copied. */
  first: number;
  /** Other variables that the loop declares, in order. */
  others: readonly string[];
  /** Whether the loop creates the array. Otherwise a statement before the loop creates it. */
  isMaker: boolean;
}

/**
 * Recognizes what compilers write for `...names` among the parameters:
 * `for (var _len = arguments.length, names = new Array(_len > 1 ? _len - 1 : 0), _key = 1; _key < _len; _key++) { names[_key - 1] = arguments[_key]; }`,
 * or `for (var _i = 1; _i < arguments.length; _i++) { names[_i - 1] = arguments[_i]; }` after `var names = [];`.
 * @returns Null for any other loop.
 */
export function restLoop(node: AnyNode): RestLoop | null {
  if (node.type !== 'ForStatement' || node.init?.type !== 'VariableDeclaration') return null;
  if (node.init.kind !== 'var') return null;
  const { declarations } = node.init;
  const isMaker = declarations.length === 3;
  const index = declarations.at(-1);
  const [length, array] = isMaker ? declarations : [];
  const key = nameOf(index?.id);
  const first = index?.init?.type === 'Literal' ? index.init.value : null;
  if (key === null || typeof first !== 'number' || (!isMaker && declarations.length !== 1))
    return null;
  const count = isMaker ? nameOf(length?.id) : null;
  if (isMaker && (count === null || !isCountOfArguments(length?.init))) return null;
  const target = copiedInto(node.body, key, first);
  if (target === null || new Set([key, count, target]).size !== 3) return null;
  if (isMaker && !(nameOf(array?.id) === target && isArrayOf(array?.init, count ?? '', first)))
    return null;
  const { test, update } = node;
  const isWhole =
    test?.type === 'BinaryExpression' &&
    test.operator === '<' &&
    nameOf(test.left) === key &&
    (isMaker ? nameOf(test.right) === count : isCountOfArguments(test.right)) &&
    update?.type === 'UpdateExpression' &&
    update.operator === '++' &&
    nameOf(update.argument) === key;
  if (!isWhole) return null;
  return { name: target, first, others: count === null ? [key] : [count, key], isMaker };
}

/** The variable of `var names = [];`. */
export function emptyArrayIn(node: AnyNode | undefined): string | null {
  if (node?.type !== 'VariableDeclaration' || node.kind !== 'var') return null;
  const [one, ...more] = node.declarations;
  if (more.length > 0 || one?.init?.type !== 'ArrayExpression') return null;
  return one.init.elements.length === 0 ? nameOf(one.id) : null;
}

function nameOf(node: AnyNode | Pattern | null | undefined): string | null {
  return node?.type === 'Identifier' ? node.name : null;
}

function isCountOfArguments(node: VariableDeclarator['init'] | AnyNode): boolean {
  return (
    node?.type === 'MemberExpression' &&
    !node.optional &&
    nameOf(node.object) === 'arguments' &&
    memberName(node) === 'length'
  );
}

/**
 * Whether a node is `new Array(count)`, or `new Array(count > 1 ? count - 1 : 0)`. A smaller length would also work.
 */
function isArrayOf(node: VariableDeclarator['init'], count: string, first: number): boolean {
  if (node?.type !== 'NewExpression' && node?.type !== 'CallExpression') return false;
  const [length, ...more] = node.arguments;
  if (nameOf(node.callee) !== 'Array' || more.length > 0 || length === undefined) return false;
  if (first === 0) return nameOf(length) === count;
  return (
    length.type === 'ConditionalExpression' &&
    length.test.type === 'BinaryExpression' &&
    length.test.operator === '>' &&
    nameOf(length.test.left) === count &&
    isNumber(length.test.right, first) &&
    isLess(length.consequent, count, first) &&
    isNumber(length.alternate, 0)
  );
}

/** The array of `names[key - first] = arguments[key];`. */
function copiedInto(body: AnyNode, key: string, first: number): string | null {
  const [statement, ...more] = body.type === 'BlockStatement' ? body.body : [body];
  if (more.length > 0 || statement?.type !== 'ExpressionStatement') return null;
  const { expression } = statement;
  if (expression.type !== 'AssignmentExpression' || expression.operator !== '=') return null;
  const { left, right } = expression;
  if (left.type !== 'MemberExpression' || !left.computed) return null;
  if (right.type !== 'MemberExpression' || !right.computed || right.optional) return null;
  if (nameOf(right.object) !== 'arguments' || nameOf(right.property) !== key) return null;
  const isPlace = first === 0 ? nameOf(left.property) === key : isLess(left.property, key, first);
  return isPlace ? nameOf(left.object) : null;
}

function isLess(node: AnyNode, name: string, by: number): boolean {
  return (
    node.type === 'BinaryExpression' &&
    node.operator === '-' &&
    nameOf(node.left) === name &&
    isNumber(node.right, by)
  );
}

function isNumber(node: AnyNode, value: number): boolean {
  return node.type === 'Literal' && node.value === value;
}
