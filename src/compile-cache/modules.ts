import Module from 'node:module';
import * as path from 'node:path';
import * as vm from 'node:vm';
import { withoutOurFrames } from '../run/own-frames';
import type { Checksum, CompiledModule } from './archive';
import { mayImportLater } from './later-imports';

/** A module object of Node's CommonJS loader. */
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

/** Undocumented members of Node's CommonJS loader that are used here. */
interface Loader {
  prototype: { _compile: Compile };
  _resolveFilename(request: string, from: LoadedModule, isMain: boolean, options?: object): string;
  _resolveLookupPaths(request: string, from: LoadedModule): string[] | null;
  _extensions: unknown;
  _cache: unknown;
  wrap(content: string): string;
}

/** The wrapper around each CommonJS module. Source: `lib/internal/modules/cjs/loader.js` of Node. */
const BEFORE = '(function (exports, require, module, __filename, __dirname) { ';
const AFTER = '\n});';

/** Finds compiled code and stores new compiled code. */
export interface CodeStore {
  /** Whether the code of a file may be stored at all. */
  keeps(filename: string): boolean;
  /** Whether a module is large enough for storing to save time. */
  isWorthStoring(content: string): boolean;
  find(filename: string): CompiledModule | null;
  /**
   * Reports a module that was not in the store, or whose data V8 rejected.
   * @param source Checksum of the module's source text.
   * @param script The compiled module. Null if Node must compile the module itself, now and next time.
   * @param length Length of the source in characters.
   */
  missed(filename: string, source: number, script: vm.Script | null, length: number): void;
}

/**
 * Makes Node's CommonJS loader reuse compiled code. Modules run as they would without it. For anything unusual, such
 * as a shebang line or a changed module wrapper, Node compiles the module itself. Source: `Module.prototype._compile`
 * of Node 20 and 22.
 * @param checksum Computes the checksum by which a changed source text is noticed.
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
  // A getter returns Node's own function for all other modules, so that no extra frame appears in the stack traces of
  // their errors.
  Object.defineProperty(loader.prototype, '_compile', {
    get(this: LoadedModule) {
      const { filename } = this;
      return typeof filename === 'string' && store.keeps(filename) ? compileKept : compile;
    },
    // Assigning to `_compile` works as for a plain property, both on one module and on the prototype.
    set(this: LoadedModule, value: unknown) {
      const plain = { value, writable: true, enumerable: true, configurable: true };
      Object.defineProperty(this, '_compile', plain);
    },
    enumerable: true,
    configurable: true,
  });
}

/**
 * Compiles a module, with cached data if there is any. Returns the wrapper function, or null if Node should compile
 * the module.
 */
function compiledBefore(
  store: CodeStore,
  checksum: Checksum,
  content: string,
  filename: string,
): ModuleFunction | null {
  if (!store.isWorthStoring(content)) return null;
  // Another package has changed the module wrapper. Node's own code respects that change.
  if ((Module as unknown as Loader).wrap('') !== BEFORE + AFTER) return null;
  // Node strips a shebang line.
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
    // A negative column offset hides the wrapper: positions in the first line are those of the file.
    const options = { filename, columnOffset: -BEFORE.length };
    const script = new vm.Script(
      text,
      cachedData === undefined ? options : { ...options, cachedData },
    );
    if (cachedData === undefined || script.cachedDataRejected === true)
      store.missed(filename, source, script, content.length);
    return script.runInThisContext() as ModuleFunction;
  } catch {
    // Probably an ES module or a syntax error. Node reports it properly.
    return null;
  }
}

/**
 * Creates the `require` function of a module. Source: `makeRequireFunction` in `lib/internal/modules/helpers.js` of
 * Node.
 */
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
