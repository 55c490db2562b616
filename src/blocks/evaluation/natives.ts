import { WELL_KNOWN_SYMBOLS } from './intrinsics';
import {
  arrayOf,
  constant,
  isMutable,
  PRIMITIVE,
  SOME_ARRAY,
  SYMBOL,
  textOf,
  UNKNOWN,
  type Constant,
  type Value,
} from './values';

/**
 * Calls a value that is a function.
 * @returns Null if the call may have an effect.
 */
export type Call = (callee: Value, values: readonly Value[]) => Value | null;

/** The elements of longer lists are not looked at one by one. */
const MAX_ELEMENTS = 100;

/**
 * Calls `Object.keys` and similar functions.
 * @param isFresh Whether the first argument was created for the call.
 */
export function callStatic(
  object: string,
  method: string,
  values: readonly Value[],
  isFresh: boolean,
): Value | null {
  const [first, second] = values;
  switch (`${object}.${method}`) {
    case 'Object.freeze':
    case 'Object.seal':
      // No other code has a value that is created here.
      return isFresh && first !== undefined && isMutable(first) ? first : null;
    case 'Object.assign':
      return isFresh ? assigned(values) : null;
    case 'Object.create':
      return isConstant(first, null) && second === undefined ? UNKNOWN : null;
    case 'Object.keys':
      return first?.kind === 'object' ? listOf(first, ([key]) => constant(key)) : null;
    case 'Object.values':
      return first?.kind === 'object' ? listOf(first, ([, value]) => value) : null;
    case 'Object.entries':
      return first?.kind === 'object'
        ? listOf(first, ([key, value]) => ({ kind: 'array', elements: [constant(key), value] }))
        : null;
    case 'Object.fromEntries':
      return first?.kind === 'array' ? fromEntries(first.elements) : null;
    case 'Array.from':
      return first?.kind === 'array' && second === undefined ? first : null;
    case 'Array.of':
      return arrayOf(values);
    case 'Array.isArray':
      return PRIMITIVE;
    case 'String.fromCharCode':
      return values.every(isPrimitive) ? fromCharCodes(values) : null;
    case 'Symbol.for':
      return first?.kind === 'primitive' && values.length === 1 ? SYMBOL : null;
    default: {
      const isOfNumbers = object === 'Math' || object === 'Number';
      return isOfNumbers && NUMERIC.has(method) && values.every(isPrimitive) ? PRIMITIVE : null;
    }
  }
}

function fromCharCodes(values: readonly Value[]): Value {
  const codes = values.map((value) => (value.kind === 'primitive' ? value.constant?.value : null));
  const isKnown = codes.every((code) => typeof code === 'number');
  return isKnown ? constant(String.fromCharCode(...codes)) : PRIMITIVE;
}

/**
 * Functions of `Math` and of `Number`. `Math.random` is missing because it has an effect: it takes a number from a
 * sequence.
 */
const NUMERIC: ReadonlySet<string> = new Set([
  ...['abs', 'ceil', 'cos', 'exp', 'floor', 'hypot', 'log', 'log10', 'log2', 'max', 'min', 'pow'],
  ...['round', 'sign', 'sin', 'sqrt', 'tan', 'trunc'],
  ...['isFinite', 'isInteger', 'isNaN', 'isSafeInteger', 'parseFloat', 'parseInt'],
]);

/** Calls a method of an array or a text that changes nothing. */
export function callMethod(
  object: Value,
  method: string,
  values: readonly Value[],
  call: Call,
): Value | null {
  if (object.kind === 'array') return callOfArray(object, method, values, call);
  const text = textOf(object);
  return text === null ? null : callOfText(text, method, values);
}

function callOfText(text: string, method: string, values: readonly Value[]): Value | null {
  const [first] = values;
  switch (method) {
    case 'toUpperCase':
      return constant(text.toUpperCase());
    case 'toLowerCase':
      return constant(text.toLowerCase());
    case 'trim':
      return constant(text.trim());
    case 'split': {
      const separator = textOf(first);
      if (separator === null || values.length > 1) return null;
      const parts = text.split(separator);
      if (parts.length > MAX_ELEMENTS) return SOME_ARRAY;
      return arrayOf(parts.map((part) => constant(part)));
    }
    default:
      return null;
  }
}

function callOfArray(
  array: Value & { kind: 'array' },
  method: string,
  values: readonly Value[],
  call: Call,
): Value | null {
  const [first] = values;
  switch (method) {
    case 'slice':
      if (!values.every(isPrimitive)) return null;
      return values.length === 0 ? array : SOME_ARRAY;
    case 'includes':
    case 'indexOf':
      return values.length === 1 ? PRIMITIVE : null;
    case 'concat':
      return concatenated([array, ...values]);
    case 'join':
      return joined(array.elements, first);
    case 'reduce':
      return reduced(array, values, call);
    case 'map':
    case 'filter':
    case 'forEach':
    case 'some':
    case 'every':
    case 'find':
    case 'findIndex':
    case 'flatMap': {
      if (first === undefined || values.length !== 1) return null;
      const found = each(array, first, call);
      if (found === null) return null;
      if (method === 'map') return found === true ? SOME_ARRAY : arrayOf(found);
      if (method === 'filter' || method === 'flatMap') return SOME_ARRAY;
      return method === 'find' ? UNKNOWN : PRIMITIVE;
    }
    default:
      return null;
  }
}

/** The results of a function for each element. True if the number of elements is unknown. */
function each(
  array: Value & { kind: 'array' },
  callee: Value,
  call: Call,
): readonly Value[] | true | null {
  const { elements } = array;
  if (elements === null || elements.length > MAX_ELEMENTS)
    return call(callee, [UNKNOWN, PRIMITIVE, array]) === null ? null : true;
  const found: Value[] = [];
  for (const [index, element] of elements.entries()) {
    const value = call(callee, [element, constant(index), array]);
    if (value === null) return null;
    found.push(value);
  }
  return found;
}

function reduced(
  array: Value & { kind: 'array' },
  [callee, start]: readonly Value[],
  call: Call,
): Value | null {
  const { elements } = array;
  if (elements === null || elements.length > MAX_ELEMENTS || callee === undefined) return null;
  // Without a start value and without elements, this throws.
  let value = start ?? elements[0];
  if (value === undefined) return null;
  const skipped = start === undefined ? 1 : 0;
  for (const [index, element] of [...elements.entries()].slice(skipped)) {
    const next = call(callee, [value, element, constant(index), array]);
    if (next === null) return null;
    value = next;
  }
  return value;
}

/** Methods that change their array. */
export const REARRANGING: ReadonlySet<string> = new Set(['reverse', 'sort']);

/** What one of these methods returns for an array that no other code has. */
export function rearranged({ elements }: Value & { kind: 'array' }, method: string): Value | null {
  if (method === 'reverse')
    return elements === null ? SOME_ARRAY : arrayOf([...elements].reverse());
  // Elements are compared as texts.
  return elements?.every(isPrimitive) === true ? SOME_ARRAY : null;
}

/** The value of a member of a global that can be read without an effect. */
export function languageMember(global: string, name: string | null): Value {
  return global === 'Symbol' && WELL_KNOWN_SYMBOLS.has(name ?? '') ? SYMBOL : UNKNOWN;
}

function joined(elements: readonly Value[] | null, separator: Value | undefined): Value | null {
  if (elements?.every(isPrimitive) !== true) return null;
  const between = separator === undefined ? ',' : textOf(separator);
  if (between === null) return separator?.kind === 'primitive' ? PRIMITIVE : null;
  const parts: string[] = [];
  for (const element of elements) {
    const known = element.kind === 'primitive' ? element.constant : undefined;
    if (known === undefined) return PRIMITIVE;
    parts.push([known.value].join());
  }
  return constant(parts.join(between));
}

/** Accepts only arrays, because other objects may say that they are to be spread. */
function concatenated(values: readonly Value[]): Value | null {
  const all: Value[] = [];
  let isKnown = true;
  for (const value of values) {
    if (value.kind === 'primitive') all.push(value);
    else if (value.kind !== 'array') return null;
    else if (value.elements === null) isKnown = false;
    else all.push(...value.elements);
  }
  return isKnown ? arrayOf(all) : SOME_ARRAY;
}

function listOf(
  { properties, isComplete }: Value & { kind: 'object' },
  item: (entry: [string, Value]) => Value,
): Value {
  // Keys that are numbers come first.
  const isInOrder = [...properties.keys()].every((key) => !/^\d/.test(key));
  if (!isComplete || !isInOrder) return SOME_ARRAY;
  return arrayOf([...properties].map(item));
}

function fromEntries(entries: readonly Value[] | null): Value | null {
  if (entries === null) return null;
  const properties = new Map<string, Value>();
  let isComplete = true;
  for (const entry of entries) {
    if (entry.kind !== 'array' || entry.elements === null) return null;
    const [key, value] = entry.elements;
    if (key?.kind !== 'primitive' || value === undefined) return null;
    const name = textOf(key);
    if (name === null) isComplete = false;
    else properties.set(name, value);
  }
  return { kind: 'object', properties, isComplete };
}

function assigned([target, ...sources]: readonly Value[]): Value | null {
  if (target?.kind !== 'object') return null;
  const properties = new Map(target.properties);
  let { isComplete } = target;
  for (const source of sources) {
    const added = spreadable(source);
    if (added === null) return null;
    for (const [key, each] of added.properties) properties.set(key, each);
    isComplete &&= added.isComplete;
  }
  // This assigns a property of this name, but a spread would define it.
  const isPlain = isComplete && !properties.has('__proto__');
  return isPlain ? { kind: 'object', properties, isComplete } : null;
}

/**
 * Returns the properties of a value that is spread into an object.
 * @returns Null if reading them may have an effect.
 */
export function spreadable(value: Value): (Value & { kind: 'object' }) | null {
  const none = new Map<string, Value>();
  switch (value.kind) {
    case 'object':
      return value;
    case 'array':
      return { kind: 'object', properties: none, isComplete: false };
    case 'primitive': {
      const isComplete = value.constant !== undefined && textOf(value) === null;
      return { kind: 'object', properties: none, isComplete };
    }
    default:
      return null;
  }
}

/** A regular expression made from texts. Null if it may be invalid. */
export function regExp([pattern, flags]: readonly Value[]): Value | null {
  const source = pattern?.kind === 'regexp' ? pattern.source : textOf(pattern);
  const ownFlags = pattern?.kind === 'regexp' ? pattern.flags : '';
  const flagText = flags === undefined ? ownFlags : textOf(flags);
  if (source === null || flagText === null) return null;
  try {
    const made = new RegExp(source, flagText);
    return { kind: 'regexp', source: made.source, flags: made.flags };
  } catch {
    // The code also throws when it runs.
    return null;
  }
}

/** Calls `new Map(…)` and similar constructors. */
export function collection(name: string, [entries, ...more]: readonly Value[]): Value | null {
  if (more.length > 0) return null;
  const made: Value = { kind: 'collection' };
  if (entries === undefined || isConstant(entries, null) || isConstant(entries, undefined))
    return made;
  if (name === 'Set')
    return entries.kind === 'array' || entries.kind === 'collection' ? made : null;
  if (name !== 'Map' || entries.kind !== 'array') return null;
  return entries.elements?.every(({ kind }) => kind === 'array') === true ? made : null;
}

function isConstant(value: Value | undefined, expected: Constant): boolean {
  return value?.kind === 'primitive' && value.constant?.value === expected && !!value.constant;
}

function isPrimitive({ kind }: Value): boolean {
  return kind === 'primitive';
}
