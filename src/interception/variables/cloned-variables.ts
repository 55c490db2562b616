import workerThreads from 'node:worker_threads';
import { mimicFunction, type AnyFunction } from '../files/file-system';
import { define } from '../patched';

/**
 * Node cannot clone a proxy, but it can clone its own variables. So a copy of them is cloned in place of ours, when a
 * child passes them to a thread, for example.
 */

/** By our proxy of a process's variables: returns a copy of them. */
const copies = new WeakMap<object, () => object>();

/** How deep variables are looked for in what is cloned. */
const MAX_DEPTH = 8;

/**
 * From now on, the variables of this process can be cloned.
 * @param watched Our proxy of them.
 * @param copy Returns a copy of them, and notes that all were asked for.
 */
export function letVariablesBeCloned(watched: object, copy: () => object): void {
  copies.set(watched, copy);
  watchClone(globalThis, 'structuredClone');
  watchClone(workerThreads.MessagePort.prototype, 'postMessage');
  watchClone(workerThreads.Worker.prototype, 'postMessage');
}

/** Returns a value with copies in place of our variables. The value itself if it has none. */
export function cloneable<T>(value: T, depth = 0): T {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  const copy = copies.get(value);
  if (copy !== undefined) return copy() as T;
  if (Array.isArray(value)) {
    const items = value.map((item) => cloneable<unknown>(item, depth + 1));
    return items.some((item, index) => item !== value[index]) ? (items as T) : value;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [key, cloneable<unknown>(item, depth + 1)] as const,
  );
  const isSame = entries.every(([key, item]) => item === (value as Record<string, unknown>)[key]);
  return isSame ? value : (Object.fromEntries(entries) as T);
}

function watchClone(holder: object, name: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  const clone: unknown = descriptor?.value;
  if (descriptor?.configurable !== true || typeof clone !== 'function') return;
  const watched: AnyFunction = function (...args) {
    try {
      return Reflect.apply(clone as AnyFunction, this, args);
    } catch (error) {
      const [value, ...others] = args;
      const plain = cloneable(value);
      if (plain === value) throw error;
      return Reflect.apply(clone as AnyFunction, this, [plain, ...others]);
    }
  };
  define('childClones', holder, name, {
    ...descriptor,
    value: mimicFunction(watched, clone as AnyFunction),
  });
}
