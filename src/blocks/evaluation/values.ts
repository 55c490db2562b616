import type { AnyNode } from 'acorn';

export type AnyFunction = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

export type Constant = string | number | boolean | null | undefined;

/** What is known of a value that was computed without an effect. */
export type Value =
  /** Nothing is known. The value can only be stored, passed on and compared. */
  | { kind: 'unknown' }
  /** A primitive, such as a string or a number. Converting it calls nothing. It has the constant if that is known. */
  | { kind: 'primitive'; constant?: { value: Constant } }
  | { kind: 'regexp'; source: string; flags: string }
  /** A symbol. As the name of a member, it is not converted. */
  | { kind: 'symbol' }
  | { kind: 'function'; node: AnyFunction; locals: Locals | null }
  /** A function of the language that converts a primitive to a primitive. */
  | { kind: 'conversion' }
  /** An array, with its elements if they are known. */
  | { kind: 'array'; elements: readonly Value[] | null }
  /** A `Map` or a `Set`. */
  | { kind: 'collection' }
  /** An object without accessors. `isComplete` if all of its own properties are known. */
  | { kind: 'object'; properties: ReadonlyMap<string, Value>; isComplete: boolean };

/** The names that a function call binds. The value is null if the name cannot be read yet. */
export interface Locals {
  names: Map<string, Value | null>;
  around: Locals | null;
  /** Set for the scope of a function that has `arguments`: the arguments, and how many of them have names. */
  given?: { values: readonly Value[]; named: number };
}

export const UNKNOWN: Value = { kind: 'unknown' };
export const PRIMITIVE: Value = { kind: 'primitive' };
export const SYMBOL: Value = { kind: 'symbol' };
export const SOME_ARRAY: Value = { kind: 'array', elements: null };

/** Longer texts and lists are not kept, because `b = a + a; c = b + b; …` doubles the length each time. */
const MAX_LENGTH = 1000;

/** A known primitive. */
export function constant(value: Constant): Value {
  const isLong = typeof value === 'string' && value.length > MAX_LENGTH;
  return isLong ? PRIMITIVE : { kind: 'primitive', constant: { value } };
}

/** An array with known elements. */
export function arrayOf(elements: readonly Value[]): Value {
  return elements.length > MAX_LENGTH ? SOME_ARRAY : { kind: 'array', elements };
}

/** The text of a value, if it is known. */
export function textOf(value: Value | undefined): string | null {
  const known = value?.kind === 'primitive' ? value.constant?.value : null;
  return typeof known === 'string' ? known : null;
}

/** What is known of a value that is one of these two. */
export function either(one: Value, other: Value): Value {
  if (one === other) return one;
  if (one.kind === 'primitive' && other.kind === 'primitive') {
    const isSame =
      one.constant && other.constant && Object.is(one.constant.value, other.constant.value);
    return isSame ? one : PRIMITIVE;
  }
  return one.kind === 'array' && other.kind === 'array' ? SOME_ARRAY : UNKNOWN;
}

/** Whether other code may change what is known of a value. */
export function isMutable({ kind }: Value): boolean {
  return kind === 'array' || kind === 'object' || kind === 'collection';
}

/** The scope that binds a name. Null for a top-level name of the module and for a global. */
export function scopeOf(name: string, locals: Locals | null): Locals | null {
  let at = locals;
  while (at !== null && !at.names.has(name)) at = at.around;
  return at;
}
