import { createRequire } from 'node:module';
import path from 'node:path';
import { swallowed } from '../../terminal/debug';
import { replace } from '../patched';
import type { Reads } from '../reads';
import type { Sink } from '../sink';

/**
 * Watches a resolver of the user (Jest's option `resolver`). It reads its own config when it is loaded or first
 * called, and keeps it. Jest keeps its answers too. So what it reads counts for every test file of the process, not
 * only for the first one.
 */

/** One call of the user's resolver. */
export interface CustomResolution {
  /** Absolute path of the resolver. */
  resolver: string;
  /** The asking module and the specifier. Null if Jest itself asks. */
  key: string | null;
}

/** Receives what the user's resolvers look at. */
export interface ResolverListener {
  /** A resolver looked at something. Not called if it looked at nothing. */
  resolved(resolution: CustomResolution, reads: Reads): void;
  /** Runs a resolver as part of the tool chain. The variables that it reads are the tool chain's. */
  inToolChain<T>(work: () => T): T;
  /** Loads, in another process, a resolver that was loaded here before anybody watched. */
  loadElsewhere(resolver: string): void;
}

/** Runs something and returns what it read. None of that counts for the test. */
export interface WatchReads {
  during<T>(work: () => T): { result: T; reads: Reads };
  duringAsync<T>(work: () => Promise<T>): Promise<{ result: T; reads: Reads }>;
  /** Marks the record of the current test file as one that can never match. */
  lost(): void;
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** The static methods of jest-resolve's class that are used here. Old versions lack the asynchronous one. */
interface NodeModuleFinder {
  findNodeModule?: AnyFunction;
  findNodeModuleAsync?: (this: unknown, ...args: unknown[]) => Promise<unknown>;
}

let listener: ResolverListener | null = null;

/** Begins to watch. Until then, resolvers run unchanged. */
export function watchCustomResolvers(next: ResolverListener): void {
  listener = next;
}

/** What a module of a test file is asking for now. */
let asking: string | null = null;
/** Whether a resolver of the user was ever called. Projects without one pay nothing for this. */
let isUsed = false;
/** By question: the paths that the user's resolver looked for. */
const lookedFor = new Map<string, Set<string>>();
/** Resolvers whose loading was observed. */
const seen = new Set<string>();

function keyOf(from: string, specifier: string): string {
  return `${path.dirname(from)}\0${specifier}`;
}

/** A module of a test file asks for another. Jest may already know the answer. */
export function resolving(from: unknown, specifier: unknown): void {
  if (!isUsed) return;
  asking =
    typeof from === 'string' && typeof specifier === 'string' ? keyOf(from, specifier) : null;
}

/** Reports to a test file what the resolver looked for when the question was first asked. */
export function noteLooked(sink: Sink, from: string, specifier: string): void {
  if (lookedFor.size === 0) return;
  for (const file of lookedFor.get(keyOf(from, specifier)) ?? []) sink.looked(file);
}

/** Keeps what a resolver looked for, for later test files that ask the same. */
export function keepLooked(key: string, files: readonly string[]): void {
  const known = lookedFor.get(key);
  if (known === undefined) lookedFor.set(key, new Set(files));
  else for (const file of files) known.add(file);
}

/**
 * @param resolver The class of jest-resolve.
 * @param isPreloaded Whether this version of Jest loads the user's resolver before all else.
 */
export function watchCustomResolver(
  resolver: NodeModuleFinder,
  isPreloaded: boolean,
  watch: WatchReads,
): void {
  const { findNodeModule: find, findNodeModuleAsync: findAsync } = resolver;
  if (typeof find === 'function') {
    const watched: AnyFunction = function (...args) {
      const file = customResolver(args[1]);
      if (file === null) return Reflect.apply(find, this, args);
      seeLoaded(file, isPreloaded, watch);
      return during({ resolver: file, key: asking }, watch, () => Reflect.apply(find, this, args));
    };
    replace('resolverClass', resolver, 'findNodeModule', watched);
  }
  if (typeof findAsync === 'function') {
    const watched: AnyFunction = function (...args) {
      const file = customResolver(args[1]);
      if (file === null) return Reflect.apply(findAsync, this, args);
      seeLoaded(file, isPreloaded, watch);
      return duringAsync({ resolver: file, key: asking }, watch, () =>
        Reflect.apply(findAsync, this, args),
      );
    };
    replace('resolverClass', resolver, 'findNodeModuleAsync', watched);
  }
}

/** The user's resolver in the options of a call. Null if there is none, or if nobody listens. */
function customResolver(options: unknown): string | null {
  const { resolver } = (options ?? {}) as { resolver?: unknown };
  if (listener === null || typeof resolver !== 'string' || !path.isAbsolute(resolver)) return null;
  isUsed = true;
  return resolver;
}

/** Runs the user's resolver and reports what it looked at, even if it finds nothing and throws. */
function during<T>(resolution: CustomResolution, watch: WatchReads, work: () => T): T {
  const { result, reads } = watch.during(() => {
    try {
      return { value: inToolChain(work) };
    } catch (error) {
      return { error };
    }
  });
  tell(resolution, reads, watch);
  if ('error' in result) throw result.error;
  return result.value;
}

async function duringAsync<T>(
  resolution: CustomResolution,
  watch: WatchReads,
  work: () => Promise<T>,
): Promise<T> {
  const { result, reads } = await watch.duringAsync(async () => {
    try {
      return { value: await inToolChain(work) };
    } catch (error) {
      return { error };
    }
  });
  tell(resolution, reads, watch);
  if ('error' in result) throw result.error;
  return result.value;
}

function inToolChain<T>(work: () => T): T {
  return listener === null ? work() : listener.inToolChain(work);
}

function tell(resolution: CustomResolution, reads: Reads, watch: WatchReads): void {
  if (!Object.values(reads).some((paths: string[]) => paths.length > 0)) return;
  try {
    listener?.resolved(resolution, reads);
  } catch (error) {
    // An internal error must not fail the test. The test file will run each time instead.
    swallowed('interception', error, 'noting what a resolver read; the record can never match');
    watch.lost();
  }
}

/**
 * Jest may have loaded the resolver before anybody watched. Its main process reads the Jest config with it, and newer
 * versions load it before any of our plug points. So another process loads it again, and what it reads there is
 * observed.
 */
function seeLoaded(file: string, isPreloaded: boolean, watch: WatchReads): void {
  if (seen.has(file)) return;
  seen.add(file);
  if (isPreloaded || require.cache[file] !== undefined) {
    seeElsewhere(file, watch);
    return;
  }
  try {
    during({ resolver: file, key: null }, watch, () => void createRequire(__filename)(file));
  } catch (error) {
    swallowed('interception', error, `loading ${file}; Jest will load it, and say the same`);
  }
}

function seeElsewhere(file: string, watch: WatchReads): void {
  try {
    listener?.loadElsewhere(file);
  } catch (error) {
    swallowed('interception', error, `looking at ${file}; the record can never match`);
    watch.lost();
  }
}
