import path from 'node:path';
import { withoutOurFrames } from '../run/own-frames';
import { loadedModulesAt } from './loaded-modules';
import type { Sink, Watch } from './sink';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

interface ResolverClass {
  prototype: Record<
    | 'resolveModule'
    | 'resolveModuleAsync'
    | 'resolveModuleFromDirIfExists'
    | 'resolveStubModuleName'
    | 'getModuleID',
    AnyFunction
  > & {
    [MARK]?: boolean;
  };
}

const MARK = Symbol.for('jest-testmon.watched');

/**
 * Watches what Jest's resolver found, or did not: it does not look through the watched `fs`, so this is seen where it
 * says so. Does nothing where no resolver is loaded, or all are watched already.
 */
export function watchResolver(watch: Watch): void {
  for (const module of loadedModulesAt('jest-resolve', 'build', 'index.js')) {
    const { prototype } = (module.exports as { default: ResolverClass }).default;
    if (prototype[MARK] === true || typeof prototype.resolveModule !== 'function') continue;
    Object.defineProperty(prototype, MARK, { value: true });
    watchResolutions(prototype, watch);
    watchGivenPaths(prototype, watch);
    watchModuleIds(prototype, watch);
  }
}

function watchResolutions(prototype: ResolverClass['prototype'], watch: Watch): void {
  const { resolveModule, resolveModuleAsync, resolveStubModuleName } = prototype;
  prototype.resolveModule = telling(watch, resolveModule);
  // What `moduleNameMapper` decides on is asked for before anything is resolved, by older versions alone.
  if (typeof resolveStubModuleName === 'function')
    prototype.resolveStubModuleName = telling(watch, resolveStubModuleName);
  if (typeof resolveModuleAsync !== 'function') return;
  prototype.resolveModuleAsync = async function (...args) {
    try {
      const found: unknown = await Reflect.apply(resolveModuleAsync, this, args);
      tell(watch.sink(), args[0], args[1], found);
      return found;
    } catch (error) {
      tell(watch.sink(), args[0], args[1], null);
      throw watch.unobserved(() => withoutOurFrames(error));
    }
  };
}

/** A method that finds a module, throws, or finds that it is not its to find. */
function telling(watch: Watch, resolve: AnyFunction): AnyFunction {
  // Each first `require` of a module by another comes here; forwarded so, V8 makes no array of the arguments.
  return function (from, specifier) {
    try {
      // eslint-disable-next-line prefer-rest-params -- As said above.
      const found = resolve.apply(this, arguments as unknown as unknown[]);
      if (found !== null) tell(watch.sink(), from, specifier, found);
      return found;
    } catch (error) {
      tell(watch.sink(), from, specifier, null);
      throw watch.unobserved(() => withoutOurFrames(error));
    }
  };
}

/**
 * `require.resolve` asks for the module from a folder where it was given paths, or is asked for an absolute one.
 * Source: `_requireResolve` of jest-runtime.
 */
function watchGivenPaths(prototype: ResolverClass['prototype'], watch: Watch): void {
  const { resolveModuleFromDirIfExists: resolve } = prototype;
  if (typeof resolve !== 'function') return;
  // Every other lookup comes through here as well; forwarded so, V8 makes no array of the arguments.
  prototype.resolveModuleFromDirIfExists = function (folder, specifier, options) {
    // eslint-disable-next-line prefer-rest-params -- As said above.
    const found = resolve.apply(this, arguments as unknown as unknown[]);
    const { paths } = (options ?? {}) as { paths?: readonly string[] };
    if (paths !== undefined && typeof folder === 'string')
      tell(watch.sink(), path.join(folder, '_'), specifier, found, paths);
    return found;
  };
}

/** A module's id that Jest made. */
interface ModuleId {
  /** What it is made of. */
  parts: readonly string[];
  /** The number of the sink that was told last. A sink itself would stay in memory with all that it has seen. */
  told: number;
}

/**
 * A module that is mocked is resolved for its id alone. Jest remembers ids for all test files of a worker, so one that
 * an earlier test file asked for would have to be resolved again; that is left to the sink, which knows what was
 * loaded too, as nearly all are.
 */
function watchModuleIds(prototype: ResolverClass['prototype'], watch: Watch): void {
  const { getModuleID } = prototype;
  if (typeof getModuleID !== 'function') return;
  const known = new Map<unknown, ModuleId>();
  // Each call of `require` asks for an id; forwarded so, V8 makes no array of the arguments.
  prototype.getModuleID = function (_virtualMocks, from, specifier, options) {
    // eslint-disable-next-line prefer-rest-params -- As said above.
    const id = getModuleID.apply(this, arguments as unknown as unknown[]);
    const sink = watch.sink();
    if (sink === null) return id;
    const turn = sink.number ?? 0;
    let moduleId = known.get(id);
    if (moduleId === undefined) {
      if (typeof id !== 'string') return id;
      // Source: `Resolver.getModuleID` of jest-resolve: kind, path and options, between delimiters.
      moduleId = { parts: id.split(path.delimiter), told: -1 };
      known.set(id, moduleId);
    }
    if (moduleId.told === turn) return id;
    moduleId.told = turn;
    const again = [from, specifier, options];
    sink.identified(moduleId.parts, (to) => {
      try {
        const found = watch.unobserved(() => Reflect.apply(prototype.resolveModule, this, again));
        tell(to, from, specifier, found);
      } catch {
        // A virtual mock stands for no file.
      }
    });
    return id;
  };
}

function tell(
  sink: Sink | null,
  from: unknown,
  specifier: unknown,
  found: unknown,
  paths?: readonly string[],
): void {
  if (sink === null || typeof from !== 'string' || typeof specifier !== 'string') return;
  if (found === null) sink.unresolved(from, specifier, paths);
  else if (typeof found === 'string') sink.resolved(from, specifier, found, paths);
}
