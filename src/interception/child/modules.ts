import Module from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import {
  tellImport,
  tellOwnTargets,
  tellRequire,
  tellScope,
  type NodeLookupListener,
} from '../../dependencies/resolution/node-lookups';
import type { AnyFunction } from '../files/file-system';
import { packageFolder } from '../../dependencies/packages/package-folder';
import { replace } from '../patched';
import type { Sink, Watch } from '../sink';
import type { ReportWriter } from './report-writer';

/** What Node's loader calls to find modules, for `require` and for CommonJS entries. */
interface Loader {
  _findPath: AnyFunction;
  _resolveFilename: AnyFunction;
  _extensions: Record<string, unknown>;
  register?: AnyFunction;
  /** Node 22.15 and later. */
  registerHooks?: (hooks: { resolve: ResolveHook }) => unknown;
}

type ResolveHook = (
  specifier: string,
  context: { parentURL?: string; conditions?: readonly string[] },
  next: (specifier: string, context: unknown) => { url: string },
) => { url: string };

const loader = Module as unknown as Loader;

/** Whether this version of Node reports imported modules. If not, the worker finds them in the sources. */
export const SEES_IMPORTS = typeof loader.registerHooks === 'function';

/** Reports where modules were looked for, whether they were found or not. */
export function watchModules(watch: Watch, to: Sink & NodeLookupListener): void {
  const tell = (work: () => void): void => {
    if (watch.sink() === null) return;
    try {
      watch.unobserved(work);
    } catch {
      // The child of a test must go on. It reports instead that something was missed.
      to.lost();
    }
  };
  watchRequire(tell, to);
  watchHooks(tell, to);
  loader.registerHooks?.({
    resolve: (specifier, context, next) => {
      let found: string | null = null;
      try {
        const result = next(specifier, context);
        found = result.url;
        return result;
      } finally {
        if (context.conditions?.includes('require') !== true)
          tell(() => tellImported(to, specifier, context.parentURL, found));
      }
    },
  });
}

/** `--loader ./hooks.mjs`, in one argument or two. */
const LOADER = /(?:^|\s)--(?:experimental-)?loader[=\s]+(\S+)/g;

/**
 * Hooks of `module.register` and `--loader` run in a thread of Node's own, where nothing is watched: what those of the
 * project read is unknown. Those of installed packages compile sources, which count by their text.
 */
function watchHooks(tell: (work: () => void) => void, to: Pick<Sink, 'lost'>): void {
  const note = (specifier: unknown, parent: unknown): void => {
    tell(() => {
      if (isProjectsModule(String(specifier), parent)) to.lost();
    });
  };
  const options = [process.env.NODE_OPTIONS ?? '', ...process.execArgv].join(' ');
  for (const [, name] of options.matchAll(LOADER)) note(name, undefined);
  const { register } = loader;
  if (typeof register !== 'function') return;
  const watched: AnyFunction = function (...args) {
    const [specifier, parent] = args;
    note(specifier, parent);
    return Reflect.apply(register, this, args);
  };
  replace('childModuleLoader', loader, 'register', watched);
}

function isProjectsModule(specifier: string, parent: unknown): boolean {
  if (!/^(?:\.{0,2}\/|file:|#)/.test(specifier)) return false;
  const base =
    typeof parent === 'string' || parent instanceof URL
      ? String(parent)
      : pathToFileURL(process.cwd() + path.sep).href;
  const isFile = base.startsWith('file:') && !specifier.startsWith('#');
  return !isFile || packageFolder(fileURLToPath(new URL(specifier, base))) === null;
}

function watchRequire(tell: (work: () => void) => void, to: NodeLookupListener): void {
  const { _findPath: find, _resolveFilename: resolve } = loader;
  const watchedFind: typeof find = function (...args) {
    let found: unknown;
    // `finally` instead of `catch`: an error keeps the place where it was thrown only if nobody catches it on its
    // way.
    try {
      found = Reflect.apply(find, this, args);
      return found;
    } finally {
      const [request, folders] = args;
      tell(() => {
        tellRequire(
          to,
          String(request),
          Array.isArray(folders) ? folders.map(String) : [],
          typeof found === 'string' ? found : null,
          Object.keys(loader._extensions),
        );
      });
    }
  };
  const watchedResolve: typeof resolve = function (...args) {
    let isFound = false;
    try {
      const found = Reflect.apply(resolve, this, args);
      isFound = true;
      return found;
    } finally {
      if (!isFound) tell(() => tellOwn(to, args[0], args[1]));
    }
  };
  replace('childModuleLoader', loader, '_findPath', watchedFind);
  replace('childModuleLoader', loader, '_resolveFilename', watchedResolve);
}

/** A package may name its own modules with `#`, or by its own name. */
function tellOwn(to: NodeLookupListener, request: unknown, parent: unknown): void {
  const { filename } = (parent ?? {}) as { filename?: unknown };
  const folder = typeof filename === 'string' ? path.dirname(filename) : process.cwd();
  const scope = tellScope(to, folder);
  if (scope !== null && typeof request === 'string') tellOwnTargets(to, scope, request);
}

function tellImported(
  to: Sink & NodeLookupListener,
  specifier: string,
  parent: string | undefined,
  found: string | null,
): void {
  const folder =
    parent?.startsWith('file:') === true ? path.dirname(fileURLToPath(parent)) : process.cwd();
  tellImport(to, folder, specifier);
  // Node reports what a process loaded, but not what a thread loaded.
  if (!isMainThread && found?.startsWith('file:') === true) to.read(fileURLToPath(found));
}

/** The imports of a text that is in no file are found only in the text itself. */
export function reportUnseenImports(writer: ReportWriter): void {
  const { _eval: text } = process as { _eval?: unknown };
  if (typeof text === 'string') {
    if (text.includes('import')) writer.write('evaluated', process.cwd(), text);
  } else if (isMainThread && process.argv[1] === undefined) {
    // The text comes from standard input.
    if (process.execArgv.some((option) => option.endsWith('type=module'))) writer.write('lost', '');
  }
}
