import Module from 'node:module';
import * as path from 'node:path';
import * as vm from 'node:vm';
import { withoutOurFrames } from '../run/own-frames';
import type { Checksum, CompiledModule } from './archive';
import { mayImportLater } from './later-imports';

/** A module as Node's loader makes them. */
interface LoadedModule {
  filename?: unknown;
  exports: unknown;
  require(request: string): unknown;
}

type Compile = (this: LoadedModule, content: string, filename: string, format?: string) => unknown;
type ModuleFunction = (
  exports: unknown,
  require: unknown,
  module: LoadedModule,
  filename: string,
  folder: string,
) => unknown;

/** What we use of Node's loader beyond its documented part. */
interface Loader {
  prototype: { _compile: Compile };
  _resolveFilename(request: string, from: LoadedModule, isMain: boolean, options?: object): string;
  _resolveLookupPaths(request: string, from: LoadedModule): string[] | null;
  _extensions: unknown;
  _cache: unknown;
  wrap(content: string): string;
}

/** What stands around a module's text. Source: `lib/internal/modules/cjs/loader.js` of Node. */
const BEFORE = '(function (exports, require, module, __filename, __dirname) { ';
const AFTER = '\n});';

/** Where compiled code is found, and what becomes of code that was compiled. */
export interface CodeStore {
  /** Whether the code of a module may be kept. */
  keeps(filename: string): boolean;
  /** Whether that is worth it, by the module's text. */
  isWorth(content: string): boolean;
  find(filename: string): CompiledModule | null;
  /**
   * Nothing was found of a module.
   * @param source Checksum of its text.
   * @param script Null where it is one for Node to compile.
   */
  missed(filename: string, source: number, script: vm.Script | null, length: number): void;
}

/**
 * Has Node's loader of CommonJS modules compile what is to be kept with code that was compiled before. Modules run as
 * they would have run; where anything is out of the ordinary, Node compiles them itself.
 * Source: `Module.prototype._compile` of Node 20 and 22.
 */
export function compileThrough(store: CodeStore, checksum: Checksum): void {
  const loader = Module as unknown as Loader;
  const { _compile: compile } = loader.prototype;
  const compileKept: Compile = function (content, filename, format) {
    const run = compiledBefore(store, checksum, content, filename);
    if (run === null) return Reflect.apply(compile, this, [content, filename, format]);
    const require = requireOf(loader, this);
    const folder = path.dirname(filename);
    try {
      return Reflect.apply(run, this.exports, [this.exports, require, this, filename, folder]);
    } catch (error) {
      throw withoutOurFrames(error);
    }
  };
  // By a getter, other modules are compiled without us in the stack that an error of theirs shows.
  Object.defineProperty(loader.prototype, '_compile', {
    get(this: LoadedModule) {
      const { filename } = this;
      return typeof filename === 'string' && store.keeps(filename) ? compileKept : compile;
    },
    // As if it were a plain property: of one module, or of all from now on.
    set(this: LoadedModule, value: unknown) {
      const plain = { value, writable: true, enumerable: true, configurable: true };
      Object.defineProperty(this, '_compile', plain);
    },
    enumerable: true,
    configurable: true,
  });
}

/** A module's function, or null where Node should compile it. */
function compiledBefore(
  store: CodeStore,
  checksum: Checksum,
  content: string,
  filename: string,
): ModuleFunction | null {
  if (!store.isWorth(content)) return null;
  // Somebody else changes what stands around modules, which Node takes into account.
  if ((Module as unknown as Loader).wrap('') !== BEFORE + AFTER) return null;
  // Node leaves out a first line for the shell.
  if (content.startsWith('#!')) return null;
  const text = BEFORE + content + AFTER;
  try {
    const source = checksum(content);
    const found = store.find(filename);
    const cachedData = found?.source === source ? found.code : undefined;
    if (cachedData?.length === 0) return null;
    if (cachedData === undefined && mayImportLater(text)) {
      store.missed(filename, source, null, content.length);
      return null;
    }
    // As if nothing stood before it: positions in its first line are those of the file.
    const options = { filename, columnOffset: -BEFORE.length };
    const script = new vm.Script(
      text,
      cachedData === undefined ? options : { ...options, cachedData },
    );
    if (cachedData === undefined || script.cachedDataRejected === true)
      store.missed(filename, source, script, content.length);
    return script.runInThisContext() as ModuleFunction;
  } catch {
    // An ES module perhaps, or a syntax error, which Node knows how to tell of.
    return null;
  }
}

/** Source: `makeRequireFunction` in `lib/internal/modules/helpers.js` of Node. */
function requireOf(loader: Loader, module: LoadedModule): unknown {
  const resolve = (request: string, options?: object): string =>
    loader._resolveFilename(request, module, false, options);
  return Object.assign((request: string) => module.require(request), {
    resolve: Object.assign(resolve, {
      paths: (request: string) => loader._resolveLookupPaths(request, module),
    }),
    main: require.main,
    extensions: loader._extensions,
    cache: loader._cache,
  });
}
