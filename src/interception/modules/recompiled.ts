import * as inspector from 'node:inspector';
import vm from 'node:vm';
import type { Config } from '@jest/types';
import { importsLater, keepsCompiled, mayImportLater } from '../../compile-cache';
import { withoutOurFrames } from '../../run/own-frames';
import { mimicFunction, type AnyFunction } from '../files/file-system';
import { replace } from '../patched';

/** Shorter modules, in characters, compile about as fast as they are unpacked. */
const MIN_SOURCE_CHARACTERS = 2_000;

/** So much is kept in all, in characters. */
const MAX_CACHED_BYTES = 32 * 2 ** 20;

/** One module as it was last compiled. */
interface Compiled {
  text: string;
  /** Undefined until it is compiled a second time; null where it is not to be kept. */
  code: Buffer | null | undefined;
}

/** What V8 made of the modules that a process compiled, by what else shapes it. */
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
    // Of a project that large, those that all test files need are soon there again.
    if (this.#size > MAX_CACHED_BYTES) {
      this.#modules.clear();
      this.#size = text.length;
    }
    this.#modules.set(key, { text, code: undefined });
  }
}

/** Whether Jest asks V8 itself what of the code ran. */
export function isCoveredByV8({
  collectCoverage,
  coverageProvider,
}: Pick<Config.GlobalConfig, 'collectCoverage' | 'coverageProvider'>): boolean {
  return collectCoverage && coverageProvider === 'v8';
}

let enabled = false;
/** The test file at hand: no other compiles it. */
let testFile = '';
let installed = false;

/**
 * Jest 30 compiles each module anew for each test file. From the third on, a process takes what V8 made of the very same
 * text before: that costs a part of it, and pays for some of what recording costs. Jest 29 compiles scripts, which V8
 * itself keeps.
 * @param testPath The test file that begins, by its absolute path.
 * @param wanted Whether to, from now on: V8's own coverage and a debugger look at what is compiled.
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
      // The text that is kept, so that the other one goes.
      return compile(known.text, params, { ...options, cachedData: known.code });
    } catch (error) {
      throw withoutOurFrames(error);
    }
  };
  const replacement = mimicFunction(watched as AnyFunction, compile as AnyFunction);
  replace('vm', vm, 'compileFunction', replacement);
}

/**
 * Node makes the bytes in the realm of the test file that compiled the module. Keeping them would keep that realm's
 * global object, with everything on it.
 */
function ownCopy(code: Buffer | undefined): Buffer | null {
  if (code === undefined) return null;
  // Small buffers share a slab of memory, which would be kept too.
  const copy = Buffer.allocUnsafeSlow(code.length);
  copy.set(code);
  return copy;
}

/** Asked of every module, most of which are short. Whoever compiles a function may give anything for it. */
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
 * Node 20 no longer knows for whom to import once code was kept (see `mayImportLater`). Where no test can import, a text
 * made into code fails to do so either way.
 * Source: jest-runtime, `runtimeSupportsVmModules`.
 */
function isKeepable(code: string, params: readonly string[] | undefined): boolean {
  const text = `(function (${params?.join() ?? ''}) {${code}\n})`;
  const testsImport = 'SyntheticModule' in vm;
  return testsImport ? !mayImportLater(text) : !importsLater(text);
}
