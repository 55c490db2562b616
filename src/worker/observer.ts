import fs from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The parts of `fs` our own code uses while everybody else's are watched. */
export const unwatched = {
  readFileSync: fs.readFileSync,
  readdirSync: fs.readdirSync as (folder: string) => string[],
  statSync: fs.statSync,
  appendFileSync: fs.appendFileSync,
  writeFileSync: fs.writeFileSync,
};

/** Receives what the code of one test file does to the file system, as absolute paths. */
export interface Sink {
  /** Jest's runtime read a module's source, a JSON module or a snapshot. */
  loaded(file: string, content: string | Buffer): void;
  /** Code under test read, or is about to read, a file's content or its size and times. */
  read(file: string): void;
  /** Code under test looked for a path. */
  looked(file: string): void;
  /** Code under test listed a folder. */
  listed(folder: string): void;
  /** Jest's resolver found nothing for a specifier. */
  unresolved(from: string, specifier: string): void;
  /** Code under test is about to create, change or remove a path. */
  wrote(file: string): void;
}

let sink: Sink | null = null;
let suspended = 0;
let installed = false;
/** Whether modules were loaded since the last search that are to be watched too. */
let unsearched = true;

/** Starts reporting to a sink, installing the watch on first use. One test file runs at a time in a worker. */
export function observe(next: Sink): void {
  install();
  // Going through the loaded modules costs more than all else here, and they are the same for most test files.
  if (unsearched) {
    unsearched = false;
    watchPrivateCopies();
    watchResolver();
  }
  sink = next;
}

function install(): void {
  if (installed) return;
  installed = true;
  watchFs();
  watchModules();
}

/** Stops reporting to a sink. */
export function stopObserving(previous: Sink): void {
  if (sink === previous) sink = null;
}

/** Runs something of Jest's or ours that reads files on its own account: a transformer, a module of the tool chain. */
export function unobserved<T>(work: () => T): T {
  suspended += 1;
  try {
    return work();
  } finally {
    suspended -= 1;
  }
}

/**
 * Runs a transformer and tells which files it read; nothing of that is the test's.
 * @returns Absolute paths, each once.
 */
export function readsDuring<T>(work: () => T): { result: T; files: string[] } {
  const files = new Set<string>();
  const outer = { sink, suspended };
  install();
  sink = {
    loaded: () => undefined,
    read: (file) => files.add(file),
    looked: () => undefined,
    listed: () => undefined,
    unresolved: () => undefined,
    wrote: (file) => files.delete(file),
  };
  suspended = 0;
  try {
    return { result: work(), files: [...files] };
  } finally {
    ({ sink, suspended } = outer);
  }
}

type Report = (to: Sink, file: string, args: readonly unknown[]) => void;
const PROGRAM = /\.[cm]?[jt]sx?(\.map)?$/;
type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type FunctionTable = Record<string, unknown>;

const reads: Report = (to, file) => {
  if (!PROGRAM.test(file) || !calledForStackTrace()) to.read(file);
};
const looks: Report = (to, file) => to.looked(file);
const lists: Report = (to, file, args) => {
  if (calledForSuggestions()) return;
  // A recursive listing is one listing per folder below; the folder's whole tree is what was seen.
  to.listed(file);
  const options = args[1];
  if (
    typeof options === 'object' &&
    options !== null &&
    (options as { recursive?: unknown }).recursive === true
  ) {
    for (const folder of foldersBelow(file)) to.listed(folder);
  }
};
const writes: Report = (to, file) => to.wrote(file);
const writesSecond: Report = (to, _file, args) => {
  const target = asPath(args[1]);
  if (target !== null) to.wrote(target);
};
const moves: Report = (to, file, args) => {
  to.wrote(file);
  writesSecond(to, file, args);
};
const copies: Report = (to, file, args) => {
  to.read(file);
  writesSecond(to, file, args);
};
const opens: Report = (to, file, args) => {
  const flags = args[1];
  if (typeof flags === 'number') {
    if ((flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) === 0) to.read(file);
    else to.wrote(file);
  } else if (typeof flags !== 'string' || flags.startsWith('r')) to.read(file);
  else to.wrote(file);
};

/** Each watched operation by its name in `fs.promises`; the callback and the `Sync` form follow from it. */
const OPERATIONS: Record<string, Report> = {
  readFile: reads,
  open: opens,
  stat: reads,
  lstat: reads,
  access: looks,
  exists: looks,
  realpath: looks,
  readlink: looks,
  readdir: lists,
  opendir: lists,
  writeFile: writes,
  appendFile: writes,
  mkdir: writes,
  truncate: writes,
  unlink: writes,
  rm: writes,
  rmdir: writes,
  rename: moves,
  copyFile: copies,
  cp: copies,
  link: copies,
  symlink: writesSecond,
};

function watchFs(): void {
  const table = fs as unknown as FunctionTable;
  for (const [name, report] of Object.entries(OPERATIONS)) {
    watchOne(table, name, report);
    watchOne(table, `${name}Sync`, report);
    watchOne(fs.promises, name, report);
  }
  // What a temporary folder will be called is known only afterwards.
  for (const [owner, name] of [
    [table, 'mkdtempSync'],
    [table, 'mkdtemp'],
    [fs.promises as unknown as FunctionTable, 'mkdtemp'],
  ] as const) {
    watchResult(owner, name);
  }
}

/** Replaces one function by one that reports first; names, lengths and own properties stay. */
function watchOne(table: FunctionTable, name: string, report: Report): void {
  const original = table[name];
  if (typeof original !== 'function') return;
  const call = original as AnyFunction;
  const watched: AnyFunction = function (...args) {
    if (sink !== null && suspended === 0) {
      const file = asPath(args[0]);
      if (file !== null) {
        // Our own look at the file must not report itself.
        const to = sink;
        unobserved(() => report(to, file, args));
      }
    }
    try {
      // Node's own synchronous functions call one another; only the outermost is the code's.
      return name.endsWith('Sync')
        ? unobserved(() => Reflect.apply(call, this, args))
        : Reflect.apply(call, this, args);
    } catch (error) {
      throw sink !== null && suspended === 0 ? unobserved(() => withoutOurFrames(error)) : error;
    }
  };
  table[name] = disguise(watched, call);
}

function watchResult(table: FunctionTable, name: string): void {
  const original = table[name];
  if (typeof original !== 'function') return;
  const call = original as AnyFunction;
  const watched: AnyFunction = function (...args) {
    const to = suspended === 0 ? sink : null;
    const callback = args.at(-1);
    if (to !== null && typeof callback === 'function') {
      args[args.length - 1] = function (this: unknown, error: unknown, folder: unknown) {
        if (typeof folder === 'string') to.wrote(path.resolve(folder));
        return Reflect.apply(callback as AnyFunction, this, [error, folder]);
      };
    }
    const result = Reflect.apply(call, this, args);
    if (to !== null) {
      if (typeof result === 'string') to.wrote(path.resolve(result));
      else if (result instanceof Promise) {
        return result.then((folder: unknown) => {
          if (typeof folder === 'string') to.wrote(path.resolve(folder));
          return folder;
        });
      }
    }
    return result;
  };
  table[name] = disguise(watched, call);
}

const OUR_FRAME = new RegExp(
  `\\n[^\\n]*${__filename.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}[^\\n]*`,
  'g',
);

/** A failed look at a file shows the stack it has without us. */
function withoutOurFrames(error: unknown): unknown {
  if (error instanceof Error && typeof error.stack === 'string')
    error.stack = error.stack.replace(OUR_FRAME, '');
  return error;
}

/** Makes a replacement look like what it replaces. */
function disguise(watched: AnyFunction, original: AnyFunction): AnyFunction {
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined && key !== 'prototype')
      Object.defineProperty(watched, key, descriptor);
  }
  return watched;
}

/** What requests for the modules that `watchPrivateCopies` and `watchResolver` look for have in common. */
const SEARCHED = /graceful-fs|jest-resolve/;

const MARK = Symbol.for('jest-testmon.watched');

/**
 * Jest reads modules through its own copies of graceful-fs, made before our watch. Each copy among the loaded
 * modules gets a watch of its own; only Jest's runtime and snapshots read through them.
 */
function watchPrivateCopies(): void {
  for (const [file, module] of Object.entries(require.cache)) {
    if (module === undefined || !/[\\/]graceful-fs[\\/]graceful-fs\.js$/.test(file)) continue;
    const table = module.exports as FunctionTable & { [MARK]?: boolean };
    if (table[MARK] === true || typeof table.readFileSync !== 'function') continue;
    Object.defineProperty(table, MARK, { value: true });
    const call = unwrapReadFileSync(table.readFileSync as AnyFunction);
    const watched: AnyFunction = function (...args) {
      const content = unobserved(() => Reflect.apply(call, this, args));
      if (sink !== null && suspended === 0 && typeof args[0] === 'string') {
        const file = args[0];
        if (!file.endsWith('package.json') || !calledByResolver())
          sink.loaded(file, content as string | Buffer);
      }
      return content;
    };
    table.readFileSync = disguise(watched, call);
  }
}

interface ResolverClass {
  prototype: { resolveModule: AnyFunction; [MARK]?: boolean };
}

/** Jest resolves outside of the watched `fs`, so what it did not find is seen where it says so. */
function watchResolver(): void {
  for (const [file, module] of Object.entries(require.cache)) {
    if (module === undefined || !/[\\/]jest-resolve[\\/]build[\\/]index\.js$/.test(file)) continue;
    const { prototype } = (module.exports as { default: ResolverClass }).default;
    if (prototype[MARK] === true || typeof prototype.resolveModule !== 'function') continue;
    Object.defineProperty(prototype, MARK, { value: true });
    const { resolveModule } = prototype;
    prototype.resolveModule = function (...args) {
      try {
        return Reflect.apply(resolveModule, this, args);
      } catch (error) {
        const [from, specifier] = args;
        if (
          sink !== null &&
          suspended === 0 &&
          typeof from === 'string' &&
          typeof specifier === 'string'
        )
          sink.unresolved(from, specifier);
        throw error;
      }
    };
  }
}

/** A copy made after our watch holds the watched function; reading through it is still Jest's reading. */
function unwrapReadFileSync(current: AnyFunction): AnyFunction {
  return current === (fs.readFileSync as unknown)
    ? (unwatched.readFileSync as unknown as AnyFunction)
    : current;
}

/** The resolver looks into package.json files, once per process; that is not the test's reading. */
function calledByResolver(): boolean {
  const callers = callerFiles();
  const runtime = callers.findIndex((file) => /[\\/]jest-runtime[\\/]/.test(file));
  const resolver = callers.findIndex((file) =>
    /[\\/](jest-resolve|jest-haste-map|resolve)[\\/]/.test(file),
  );
  return resolver >= 0 && (runtime < 0 || resolver < runtime);
}

/** An error's stack is being mapped to the sources, which reads them. */
function calledForStackTrace(): boolean {
  return callerFiles().some((file) =>
    /[\\/](source-map-support|@jest[\\/]source-map)[\\/]/.test(file),
  );
}

/** Jest's runtime lists a folder for the message that a module was not found. */
function calledForSuggestions(): boolean {
  const first = callerFiles().find(
    (file) =>
      path.isAbsolute(file) &&
      file !== __filename &&
      !/[\\/]node_modules[\\/](glob|path-scurry|minipass|minimatch|fs\.realpath)[\\/]/.test(file),
  );
  return first !== undefined && /[\\/]jest-runtime[\\/]build[\\/]/.test(first);
}

/** The files of the innermost callers, taken without anyone's `prepareStackTrace` looking into them. */
function callerFiles(): string[] {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- Put back as it was, never called.
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = 16;
  Error.prepareStackTrace = (_error, sites) => sites.map((site) => site.getFileName() ?? '');
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, callerFiles);
  const files = holder.stack;
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return Array.isArray(files) ? (files as string[]) : [];
}

/** Modules of the tool chain load themselves; only a native addon comes to a test this way. */
function watchModules(): void {
  const loader = Module as unknown as { _load: AnyFunction };
  const load = loader._load;
  loader._load = function (...args) {
    const request = args[0];
    if (typeof request === 'string' && SEARCHED.test(request)) unsearched = true;
    if (
      sink !== null &&
      suspended === 0 &&
      typeof request === 'string' &&
      request.endsWith('.node') &&
      path.isAbsolute(request)
    ) {
      sink.read(request);
    }
    return unobserved(() => Reflect.apply(load, this, args));
  };
}

/** The absolute path an `fs` function was given, or null where it is a descriptor or unreadable. */
function asPath(value: unknown): string | null {
  // What looks into stack traces also looks for Node's own modules.
  if (typeof value === 'string') return value.startsWith('node:') ? null : path.resolve(value);
  if (Buffer.isBuffer(value)) return path.resolve(value.toString());
  // A URL may come from the test's own realm.
  if (typeof value !== 'object' || value === null || !('href' in value)) return null;
  try {
    return fileURLToPath(String(value.href));
  } catch {
    return null;
  }
}

function foldersBelow(folder: string): string[] {
  try {
    return fs
      .readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

type Look = Exclude<keyof Sink, 'loaded' | 'unresolved'>;

/**
 * Keeps what happens before a recorder can exist: a test file whose docblock names another environment runs its
 * setup files before any plug point of ours sees that environment.
 */
class PendingObservations implements Sink {
  readonly #loaded: [string, string | Buffer][] = [];
  readonly #looks: [Look, string][] = [];
  readonly #unresolved: [string, string][] = [];

  loaded(file: string, content: string | Buffer): void {
    this.#loaded.push([file, content]);
  }
  read(file: string): void {
    this.#looks.push(['read', file]);
  }
  looked(file: string): void {
    this.#looks.push(['looked', file]);
  }
  listed(folder: string): void {
    this.#looks.push(['listed', folder]);
  }
  wrote(file: string): void {
    this.#looks.push(['wrote', file]);
  }

  unresolved(from: string, specifier: string): void {
    this.#unresolved.push([from, specifier]);
  }

  replay(to: Sink): void {
    for (const [from, specifier] of this.#unresolved) to.unresolved(from, specifier);
    for (const [file, content] of this.#loaded) to.loaded(file, content);
    for (const [look, file] of this.#looks) to[look](file);
  }
}

let pending: PendingObservations | null = null;

/** Starts keeping observations for a test file about to begin; forgets those of one that never began. */
export function observePending(): void {
  if (sink !== null && sink !== pending) return;
  pending = new PendingObservations();
  observe(pending);
}

/** Hands what was kept to the recorder that now exists, or drops it. */
export function settlePending(to: Sink | null): void {
  const kept = pending;
  pending = null;
  if (kept === null) return;
  stopObserving(kept);
  if (to !== null) unobserved(() => kept.replay(to));
}
