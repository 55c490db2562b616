import v8 from 'node:v8';
import vm from 'node:vm';
import workerThreads from 'node:worker_threads';
import { blocksIn, stripProbes } from '../blocks';
import { withoutOurFrames } from '../run/own-frames';
import { calledByAngular } from './callers';
import { withoutProbes } from './clone-errors';
import { mimicFunction, type AnyFunction } from './files/file-system';
import { unobserved } from './observer';
import { define, replace, type PatchedGroup } from './patched';

/** Receives the blocks in the text of a function that somebody looks at: the result of `blocksIn`. */
export type OnShown = (blocks: readonly [stem: string, block: number][]) => void;

/** By our `toString` of a realm: the realm's own. */
const originals = new WeakMap<object, object>();

let shown: OnShown = () => undefined;
let installed = false;
let unwatchedClone: unknown;

/**
 * From now on, no text of a function shows probes, whichever realm's `toString` makes it, and neither does the error
 * that a function cannot be cloned. The global object of a test environment needs `hideProbesIn` besides.
 * @param listener Receives what was shown, until another listener takes its place.
 */
export function watchFunctionTexts(listener: OnShown): void {
  shown = listener;
  if (installed) return;
  installed = true;
  hideIn('functionTexts', Function.prototype);
  watchContexts();
  unwatchedClone = globalThis.structuredClone;
  watchClones();
}

/** Hides the probes in a realm. @param global Its global object. */
export function hideProbesIn(global: object): void {
  const prototype = (global as { Function?: { prototype: object } }).Function?.prototype;
  if (prototype !== undefined) hideIn('environmentFunction', prototype);
  // If the environment was made before the first recorder, it has a copy of the unwatched function.
  const found = Object.getOwnPropertyDescriptor(global, 'structuredClone');
  if (found !== undefined && 'value' in found && found.value === unwatchedClone)
    replace('functionTexts', global, 'structuredClone', globalThis.structuredClone);
}

function hideIn(group: PatchedGroup, prototype: object): void {
  const toString = (prototype as { toString?: unknown }).toString;
  if (typeof toString !== 'function' || originals.has(toString)) return;
  const hiding: AnyFunction = new Proxy(toString as AnyFunction, {
    apply: (original, self: unknown, args) => {
      // The text of a proxy has no name. For `toString.toString()`, the text of the original is returned.
      const own = typeof self === 'function' ? (originals.get(self) ?? self) : self;
      const text = asText(original, own, args);
      const blocks = blocksIn(text);
      if (blocks.length === 0) return text;
      if (!INHERITS_NOTHING.test(text) || !calledByAngular()) shown(blocks);
      return stripProbes(text);
    },
  });
  originals.set(hiding, toString);
  replace(group, prototype, 'toString', hiding);
}

/** The text of a class with a name and without a base. Nothing else in it matters to Angular. */
const INHERITS_NOTHING = /^class\s+[\w$]+\s*\{/;

/** The text of a function. For any other value, throws the error that is thrown without jest-testmon. */
function asText(toString: AnyFunction, self: unknown, args: unknown[]): string {
  try {
    return Reflect.apply(toString, self, args) as string;
  } catch (error) {
    throw unobserved(() => withoutOurFrames(error));
  }
}

/** Returns `Function.prototype` of the realm that it runs in. No global of it is asked, because the test may have replaced it. */
const PROTOTYPE = new vm.Script('(function(){}).__proto__');

/** A test may make realms of its own. */
function watchContexts(): void {
  const { createContext, runInNewContext } = vm;
  const script = vm.Script.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- It is called as a method again.
  const { runInContext, runInNewContext: runScript } = script;
  const prepare = (context: object): void => {
    try {
      hideIn('environmentFunction', runInContext.call(PROTOTYPE, context) as object);
    } catch {
      // The realm lets nobody change its objects.
    }
  };
  const watchedCreate: AnyFunction = function (...args) {
    try {
      const context = Reflect.apply(createContext, this, args) as object;
      prepare(context);
      return context;
    } catch (error) {
      throw unobserved(() => withoutOurFrames(error));
    }
  };
  /** @param at Which argument is the object that becomes the global object. */
  const preparing = (run: AnyFunction, at: number): AnyFunction =>
    mimicFunction(function (...args) {
      try {
        const [given, options] = [args[at] ?? {}, args[at + 1]];
        if (typeof given === 'object' && !vm.isContext(given)) {
          prepare(createContext(given, contextOptions(options)));
          args[at] = given;
        }
      } catch {
        // The call below fails in the same way.
      }
      try {
        return Reflect.apply(run, this, args);
      } catch (error) {
        throw unobserved(() => withoutOurFrames(error));
      }
    }, run);
  replace('vm', vm, 'createContext', mimicFunction(watchedCreate, createContext as AnyFunction));
  replace('vm', vm, 'runInNewContext', preparing(runInNewContext as AnyFunction, 1));
  replace('functionTexts', script, 'runInNewContext', preparing(runScript as AnyFunction, 0));
}

/** The options of `vm.createContext` among those of `vm.runInNewContext`. */
function contextOptions(options: unknown): vm.CreateContextOptions {
  const { contextName, contextOrigin, contextCodeGeneration, microtaskMode } = (
    typeof options === 'object' ? (options ?? {}) : {}
  ) as vm.RunningScriptInNewContextOptions;
  return {
    ...(contextName === undefined ? null : { name: contextName }),
    ...(contextOrigin === undefined ? null : { origin: contextOrigin }),
    ...(contextCodeGeneration === undefined ? null : { codeGeneration: contextCodeGeneration }),
    ...(microtaskMode === undefined ? null : { microtaskMode }),
  };
}

/** The error that a function cannot be cloned shows its text. */
function watchClones(): void {
  const watched = (clone: AnyFunction): AnyFunction =>
    mimicFunction(function () {
      try {
        // eslint-disable-next-line prefer-rest-params -- Forwarded like this, V8 makes no array of the arguments.
        return clone.apply(this, arguments as unknown as unknown[]);
      } catch (error) {
        // eslint-disable-next-line prefer-rest-params -- See above.
        const [value] = arguments;
        throw unobserved(() => withoutOurFrames(withoutProbes(error, value, shown)));
      }
    }, clone);
  const holders = [
    [workerThreads.MessagePort.prototype, 'postMessage'],
    [workerThreads.BroadcastChannel.prototype, 'postMessage'],
    [v8.Serializer.prototype, 'writeValue'],
    [globalThis, 'structuredClone'],
  ] as const;
  for (const [holder, name] of holders) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    const clone: unknown = (holder as unknown as Record<string, unknown>)[name];
    if (descriptor?.configurable !== true || typeof clone !== 'function') continue;
    const replacement = watched(clone as AnyFunction);
    const { enumerable = false } = descriptor;
    define('functionTexts', holder, name, {
      value: replacement,
      enumerable,
      configurable: true,
      writable: true,
    });
  }
}
