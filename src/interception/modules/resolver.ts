import path from 'node:path';
import { withoutOurFrames } from '../../run/own-frames';
import { noteLooked, resolving, watchCustomResolver, type WatchReads } from './custom-resolver';
import { loadedModulesAt } from './loaded-modules';
import { replace } from '../patched';
import type { Sink, Watch } from '../sink';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

interface ResolverClass {
  findNodeModule?: AnyFunction;
  findNodeModuleAsync?: (this: unknown, ...args: unknown[]) => Promise<unknown>;
  prototype: Record<
    | 'resolveModule'
    | 'resolveModuleAsync'
    | 'resolveModuleFromDirIfExists'
    | 'resolveStubModuleName'
    | 'getModuleID'
    | 'getMockModule'
    | 'isCoreModule'
    | 'getModulePath',
    AnyFunction
  > & {
    [MARK]?: boolean;
  };
}

const MARK = Symbol.for('jest-testmon.watched');

/**
 * Watches what Jest's resolver found, or did not: it does not look through the watched `fs`, so this is seen where it
 * says so. Does nothing where no resolver is loaded, or all are watched already.
 * @param reads Sees what a resolver of the user's reads.
 */
export function watchResolver(watch: Watch, reads: WatchReads): void {
  for (const module of loadedModulesAt('jest-resolve', 'build', 'index.js')) {
    const exported = module.exports as { default: ResolverClass };
    const resolver = exported.default;
    const { prototype } = resolver;
    if (prototype[MARK] === true || typeof prototype.resolveModule !== 'function') continue;
    Object.defineProperty(prototype, MARK, { value: true });
    watchCustomResolver(resolver, 'preloadResolver' in exported, reads);
    watchResolutions(prototype, watch);
    watchGivenPaths(prototype, watch);
    watchModuleIds(prototype, watch);
    watchNodeMocks(prototype, watch);
  }
}

function watchResolutions(prototype: ResolverClass['prototype'], watch: Watch): void {
  const { resolveModule, resolveModuleAsync, resolveStubModuleName } = prototype;
  replace('resolver', prototype, 'resolveModule', telling(watch, resolveModule));
  // What `moduleNameMapper` decides on is asked for before anything is resolved, by older versions alone.
  if (typeof resolveStubModuleName === 'function')
    replace('resolver', prototype, 'resolveStubModuleName', telling(watch, resolveStubModuleName));
  if (typeof resolveModuleAsync !== 'function') return;
  const watched: AnyFunction = async function (...args) {
    resolving(args[0], args[1]);
    try {
      const found: unknown = await Reflect.apply(resolveModuleAsync, this, args);
      tell(watch.sink(), args[0], args[1], found);
      return found;
    } catch (error) {
      tell(watch.sink(), args[0], args[1], null);
      throw watch.unobserved(() => withoutOurFrames(error));
    }
  };
  replace('resolver', prototype, 'resolveModuleAsync', watched);
}

/** A method that finds a module, throws, or finds that it is not its to find. */
function telling(watch: Watch, resolve: AnyFunction): AnyFunction {
  // Each first `require` of a module by another comes here; forwarded so, V8 makes no array of the arguments.
  return function (from, specifier) {
    resolving(from, specifier);
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
  const watched: AnyFunction = function (folder, specifier, options) {
    // eslint-disable-next-line prefer-rest-params -- As said above.
    const found = resolve.apply(this, arguments as unknown as unknown[]);
    const { paths } = (options ?? {}) as { paths?: readonly string[] };
    if (paths !== undefined && typeof folder === 'string')
      tell(watch.sink(), path.join(folder, '_'), specifier, found, paths);
    return found;
  };
  replace('resolver', prototype, 'resolveModuleFromDirIfExists', watched);
}

/** How many ids of modules are being made: what is resolved for an id may be replaced before anyone looks for a mock. */
let identifying = 0;

/** A module's id that Jest made. */
interface ModuleId {
  /** What it is made of. */
  parts: readonly string[];
  /** The number of the sink that was told last. A sink itself would stay in memory with all that it has seen. */
  told: number;
  /** What that sink's test file first asked for it by. */
  specifier: unknown;
  /** Whether it also asked by another specifier, and one of them is a name. */
  isMixed: boolean;
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
  const watched: AnyFunction = function (virtualMocks, from, specifier, options) {
    // eslint-disable-next-line prefer-rest-params -- As said above.
    const id = identify(getModuleID, this, arguments);
    const sink = watch.sink();
    if (sink === null) return id;
    const turn = sink.number ?? 0;
    let moduleId = known.get(id);
    if (moduleId === undefined) {
      if (typeof id !== 'string') return id;
      // Source: `Resolver.getModuleID` of jest-resolve: kind, path and options, between delimiters.
      moduleId = { parts: id.split(path.delimiter), told: -1, specifier, isMixed: false };
      known.set(id, moduleId);
    }
    if (moduleId.told === turn) {
      if (moduleId.specifier !== specifier && !moduleId.isMixed)
        tellMixed(sink, moduleId, specifier);
      return id;
    }
    moduleId.told = turn;
    moduleId.specifier = specifier;
    moduleId.isMixed = false;
    const again = [from, specifier, options];
    // Jest forgets its virtual mocks before the end of the test file.
    const isUnvirtual = isName(specifier) && !isVirtual(this, virtualMocks, from, specifier);
    sink.identified(moduleId.parts, (to) => {
      try {
        const found = watch.unobserved(() => Reflect.apply(prototype.resolveModule, this, again));
        identify(tell, undefined, [to, from, specifier, found]);
      } catch {
        // A virtual mock stands for no file. Any other factory is refused once the manual mock of that name is gone.
        if (isUnvirtual) to.named(specifier, true);
      }
    });
    return id;
  };
  replace('resolver', prototype, 'getModuleID', watched);
}

/** Calls what resolves a module for its id alone. */
function identify<T>(call: (...args: never[]) => T, self: unknown, args: ArrayLike<unknown>): T {
  identifying += 1;
  try {
    return call.apply(self, args as never[]);
  } finally {
    identifying -= 1;
  }
}

function isVirtual(resolver: unknown, mocks: unknown, from: unknown, name: string): boolean {
  const { getModulePath } = resolver as ResolverClass['prototype'];
  return (
    mocks instanceof Map && mocks.get(Reflect.apply(getModulePath, resolver, [from, name])) === true
  );
}

/** A mock of one of the names would make two modules of one, so it counts though nobody looks for it. */
function tellMixed(sink: Sink, moduleId: ModuleId, specifier: unknown): void {
  // Most have two paths.
  if (!isName(specifier) && !isName(moduleId.specifier)) return;
  moduleId.isMixed = true;
  for (const name of [moduleId.specifier, specifier]) if (isName(name)) sink.named(name, true);
}

/**
 * Jest 30 looks for the mock of one of Node's modules where that is to be mocked, and nowhere else; it resolves nothing.
 * Before, it resolved the module there, and looked for a mock wherever one was required.
 */
function watchNodeMocks(prototype: ResolverClass['prototype'], watch: Watch): void {
  const { getMockModule, isCoreModule } = prototype;
  const takesOptions = typeof getMockModule === 'function' && getMockModule.length > 2;
  if (!takesOptions || typeof isCoreModule !== 'function') return;
  const watched: AnyFunction = function (_from, name) {
    const sink = identifying === 0 ? watch.sink() : null;
    if (sink !== null && isName(name) && Reflect.apply(isCoreModule, this, [name]) === true)
      sink.named(name);
    // eslint-disable-next-line prefer-rest-params -- Each call of `require` comes here.
    return getMockModule.apply(this, arguments as unknown as unknown[]);
  };
  replace('resolver', prototype, 'getMockModule', watched);
}

/** What names a module by its path; anything else is the name of a package, or leads to one. */
export const PATH = /^(?:\.{0,2}\/|\.{1,2}$|[a-z]:[\\/])/i;

/** Whether a specifier is no path. */
export function isName(specifier: unknown): specifier is string {
  return typeof specifier === 'string' && !PATH.test(specifier);
}

function tell(
  sink: Sink | null,
  from: unknown,
  specifier: unknown,
  found: unknown,
  paths?: readonly string[],
): void {
  if (sink === null || typeof from !== 'string' || typeof specifier !== 'string') return;
  if (identifying === 0 && isName(specifier)) sink.named(specifier);
  noteLooked(sink, from, specifier);
  if (found === null) sink.unresolved(from, specifier, paths);
  else if (typeof found === 'string') sink.resolved(from, specifier, found, paths);
}
