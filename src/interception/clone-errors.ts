import { isMap, isSet } from 'node:util/types';
import { blocksIn, stripProbes } from '../blocks';

/** As much of a function's text as V8 shows in a message. Source: `NoSideEffectsToString` of V8. */
const MAX_SHOWN = 128;
const SHOWN_AT_START = 111;

const MESSAGE = ' could not be cloned.';

/** How deep to look for the function that could not be cloned. */
const MAX_VALUES = 10_000;

/**
 * Takes the probes out of the error that a function cannot be cloned.
 * @param value What was to be cloned.
 * @param shown Receives the blocks of the function.
 * @returns The error, or one like it without probes.
 */
export function withoutProbes(
  error: unknown,
  value: unknown,
  shown: (blocks: readonly [stem: string, block: number][]) => void,
): unknown {
  const { message } = (error ?? {}) as { message?: unknown };
  if (typeof message !== 'string' || !message.endsWith(MESSAGE)) return error;
  const text = functionShown(value, message);
  const own = text === null ? message : text + MESSAGE;
  const blocks = blocksIn(text ?? message);
  if (blocks.length === 0) return error;
  shown(blocks);
  return renamed(
    error as Error,
    message,
    abbreviated(stripProbes(own.slice(0, -MESSAGE.length))) + MESSAGE,
  );
}

function abbreviated(text: string): string {
  return text.length <= MAX_SHOWN
    ? text
    : `${text.slice(0, SHOWN_AT_START)}...<omitted>...${text.slice(-2)}`;
}

/** The text of the function of which a message shows the beginning. Null if it is not found. */
function functionShown(value: unknown, message: string): string | null {
  const seen = new Set<unknown>([value]);
  for (const one of seen) {
    if (typeof one === 'function') {
      const text = textOf(one);
      if (abbreviated(text) + MESSAGE === message) return text;
    } else if (typeof one === 'object' && one !== null && seen.size < MAX_VALUES)
      for (const inner of valuesIn(one)) seen.add(inner);
  }
  return null;
}

// Taken before it is replaced, so that it shows the probes.
// eslint-disable-next-line @typescript-eslint/unbound-method -- It is called on each function.
const { toString } = Function.prototype;

function textOf(value: object): string {
  return Reflect.apply(toString, value, []);
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- Called on each map.
const mapEntries = Map.prototype.entries;
// eslint-disable-next-line @typescript-eslint/unbound-method -- Called on each set.
const setValues = Set.prototype.values;

/** The values that are cloned with an object. Getters are not called again. */
function valuesIn(value: object): unknown[] {
  // They may be of the realm of the test. A test may have replaced their methods.
  if (isMap(value)) return [...mapEntries.call(value)].flat();
  if (isSet(value)) return [...setValues.call(value)];
  return Object.values(Object.getOwnPropertyDescriptors(value)).map((one) => one.value as unknown);
}

/** An error with another message, and with the same kind and stack. A `DOMException` keeps its message to itself. */
function renamed(error: Error, message: string, own: string): unknown {
  const { constructor: kind, name, stack } = error;
  let result = error;
  if (Object.hasOwn(error, 'message')) error.message = own;
  else result = new (kind as new (message: string, name: string) => Error)(own, name);
  if (stack !== undefined) result.stack = stack.replace(message, () => own);
  return result;
}
