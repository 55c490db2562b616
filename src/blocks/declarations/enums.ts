import type { AnyNode, Expression } from 'acorn';

/** The second half of an enum, which defines its members. */
export interface EnumValue {
  /** The function that is called. */
  body: AnyNode;
  /** Names of the exports that have the enum as their value. */
  exported: string[];
}

/** Splits `exports.a = value` into names and the value: see `OwnExports`. */
export type Assigned = (expression: Expression) => { names: string[]; value: Expression };

/**
 * Recognizes the second half of an enum as TypeScript writes it: `(function (E) { E[E["A"] = 0] = "A"; })(E || (E =
 * {}));`. An exported enum has `E || (exports.E = E = {})`.
 * @param name The variable that the first half declares.
 * @returns Null if the statement is anything else.
 */
export function enumValue(statement: AnyNode, name: string, assigned: Assigned): EnumValue | null {
  if (statement.type !== 'ExpressionStatement') return null;
  const { expression: call } = statement;
  if (call.type !== 'CallExpression' || call.arguments.length !== 1) return null;
  const { callee } = call;
  const [value] = call.arguments;
  if (callee.type !== 'FunctionExpression' || callee.id || callee.async || callee.generator)
    return null;
  const [parameter] = callee.params;
  if (callee.params.length !== 1 || parameter?.type !== 'Identifier') return null;
  const exported = value === undefined ? null : namesOfNew(value, name, assigned);
  if (exported === null) return null;
  const isEnum = callee.body.body.every(
    (member) =>
      member.type === 'ExpressionStatement' && isMember(member.expression, parameter.name),
  );
  return isEnum ? { body: callee, exported } : null;
}

/**
 * Reads `E || (E = {})` or `E || (exports.E = E = {})`.
 * @returns The names of exports. Null for anything else.
 */
function namesOfNew(node: AnyNode, name: string, assigned: Assigned): string[] | null {
  if (node.type !== 'LogicalExpression' || node.operator !== '||') return null;
  const { names, value } = assigned(node.right);
  const isNew =
    isName(node.left, name) &&
    value.type === 'AssignmentExpression' &&
    value.operator === '=' &&
    isName(value.left, name) &&
    value.right.type === 'ObjectExpression' &&
    value.right.properties.length === 0;
  return isNew ? names : null;
}

/** Whether a node is `E["A"] = "a"` or `E[E["A"] = 0] = "A"`. */
function isMember(node: AnyNode, name: string): boolean {
  if (node.type !== 'AssignmentExpression' || node.operator !== '=') return false;
  const { left, right } = node;
  if (left.type !== 'MemberExpression' || !isName(left.object, name)) return false;
  const { property } = left;
  if (property.type === 'AssignmentExpression')
    return isMember(property, name) && isConstant(right);
  return left.computed && isText(property) && isConstant(right);
}

/** Whether a value is a number, a text, or an operator on one that the compiler left in the code. */
function isConstant(node: Expression): boolean {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'number' || typeof node.value === 'string';
    case 'UnaryExpression':
      return ['-', '+', '~'].includes(node.operator) && isConstant(node.argument);
    default:
      return false;
  }
}

/** Whether a key is a text that has no setter in `Object.prototype`. */
function isText(node: AnyNode): boolean {
  return node.type === 'Literal' && typeof node.value === 'string' && node.value !== '__proto__';
}

function isName(node: AnyNode, name: string): boolean {
  return node.type === 'Identifier' && node.name === name;
}
