export const PRIMITIVES: ReadonlyMap<string, number | undefined> = new Map([
  ['undefined', undefined],
  ['NaN', NaN],
  ['Infinity', Infinity],
]);

/** Functions that convert a primitive to a primitive. */
export const CONVERSIONS: ReadonlySet<string> = new Set(['Boolean', 'Number', 'String']);

/** Every member of the `prototype` of these is a plain value. */
export const PLAIN_PROTOTYPES: ReadonlySet<string> = new Set([
  'Object',
  'Array',
  'String',
  'Number',
  'Boolean',
]);

/**
 * Every member of these is a plain value. `Reflect`, `Promise` and `RegExp` are missing: their members are not needed
 * or not plain.
 */
export const NAMESPACES: ReadonlySet<string> = new Set([
  ...PLAIN_PROTOTYPES,
  'Math',
  'JSON',
  'Symbol',
]);

/** Members of `Symbol` that are symbols in every environment. */
export const WELL_KNOWN_SYMBOLS: ReadonlySet<string> = new Set([
  ...['asyncIterator', 'hasInstance', 'isConcatSpreadable', 'iterator', 'match', 'matchAll'],
  ...['replace', 'search', 'species', 'split', 'toPrimitive', 'toStringTag', 'unscopables'],
]);

/** Names of accessors in `Function.prototype` and `Object.prototype`. */
export const POISONED: ReadonlySet<string> = new Set(['caller', 'arguments', '__proto__']);

export const COLLECTIONS: ReadonlySet<string> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet']);

/** Classes that another class can extend without an effect. */
export const CONSTRUCTORS: ReadonlySet<string> = new Set([
  ...COLLECTIONS,
  'Object',
  'Array',
  'Promise',
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
]);

/** Globals of the language whose names can be read without an effect. */
export const READABLE_GLOBALS: ReadonlySet<string> = new Set([
  ...PRIMITIVES.keys(),
  ...NAMESPACES,
  ...CONSTRUCTORS,
  'BigInt',
  'Function',
  'Reflect',
  'RegExp',
]);
