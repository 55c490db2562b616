import type { AnyNode, Expression } from 'acorn';

/**
 * Recognises the second half of an enum as TypeScript writes it: `(function (E) { E[E["A"] = 0] = "A"; })(E || (E = {}));`.
 * @param name The variable that the first half declares.
 * @returns The function; null where the statement is anything else.
 */
export function enumValue(statement: AnyNode, name: string): AnyNode | null {
  if (statement.type !== 'ExpressionStatement') return null;
  const { expression: call } = statement;
  if (call.type !== 'CallExpression' || call.arguments.length !== 1) return null;
  const { callee } = call;
  const [value] = call.arguments;
  if (callee.type !== 'FunctionExpression' || callee.id || callee.async || callee.generator)
    return null;
  const [parameter] = callee.params;
  if (callee.params.length !== 1 || parameter?.type !== 'Identifier') return null;
  if (value === undefined || !isNameOrNewObject(value, name)) return null;
  const isEnum = callee.body.body.every(
    (member) =>
      member.type === 'ExpressionStatement' && isMember(member.expression, parameter.name),
  );
  return isEnum ? callee : null;
}

/** `E || (E = {})` */
function isNameOrNewObject(node: AnyNode, name: string): boolean {
  if (node.type !== 'LogicalExpression' || node.operator !== '||') return false;
  const { left, right } = node;
  return (
    isName(left, name) &&
    right.type === 'AssignmentExpression' &&
    right.operator === '=' &&
    isName(right.left, name) &&
    right.right.type === 'ObjectExpression' &&
    right.right.properties.length === 0
  );
}

/** `E["A"] = "a"` or `E[E["A"] = 0] = "A"` */
function isMember(node: AnyNode, name: string): boolean {
  if (node.type !== 'AssignmentExpression' || node.operator !== '=') return false;
  const { left, right } = node;
  if (left.type !== 'MemberExpression' || !isName(left.object, name)) return false;
  const { property } = left;
  if (property.type === 'AssignmentExpression')
    return isMember(property, name) && isConstant(right);
  return left.computed && isText(property) && isConstant(right);
}

/** Numbers, texts and operators on them, as far as the compiler has not computed them. */
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

/** A key that no setter of `Object.prototype` stands for. */
function isText(node: AnyNode): boolean {
  return node.type === 'Literal' && typeof node.value === 'string' && node.value !== '__proto__';
}

function isName(node: AnyNode, name: string): boolean {
  return node.type === 'Identifier' && node.name === name;
}
