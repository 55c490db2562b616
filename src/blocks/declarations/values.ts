import type { AnyNode } from 'acorn';

export type AnyFunction = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

export type Constant = string | number | boolean | null | undefined;

/** What is known of a value that was computed without an effect. */
export type Value =
  /** Nothing: it can be stored, passed on and compared, and nothing else. */
  | { kind: 'unknown' }
  /** A string, a number or the like, so that no conversion of it calls anything; which one, where that is known. */
  | { kind: 'primitive'; constant?: { value: Constant } }
  | { kind: 'regexp'; source: string; flags: string }
  /** A symbol, which names a member without being converted. */
  | { kind: 'symbol' }
  | { kind: 'function'; node: AnyFunction; locals: Locals | null }
  /** A function of the language that makes a primitive of a primitive. */
  | { kind: 'conversion' }
  /** An array; its elements, where they are known. */
  | { kind: 'array'; elements: readonly Value[] | null }
  /** A `Map` or a `Set`. */
  | { kind: 'collection' }
  /** An object without accessors; `isComplete` where all of its own properties are known. */
  | { kind: 'object'; properties: ReadonlyMap<string, Value>; isComplete: boolean };

/** Names that a function call binds: null for one that cannot be read yet. */
export interface Locals {
  names: Map<string, Value | null>;
  around: Locals | null;
  /** Set for the scope of a function that has `arguments`: what it was called with, and how many have names. */
  given?: { values: readonly Value[]; named: number };
}

export const UNKNOWN: Value = { kind: 'unknown' };
export const PRIMITIVE: Value = { kind: 'primitive' };
export const SYMBOL: Value = { kind: 'symbol' };
export const SOME_ARRAY: Value = { kind: 'array', elements: null };

/** Longer texts and lists are not kept: `b = a + a; c = b + b; …` doubles each time. */
const MAX_LENGTH = 1000;

/** A primitive that is known. */
export function constant(value: Constant): Value {
  const isLong = typeof value === 'string' && value.length > MAX_LENGTH;
  return isLong ? PRIMITIVE : { kind: 'primitive', constant: { value } };
}

/** An array whose elements are known. */
export function arrayOf(elements: readonly Value[]): Value {
  return elements.length > MAX_LENGTH ? SOME_ARRAY : { kind: 'array', elements };
}

/** The text that a value is known to be. */
export function textOf(value: Value | undefined): string | null {
  const known = value?.kind === 'primitive' ? value.constant?.value : null;
  return typeof known === 'string' ? known : null;
}

/** What is known of a value that is one of two. */
export function either(one: Value, other: Value): Value {
  if (one === other) return one;
  if (one.kind === 'primitive' && other.kind === 'primitive') {
    const isSame =
      one.constant && other.constant && Object.is(one.constant.value, other.constant.value);
    return isSame ? one : PRIMITIVE;
  }
  return one.kind === 'array' && other.kind === 'array' ? SOME_ARRAY : UNKNOWN;
}

/** Whether others may change what is known of a value. */
export function isMutable({ kind }: Value): boolean {
  return kind === 'array' || kind === 'object' || kind === 'collection';
}

/** The scope that binds a name; null for a name of the module's top level, or a global. */
export function scopeOf(name: string, locals: Locals | null): Locals | null {
  let at = locals;
  while (at !== null && !at.names.has(name)) at = at.around;
  return at;
}
