import fs from 'node:fs';
import { AsyncLocalStorage } from 'node:async_hooks';
import Module from 'node:module';
import path from 'node:path';
import { packageFolder } from '../dependencies/packages/package-folder';
import { calledByResolver } from './callers';
import { mimicFunction, watchFs, type AnyFunction } from './files/file-system';
import { nativeReads } from './files/native-reads';
import { define, replace, type FunctionTable } from './patched';
import { withoutOurFrames } from '../run/own-frames';
import { ownFs } from '../run/own-node';
import { loadedModulesAt } from './modules/loaded-modules';
import { isLoaded, isToolOfTestFile, tellUnresolved } from './modules/module-requests';
import { watchResolver } from './modules/resolver';
import { Reading, type Reads } from './reads';
import { guarded, joined, PendingObservations, type OnFault, type Sink, type Watch } from './sink';
import { debug, swallowed } from '../terminal/debug';

/** The functions of `fs` as they were before they were replaced. Our own code uses these. */
export const unwatched = {
  readFileSync: ownFs.readFileSync,
  readdirSync: ownFs.readdirSync,
  statSync: ownFs.statSync,
  appendFileSync: ownFs.appendFileSync,
  writeFileSync: ownFs.writeFileSync,
  openSync: ownFs.openSync,
  readSync: ownFs.readSync,
  closeSync: ownFs.closeSync,
};

/** The function that Jest reads with, as it was before we replaced it. */
const { readFileSync } = fs;

let sink: Sink | null = null;
let background: Sink | null = null;
let beside: Sink | null = null;
let suspended = 0;
/** How many module loads are in progress, one inside the other. Counted only for sinks that see loading. */
let loading = 0;
let installed = false;
/** Whether modules that must be watched may have been loaded since the last search. */
let unsearched = true;

const failed: OnFault = (error, what) =>
  unobserved(() => swallowed('interception', error, `${what}; the record can never match`));

/** An internal error costs the record, never the test. */
function withGuard(to: Sink): Sink {
  return guarded(to, failed);
}

/** Starts to report to a sink. The first call installs the watch. A worker runs one test file at a time. */
export function observe(next: Sink): void {
  install();
  // Searching all loaded modules is the most expensive step here, and they are the same for most test files.
  if (unsearched) {
    unsearched = false;
    watchPrivateCopies();
    watchResolver(WATCH, {
      during: readsDuring,
      duringAsync: readsDuringAsync,
      lost: () => sink?.lost(),
    });
  }
  sink = withGuard(next);
}

/** Reports to this sink whatever goes to no recorder, until the process ends or another sink replaces this one. */
export function observeBehind(next: Sink): void {
  install();
  background = withGuard(next);
}

/** Reports to this sink whatever happens in this process, also while a test file is recorded. Null ends that. */
export function observeBeside(next: Sink | null): void {
  install();
  beside = next === null ? null : withGuard(next);
}

/** Replaces the functions. Call it before other code keeps references to them. Nothing is reported yet. */
export function install(): void {
  if (installed) return;
  installed = true;
  debug('interception')('replaces what interception/patched.ts lists for a worker');
  watchFs(WATCH, withoutOurFrames);
  watchModules();
}

/** Finds the sink of an asynchronous transform. Null while there is none, because it slows down every promise. */
let asynchronous: AsyncLocalStorage<Sink> | null = null;
let transforms = 0;

const WATCH: Watch = {
  sink: () => asynchronous?.getStore() ?? (suspended === 0 ? receiver() : null),
  unobserved,
  suspend: () => (suspended += 1),
  resume: () => (suspended -= 1),
  failed,
};

function receiver(): Sink | null {
  const first = sink ?? background;
  return first === null || beside === null ? (first ?? beside) : joined(first, beside);
}

/** Stops reporting to a sink. */
export function stopObserving(previous: Sink): void {
  if (sink === withGuard(previous)) sink = null;
}

/** Runs code of Jest or of jest-testmon that reads files for itself: a transformer, or a module of the tool chain. */
export function unobserved<T>(work: () => T): T {
  suspended += 1;
  try {
    return work();
  } finally {
    suspended -= 1;
  }
}

/** Like `unobserved`, without a closure, for a call that is made very often. */
function quietly(call: AnyFunction, self: unknown, args: readonly unknown[]): unknown {
  suspended += 1;
  try {
    return Reflect.apply(call, self, args);
  } finally {
    suspended -= 1;
  }
}

/** Runs a transformer and returns what it read. None of that counts for the test. */
export function readsDuring<T>(work: () => T): { result: T; reads: Reads } {
  const reading = new Reading(() => loading > 0);
  const outer = { sink, suspended, loading };
  install();
  sink = reading.sink;
  suspended = 0;
  loading = 0;
  try {
    const result = work();
    return { result, reads: reading.reads };
  } finally {
    ({ sink, suspended, loading } = outer);
  }
}

/**
 * Like `readsDuring`, for a transformer that runs beside others. Modules that it loads count as files that it read. So files
 * of packages are left out, which are mostly its own modules.
 */
export async function readsDuringAsync<T>(
  work: () => Promise<T>,
): Promise<{ result: T; reads: Reads }> {
  const reading = new Reading(() => false);
  install();
  asynchronous ??= new AsyncLocalStorage();
  transforms += 1;
  try {
    const result = await asynchronous.run(reading.sink, work);
    const { reads } = reading;
    const files = reads.files.filter((file) => packageFolder(file) === null);
    return { result, reads: { ...reads, files } };
  } finally {
    transforms -= 1;
    if (transforms === 0) {
      asynchronous.disable();
      asynchronous = null;
    }
  }
}

/** Matches requests for the modules that `watchPrivateCopies` and `watchResolver` look for. */
const SEARCHED = /graceful-fs|jest-resolve/;

const MARK = Symbol.for('jest-testmon.watched');

/**
 * Jest reads modules through its own copies of graceful-fs, which were made before our watch. So each loaded copy is
 * watched too. Only Jest's runtime and its snapshots read through these copies.
 */
function watchPrivateCopies(): void {
  for (const module of loadedModulesAt('graceful-fs', 'graceful-fs.js')) {
    const table = module.exports as FunctionTable & { [MARK]?: boolean };
    if (table[MARK] === true || typeof table.readFileSync !== 'function') continue;
    Object.defineProperty(table, MARK, { value: true });
    const call = unwrapReadFileSync(table.readFileSync as AnyFunction);
    const watched: AnyFunction = function (...args) {
      const content = quietly(call, this, args);
      if (sink !== null && suspended === 0 && typeof args[0] === 'string') {
        const file = args[0];
        if (!file.endsWith('package.json') || !calledByResolver())
          sink.loaded(file, content as string | Buffer);
      }
      return content;
    };
    replace('gracefulFs', table, 'readFileSync', mimicFunction(watched, call));
    watchForMocks(table);
  }
}

/** Where Jest looks for the manual mock of a module mocked without a factory. Source: `requireMock` of jest-runtime. */
const BESIDE_MODULE = `${path.sep}__mocks__${path.sep}`;

function watchForMocks(table: FunctionTable): void {
  const { existsSync } = table;
  if (typeof existsSync !== 'function') return;
  const call = existsSync as AnyFunction;
  const watched: AnyFunction = function (...args) {
    const [file] = args;
    if (sink !== null && suspended === 0 && typeof file === 'string') {
      if (file.includes(BESIDE_MODULE) && path.isAbsolute(file)) sink.soughtMock(file);
    }
    return Reflect.apply(call, this, args);
  };
  replace('gracefulFs', table, 'existsSync', mimicFunction(watched, call));
}

/**
 * Jest looks into its cache of sources before it reads a module. A transformer may have put a source there that it
 * read itself: ts-jest does so with every file that a file imports. What Jest takes from the cache counts as loaded.
 * @param cache The `cacheFS` of one test file, which transformers receive.
 */
export function watchSources(cache: Map<string, string>): void {
  if (Object.hasOwn(cache, 'get')) return;
  const watched = (file: string): string | undefined => {
    const source = Map.prototype.get.call(cache, file) as string | undefined;
    if (source !== undefined && sink !== null && suspended === 0) sink.loaded(file, source);
    return source;
  };
  define('sourceCache', cache, 'get', { value: watched, configurable: true, writable: true });
}

/** A copy made after our watch contains the watched function. A read through it is still a read by Jest. */
function unwrapReadFileSync(current: AnyFunction): AnyFunction {
  return current === (fs.readFileSync as unknown)
    ? (readFileSync as unknown as AnyFunction)
    : current;
}

/**
 * Modules of the tool chain load once per process, whichever test file is running. So their loads do not count for
 * the test. The exception is a native addon, which a test loads this way.
 */
function watchModules(): void {
  const loader = Module as unknown as Record<'_load' | '_resolveFilename', AnyFunction>;
  const { _load: load, _resolveFilename: find } = loader;
  /** Whether the next module to be found is one that is about to be loaded. */
  let isForLoad = false;
  const watchedFind: AnyFunction = function (...args) {
    const depth = loading - (isForLoad ? 1 : 0);
    isForLoad = false;
    if (!isLoaded(args[1]) && WATCH.sink()?.seesLoading !== true)
      return Reflect.apply(find, this, args);
    try {
      return quietly(find, this, args);
    } catch (error) {
      tellUnresolved(WATCH.sink(), args, depth > 0);
      throw error;
    }
  };
  const watchedLoad: AnyFunction = function (...args) {
    const request = args[0];
    if (typeof request === 'string' && SEARCHED.test(request)) unsearched = true;
    if (sink !== null && suspended === 0 && typeof request === 'string') {
      if (request.endsWith('.node') && path.isAbsolute(request)) sink.read(request);
      const reads = nativeReads(request, args[1]);
      if (reads !== null) sink.mayRead(process.cwd(), reads.names);
    }
    const tool = toolOfLoad(request);
    if (tool !== undefined) {
      const { result, reads } = readsDuring(() =>
        attempt(() => Reflect.apply(watchedLoad, this, args)),
      );
      toolLoads?.loaded(tool, reads);
      return result();
    }
    const seen = sink?.seesLoading === true;
    if (seen) loading += 1;
    else suspended += 1;
    isForLoad = seen;
    try {
      return Reflect.apply(load, this, args);
    } catch (error) {
      throw withoutOurFrames(error);
    } finally {
      isForLoad = false;
      if (seen) loading -= 1;
      else suspended -= 1;
    }
  };
  replace('moduleLoader', loader, '_resolveFilename', watchedFind);
  replace('moduleLoader', loader, '_load', watchedLoad);
}

/** Receives what Jest's own process loads for tools of the project. */
export interface ToolLoads {
  /** Returns the tool whose code is loading a module, while a test file is recorded or a runner works. */
  caller(): string | undefined;
  loaded(tool: string, reads: Reads): void;
}

let toolLoads: ToolLoads | null = null;

/** From now on, tells the listener what tools read when they are loaded, and when they load modules later. */
export function watchLoadsOfTools(listener: ToolLoads): void {
  toolLoads = listener;
}

/** The tool for which a module is about to be loaded. Undefined if it is not for a tool. */
function toolOfLoad(request: unknown): string | undefined {
  if (toolLoads === null || suspended + loading + transforms > 0) return undefined;
  if (typeof request !== 'string' || Module.isBuiltin(request)) return undefined;
  const to = sink ?? background ?? beside;
  if (to === null || to.seesLoading === true) return undefined;
  const isBetween = pending !== null && to === withGuard(pending.sink);
  return toolLoads.caller() ?? (isBetween && isToolOfTestFile(request) ? request : undefined);
}

/** Calls `work`. @returns A function that returns the result, or throws what `work` threw. */
function attempt<T>(work: () => T): () => T {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

let pending: PendingObservations | null = null;

/** Keeps observations for the test file that is about to begin. Drops those of a test file that never began. */
export function observePending(): void {
  if (sink !== null && (pending === null || sink !== withGuard(pending.sink))) return;
  pending = new PendingObservations(() => background);
  observe(pending.sink);
}

/** Passes the kept observations to the recorder that now exists, or drops them. */
export function settlePending(to: Sink | null): void {
  const kept = pending;
  pending = null;
  if (kept === null) return;
  stopObserving(kept.sink);
  if (to !== null) unobserved(() => kept.replay(withGuard(to)));
}
