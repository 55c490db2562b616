import path from 'node:path';
import { withoutOurFrames } from '../../run/own-frames';
import { noteLooked, resolving, watchCustomResolver, type WatchReads } from './custom-resolver';
import { loadedModulesAt } from './loaded-modules';
import { replace } from '../patched';
import type { LookupDetails, Sink, Watch } from '../sink';

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
 * Watches what Jest's resolver finds or fails to find. The resolver does not read through the watched `fs`, so its
 * methods are replaced. Does nothing if no resolver is loaded, or if all are watched already.
 * @param reads Observes what a resolver of the user reads.
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
  // Only older versions call this before anything is resolved, to apply `moduleNameMapper`.
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

/** Wraps a method that finds a module, throws, or returns null because the module is not its own to find. */
function telling(watch: Watch, resolve: AnyFunction): AnyFunction {
  // Called for the first `require` of a module by another. Forwarded like this, V8 makes no array of the arguments.
  return function (from, specifier) {
    resolving(from, specifier);
    try {
      // eslint-disable-next-line prefer-rest-params -- See above.
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
 * `require.resolve` asks for a module from a folder if it was given paths, or if it is asked for an absolute path.
 * Source: `_requireResolve` of jest-runtime.
 */
function watchGivenPaths(prototype: ResolverClass['prototype'], watch: Watch): void {
  const { resolveModuleFromDirIfExists: resolve } = prototype;
  if (typeof resolve !== 'function') return;
  // Every other lookup comes through here too. Forwarded like this, V8 makes no array of the arguments.
  const watched: AnyFunction = function (folder, specifier, options) {
    // eslint-disable-next-line prefer-rest-params -- See above.
    const found = resolve.apply(this, arguments as unknown as unknown[]);
    const { paths } = (options ?? {}) as { paths?: readonly string[] };
    if (paths !== undefined && typeof folder === 'string')
      tell(watch.sink(), path.join(folder, '_'), specifier, found, { paths });
    return found;
  };
  replace('resolver', prototype, 'resolveModuleFromDirIfExists', watched);
}

/**
 * How many module ids are being made. A module that is resolved for its id may be mocked before Jest looks for a
 * manual mock.
 */
let identifying = 0;

/** An id that Jest made for a module. */
interface ModuleId {
  /** The parts of the id. */
  parts: readonly string[];
  /** The number of the last sink that was told. Keeping the sink itself would keep all its observations in memory. */
  told: number;
  /** The specifier by which the test file of that sink first asked for the module. */
  specifier: unknown;
  /** Whether it also asked by another specifier, and at least one of the two is a name. */
  isMixed: boolean;
}

/**
 * A mocked module is resolved only to make its id. Jest keeps ids for all test files of a worker, so the id that an
 * earlier test file asked for would have to be resolved again. The sink decides whether to do that: it knows which
 * modules were loaded, and nearly all are.
 */
function watchModuleIds(prototype: ResolverClass['prototype'], watch: Watch): void {
  const { getModuleID } = prototype;
  if (typeof getModuleID !== 'function') return;
  const known = new Map<unknown, ModuleId>();
  // Each call of `require` asks for an id. Forwarded like this, V8 makes no array of the arguments.
  const watched: AnyFunction = function (virtualMocks, from, specifier, options) {
    // eslint-disable-next-line prefer-rest-params -- See above.
    const id = identify(getModuleID, this, arguments);
    const sink = watch.sink();
    if (sink === null) return id;
    const turn = sink.number ?? 0;
    let moduleId = known.get(id);
    if (moduleId === undefined) {
      if (typeof id !== 'string') return id;
      // The id has the kind, the path and the options, with delimiters between. Source: `Resolver.getModuleID` of
      // jest-resolve.
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
    // Decided now, because Jest forgets its virtual mocks before the test file ends.
    const isUnvirtual = isName(specifier) && !isVirtual(this, virtualMocks, from, specifier);
    sink.identified(moduleId.parts, (to) => {
      try {
        const found = watch.unobserved(() => Reflect.apply(prototype.resolveModule, this, again));
        identify(tell, undefined, [to, from, specifier, found]);
      } catch {
        // A virtual mock needs no file. Any other factory fails once the manual mock of that name is gone.
        if (isUnvirtual) to.named(specifier, true);
      }
    });
    return id;
  };
  replace('resolver', prototype, 'getModuleID', watched);
}

/** Calls something that resolves a module only for its id. */
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

/** A manual mock of one of the names would split the module into two. So it counts although Jest never looks for it. */
function tellMixed(sink: Sink, moduleId: ModuleId, specifier: unknown): void {
  // For most modules, both specifiers are paths.
  if (!isName(specifier) && !isName(moduleId.specifier)) return;
  moduleId.isMixed = true;
  for (const name of [moduleId.specifier, specifier]) if (isName(name)) sink.named(name, true);
}

/**
 * Jest 30 looks for the manual mock of a Node module only if the module is to be mocked, and resolves nothing.
 * Earlier versions resolved the module then, and looked for a mock at every `require`.
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

/** Matches a specifier that is a path. Any other one is the name of a package, or leads to one. */
export const PATH = /^(?:\.{0,2}\/|\.{1,2}$|[a-z]:[\\/])/i;

/** Whether a specifier is not a path. */
export function isName(specifier: unknown): specifier is string {
  return typeof specifier === 'string' && !PATH.test(specifier);
}

const FOR_ID: LookupDetails = { isForId: true };

function tell(
  sink: Sink | null,
  from: unknown,
  specifier: unknown,
  found: unknown,
  details = identifying > 0 ? FOR_ID : undefined,
): void {
  if (sink === null || typeof from !== 'string' || typeof specifier !== 'string') return;
  if (identifying === 0 && isName(specifier)) sink.named(specifier);
  noteLooked(sink, from, specifier);
  if (found === null) sink.unresolved(from, specifier, details);
  else if (typeof found === 'string') sink.resolved(from, specifier, found, details);
}
