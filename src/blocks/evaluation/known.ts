import type { AnyNode } from 'acorn';
import { constant, PRIMITIVE, textOf, UNKNOWN, type Constant, type Value } from './values';

/** The value of a literal. Null if this engine cannot read it. */
export function literal(node: AnyNode & { type: 'Literal' }): Value | null {
  const { value } = node;
  if ('regex' in node && node.regex !== undefined)
    // This engine's parser would reject a regular expression that it cannot read.
    return value instanceof RegExp
      ? { kind: 'regexp', source: value.source, flags: value.flags }
      : null;
  return typeof value === 'bigint' ? UNKNOWN : constant(value as Constant);
}

/** The result of an operator on primitives, or of a comparison of any values. */
export function computed(operator: string, left: Value, right: Value): Value {
  const one = left.kind === 'primitive' ? left.constant : undefined;
  const other = right.kind === 'primitive' ? right.constant : undefined;
  if (one === undefined || other === undefined) return PRIMITIVE;
  switch (operator) {
    case '===':
      return constant(one.value === other.value);
    case '!==':
      return constant(one.value !== other.value);
    case '+':
      return constant((one.value as string) + (other.value as string));
    default:
      return PRIMITIVE;
  }
}

/** The value of `${a}${b}`, if none of the parts is an object. */
export function joinedText(parts: readonly Value[]): Value {
  return parts.reduce((text, part) => computed('+', text, part), constant(''));
}

/** Whether a value is truthy. Null if this is unknown. */
export function truthOf(value: Value): boolean | null {
  if (value.kind === 'unknown') return null;
  if (value.kind !== 'primitive') return true;
  return value.constant ? Boolean(value.constant.value) : null;
}

/** Whether a value is neither null nor undefined. Null if this is unknown. */
export function isThere(value: Value): boolean | null {
  if (value.kind === 'unknown') return null;
  if (value.kind !== 'primitive') return true;
  return value.constant ? (value.constant.value ?? null) !== null : null;
}

export function isDefined(value: Value): boolean | null {
  if (value.kind === 'unknown') return null;
  if (value.kind !== 'primitive') return true;
  return value.constant ? value.constant.value !== undefined : null;
}

/** A member that the language defines, or that was created with its object. */
export function memberOf(object: Value, name: string): Value | null {
  switch (object.kind) {
    case 'object':
      return object.properties.get(name) ?? null;
    case 'array': {
      if (name === 'length')
        return object.elements === null ? PRIMITIVE : constant(object.elements.length);
      return /^\d+$/.test(name) ? (object.elements?.[Number(name)] ?? null) : null;
    }
    case 'regexp':
      if (name === 'source') return constant(object.source);
      return name === 'flags' ? constant(object.flags) : null;
    case 'primitive': {
      const text = textOf(object);
      return text !== null && name === 'length' ? constant(text.length) : null;
    }
    default:
      return null;
  }
}
