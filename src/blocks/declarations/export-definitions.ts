import type { AnyNode, Expression } from 'acorn';
import { memberName, plainName } from '../syntax/ancestry';

/** A statement, or a part of one, that gives an export its value. */
export interface ExportDefinition {
  name: string;
  /** The value, or the function that returns it. */
  value: AnyNode;
  /** What a getter returns. A property with a getter can be defined only once. */
  returned: AnyNode | null;
  /** Set for a property of `module.exports = { … }`: how the property is written. */
  property?: 'value' | 'method';
}

/** Whether a name has a meaning for the language or for compilers. */
export function isSpecial(name: string): boolean {
  return name.startsWith('__');
}

/** The properties of `module.exports = { … }`. Null if some are not plain properties. */
export function propertiesOf(expression: Expression): readonly ExportDefinition[] | null {
  if (expression.type !== 'AssignmentExpression' || expression.operator !== '=') return null;
  const { left, right } = expression;
  if (left.type !== 'MemberExpression' || memberName(left) !== 'exports') return null;
  if (left.object.type !== 'Identifier' || left.object.name !== 'module') return null;
  if (right.type !== 'ObjectExpression' || right.properties.length === 0) return null;
  const found = new Map<string, ExportDefinition>();
  for (const property of right.properties) {
    if (property.type !== 'Property' || property.kind !== 'init') return null;
    const name = plainName(property.key, property.computed);
    if (name === null || isSpecial(name) || found.has(name)) return null;
    const how = property.method ? 'method' : 'value';
    found.set(name, { name, value: property.value, returned: null, property: how });
  }
  return [...found.values()];
}

/** The getter in a property descriptor that has no other fields except `enumerable`. */
export function getterIn(
  properties: readonly AnyNode[],
): { value: AnyNode; returned: AnyNode } | null {
  let getter: { value: AnyNode; returned: AnyNode } | null = null;
  for (const property of properties) {
    if (property.type !== 'Property') return null;
    const key = plainName(property.key, property.computed);
    const returned = key === 'get' ? returnedBy(property.value) : null;
    if (returned !== null) getter = { value: property.value, returned };
    else if (key !== 'enumerable' || property.value.type !== 'Literal') return null;
  }
  return getter;
}

/**
 * What a getter returns, as in `function () { return a; }` or `return _a.b;`. Code that enumerates all exports may
 * call such a getter. The call has no effect.
 * @returns Null for any other function, and for anything else.
 */
export function returnedBy(node: AnyNode): AnyNode | null {
  if (node.type !== 'FunctionExpression' || node.params.length > 0) return null;
  if (node.async || node.generator) return null;
  const [statement] = node.body.body;
  if (node.body.body.length !== 1 || statement?.type !== 'ReturnStatement') return null;
  const returned = statement.argument ?? null;
  return returned !== null && rootOf(returned) !== null ? returned : null;
}

/** The variable at the start of `a`, `a.b.c` or `a["b"]`. Null for anything else. */
export function rootOf(node: AnyNode): string | null {
  let at = node;
  while (at.type === 'MemberExpression' && memberName(at) !== null) at = at.object;
  return at.type === 'Identifier' ? at.name : null;
}
