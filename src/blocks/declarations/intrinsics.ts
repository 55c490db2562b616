export const PRIMITIVES: ReadonlyMap<string, number | undefined> = new Map([
  ['undefined', undefined],
  ['NaN', NaN],
  ['Infinity', Infinity],
]);

/** Functions that make a primitive of a primitive. */
export const CONVERSIONS: ReadonlySet<string> = new Set(['Boolean', 'Number', 'String']);

/** Of these, every member of `prototype` is a plain value. */
export const PLAIN_PROTOTYPES: ReadonlySet<string> = new Set([
  'Object',
  'Array',
  'String',
  'Number',
  'Boolean',
]);

/** Of these, every member is a plain value. Those of `Reflect`, `Promise` and `RegExp` are not needed, or are not. */
export const NAMESPACES: ReadonlySet<string> = new Set([
  ...PLAIN_PROTOTYPES,
  'Math',
  'JSON',
  'Symbol',
]);

/** Members of `Symbol` that are symbols wherever code runs. */
export const WELL_KNOWN_SYMBOLS: ReadonlySet<string> = new Set([
  ...['asyncIterator', 'hasInstance', 'isConcatSpreadable', 'iterator', 'match', 'matchAll'],
  ...['replace', 'search', 'species', 'split', 'toPrimitive', 'toStringTag', 'unscopables'],
]);

/** What `Function.prototype` and `Object.prototype` have accessors for. */
export const POISONED: ReadonlySet<string> = new Set(['caller', 'arguments', '__proto__']);

export const COLLECTIONS: ReadonlySet<string> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet']);

/** What a class may extend without an effect. */
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

/** Globals of the language that can be read by name alone. */
export const READABLE_GLOBALS: ReadonlySet<string> = new Set([
  ...PRIMITIVES.keys(),
  ...NAMESPACES,
  ...CONSTRUCTORS,
  'BigInt',
  'Function',
  'Reflect',
  'RegExp',
]);
