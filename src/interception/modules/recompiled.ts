import * as inspector from 'node:inspector';
import vm from 'node:vm';
import type { Config } from '@jest/types';
import { importsLater, keepsCompiled, mayImportLater } from '../../compile-cache';
import { withoutOurFrames } from '../../run/own-frames';
import { mimicFunction, type AnyFunction } from '../files/file-system';
import { replace } from '../patched';

/** In characters. Compiling a shorter module is about as fast as unpacking what V8 kept. */
const MIN_SOURCE_CHARACTERS = 2_000;

/** The limit of all kept texts, in characters. */
const MAX_CACHED_BYTES = 32 * 2 ** 20;

/** One module as it was last compiled. */
interface Compiled {
  text: string;
  /** Undefined before the second compilation. Null if it must not be kept. */
  code: Buffer | null | undefined;
}

/** What V8 compiled of the modules of a process. The key has everything else that shapes the result. */
class CompiledModules {
  readonly #modules = new Map<string, Compiled>();
  #size = 0;

  /** The module, if it was compiled before. */
  find(key: string, text: string): Compiled | undefined {
    const known = this.#modules.get(key);
    return known?.text === text ? known : undefined;
  }

  note(key: string, text: string): void {
    this.#size += text.length;
    // In a project that large, the modules that all test files need are soon cached again.
    if (this.#size > MAX_CACHED_BYTES) {
      this.#modules.clear();
      this.#size = text.length;
    }
    this.#modules.set(key, { text, code: undefined });
  }
}

/** Whether Jest asks V8 which code ran. */
export function isCoveredByV8({
  collectCoverage,
  coverageProvider,
}: Pick<Config.GlobalConfig, 'collectCoverage' | 'coverageProvider'>): boolean {
  return collectCoverage && coverageProvider === 'v8';
}

let enabled = false;
/** The current test file. No other test file compiles it, so it is not kept. */
let testFile = '';
let installed = false;

/**
 * Jest 30 compiles each module again for each test file. From the third time on, a process reuses what V8 compiled of
 * the same text. That costs a part of a compilation, and pays for some of the cost of recording. Jest 29 compiles
 * scripts, which V8 caches itself.
 * @param testPath Absolute path of the test file that begins.
 * @param wanted Whether to reuse from now on. False for V8's own coverage: it looks at what is compiled, as a
 *   debugger does.
 */
export function keepCompiledModules(testPath: string, wanted: boolean): void {
  testFile = testPath;
  enabled = wanted && keepsCompiled() && inspector.url() === undefined;
  if (!enabled || installed) return;
  installed = true;
  watchFunctions(new CompiledModules());
}

/** Source: jest-runtime, `createScriptFromCode`; `compile` since 30.4. */
function watchFunctions(modules: CompiledModules): void {
  const compile = vm.compileFunction;
  const watched: typeof compile = (code, params, options) => {
    try {
      if (!isWanted(code, options) || !isJests(params, options))
        return compile(code, params, options);
      const key = [options?.filename, code.length, ...(params ?? [])].join('\0');
      const known = modules.find(key, code);
      if (known === undefined) {
        const compiled = compile(code, params, options);
        modules.note(key, code);
        return compiled;
      }
      if (known.code === undefined) {
        known.code = null;
        if (!isKeepable(code, params)) return compile(code, params, options);
        const compiled = compile(code, params, { ...options, produceCachedData: true });
        known.code = ownCopy((compiled as { cachedData?: Buffer }).cachedData);
        return compiled;
      }
      if (known.code === null) return compile(code, params, options);
      // Uses the kept text, so that the other copy can be freed.
      return compile(known.text, params, { ...options, cachedData: known.code });
    } catch (error) {
      throw withoutOurFrames(error);
    }
  };
  const replacement = mimicFunction(watched as AnyFunction, compile as AnyFunction);
  replace('vm', vm, 'compileFunction', replacement);
}

/**
 * Node makes the bytes in the realm of the test file that compiled the module. Keeping them would keep the global
 * object of that realm, with everything on it.
 */
function ownCopy(code: Buffer | undefined): Buffer | null {
  if (code === undefined) return null;
  // Small buffers share a pool slab. Keeping one would keep the slab alive.
  const copy = Buffer.allocUnsafeSlow(code.length);
  copy.set(code);
  return copy;
}

/** Called for every module, and most are short. Code that calls `compileFunction` may pass a value of any type. */
function isWanted(
  code: unknown,
  options: { filename?: string | undefined } | null | undefined,
): code is string {
  return (
    enabled &&
    typeof code === 'string' &&
    code.length >= MIN_SOURCE_CHARACTERS &&
    options?.filename !== testFile
  );
}

function isJests(
  params: readonly string[] | undefined,
  options: vm.CompileFunctionOptions | undefined,
): boolean {
  return (
    params?.[0] === 'module' &&
    params[1] === 'exports' &&
    options?.parsingContext !== undefined &&
    options.importModuleDynamically !== undefined
  );
}

/**
 * On Node 20, a function compiled from a cache cannot call `import()` later (see `mayImportLater`). If tests cannot use
 * `import()`, code evaluated from a text fails either way, so only `import()` in the module itself matters.
 * Source: jest-runtime, `runtimeSupportsVmModules`.
 */
function isKeepable(code: string, params: readonly string[] | undefined): boolean {
  const text = `(function (${params?.join() ?? ''}) {${code}\n})`;
  const testsImport = 'SyntheticModule' in vm;
  return testsImport ? !mayImportLater(text) : !importsLater(text);
}
