import * as inspector from 'node:inspector';
import vm from 'node:vm';
import type { Config } from '@jest/types';
import { importsLater, keepsCompiled, mayImportLater } from '../compile-cache';
import { withoutOurFrames } from '../run/own-frames';
import { disguise, type AnyFunction } from './fs-watch';

/** Shorter modules, in characters, compile about as fast as they are unpacked. */
const WORTH = 2_000;

/** So much is kept in all, in characters. */
const MOST = 32 * 2 ** 20;

/** How Jest 29 begins a module. Source: jest-runtime, `wrapCodeInModuleWrapper`. */
const WRAPPER = '({"Object.<anonymous>":function(module,exports,';

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
    if (this.#size > MOST) {
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
 * Jest compiles each module anew for each test file. From the third on, a process takes what V8 made of the very same text
 * before: that costs a part of it, and more than pays for what recording costs.
 * @param testPath The test file that begins, by its absolute path.
 * @param wanted Whether to, from now on: V8's own coverage and a debugger look at what is compiled.
 */
export function keepCompiledModules(testPath: string, wanted: boolean): void {
  testFile = testPath;
  enabled = wanted && keepsCompiled() && inspector.url() === undefined;
  if (!enabled || installed) return;
  installed = true;
  const modules = new CompiledModules();
  watchFunctions(modules);
  watchScripts(modules);
}

/** Jest 30. Source: jest-runtime, `createScriptFromCode`; `compile` since 30.4. */
function watchFunctions(modules: CompiledModules): void {
  const writable = vm as { compileFunction: typeof vm.compileFunction };
  const compile = vm.compileFunction;
  const watched: typeof compile = (code, params, options) => {
    try {
      if (!isWanted(code, options) || !isJests(params, options))
        return compile(code, params, options);
      const key = [options?.filename, code.length, ...(params ?? [])].join('\0');
      return compileKept(modules, key, code, {
        isKeepable: () => isKeepable(`(function (${params?.join() ?? ''}) {${code}\n})`),
        plainly: () => compile(code, params, options),
        keeping: () => {
          const compiled = compile(code, params, { ...options, produceCachedData: true });
          return [compiled, (compiled as { cachedData?: Buffer }).cachedData];
        },
        using: (text, cachedData) => compile(text, params, { ...options, cachedData }),
      });
    } catch (error) {
      throw withoutOurFrames(error);
    }
  };
  writable.compileFunction = disguise(
    watched as AnyFunction,
    compile as AnyFunction,
  ) as typeof compile;
}

/** Asked of every module, most of which are short. Whoever asks for a script may give anything for it. */
function isWanted(
  code: unknown,
  options: { filename?: string | undefined } | null | undefined,
): code is string {
  return (
    enabled && typeof code === 'string' && code.length >= WORTH && options?.filename !== testFile
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

/** Jest 29. Source: jest-runtime, `createScriptFromCode`. */
function watchScripts(modules: CompiledModules): void {
  const writable = vm as { Script: typeof vm.Script };
  const { Script } = vm;
  writable.Script = new Proxy(Script, {
    construct(_, [code, options]: [unknown, vm.ScriptOptions?], target) {
      const make = (text: unknown, more?: vm.ScriptOptions) =>
        Reflect.construct(Script, [text, more], target) as vm.Script;
      try {
        if (
          !isWanted(code, options) ||
          !code.startsWith(WRAPPER) ||
          typeof options?.importModuleDynamically !== 'function'
        )
          return make(code, options);
        const key = [options.filename, code.length, options.columnOffset].join('\0');
        return compileKept(modules, key, code, {
          isKeepable: () => isKeepable(code),
          plainly: () => make(code, options),
          keeping: () => {
            const script = make(code, options);
            return [script, script.createCachedData()];
          },
          using: (text, cachedData) => make(text, { ...options, cachedData }),
        });
      } catch (error) {
        throw withoutOurFrames(error);
      }
    },
  });
}

/**
 * Node 20 no longer knows for whom to import once code was kept (see `mayImportLater`). Where no test can import, a text
 * made into code fails to do so either way.
 * Source: jest-runtime, `runtimeSupportsVmModules`.
 */
function isKeepable(text: string): boolean {
  const testsImport = 'SyntheticModule' in vm;
  return testsImport ? !mayImportLater(text) : !importsLater(text);
}

/** The ways to compile one text. */
interface Compiler<T> {
  isKeepable: () => boolean;
  plainly: () => T;
  /** What V8 made of it, too. */
  keeping: () => [compiled: T, code: Buffer | undefined];
  using: (text: string, code: Buffer) => T;
}

function compileKept<T>(modules: CompiledModules, key: string, text: string, by: Compiler<T>): T {
  const known = modules.find(key, text);
  if (known === undefined) {
    const compiled = by.plainly();
    modules.note(key, text);
    return compiled;
  }
  if (known.code === undefined) {
    known.code = null;
    if (!by.isKeepable()) return by.plainly();
    const [compiled, code] = by.keeping();
    known.code = code ?? null;
    return compiled;
  }
  // The text that is kept, so that the other one goes.
  return known.code === null ? by.plainly() : by.using(known.text, known.code);
}
