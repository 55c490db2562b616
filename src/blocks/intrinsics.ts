/** Globals of the language that can be read by name alone. */
export const READABLE_GLOBALS: ReadonlySet<string> = new Set([
  'undefined',
  'NaN',
  'Infinity',
  'Object',
  'Array',
  'String',
  'Number',
  'Boolean',
  'BigInt',
  'Symbol',
  'Function',
  'Math',
  'JSON',
  'Reflect',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Promise',
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'RegExp',
]);

export const PRIMITIVE_GLOBALS: ReadonlySet<string> = new Set(['undefined', 'NaN', 'Infinity']);

/** Of these, every member is a plain value. Those of `Reflect`, `Promise` and `RegExp` are not needed, or are not. */
export const NAMESPACES: ReadonlySet<string> = new Set([
  'Object',
  'Array',
  'String',
  'Number',
  'Boolean',
  'Math',
  'JSON',
  'Symbol',
]);

/** Of these, every member of `prototype` is a plain value. */
export const PLAIN_PROTOTYPES: ReadonlySet<string> = new Set([
  'Object',
  'Array',
  'String',
  'Number',
  'Boolean',
]);

/** What `Function.prototype` and `Object.prototype` have accessors for. */
export const POISONED: ReadonlySet<string> = new Set(['caller', 'arguments', '__proto__']);

export const COLLECTIONS: ReadonlySet<string> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet']);

export const CONSTRUCTORS: ReadonlySet<string> = new Set([
  'Object',
  'Array',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Promise',
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
]);
