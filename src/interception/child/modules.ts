import Module from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import {
  tellImport,
  tellOwnTargets,
  tellRequire,
  tellScope,
  type NodeLookupListener,
} from '../../dependencies/resolution/node-lookups';
import type { AnyFunction } from '../files/file-system';
import { replace } from '../patched';
import type { Sink, Watch } from '../sink';
import type { ReportWriter } from './report-writer';

/** What Node's own loader calls as it finds modules, for `require` and for CommonJS entries. */
interface Loader {
  _findPath: AnyFunction;
  _resolveFilename: AnyFunction;
  _extensions: Record<string, unknown>;
  /** Node 22.15 and later. */
  registerHooks?: (hooks: { resolve: ResolveHook }) => unknown;
}

type ResolveHook = (
  specifier: string,
  context: { parentURL?: string; conditions?: readonly string[] },
  next: (specifier: string, context: unknown) => { url: string },
) => { url: string };

const loader = Module as unknown as Loader;

/** Whether this version of Node tells which modules are imported. Elsewhere the worker reads it in their sources. */
export const SEES_IMPORTS = typeof loader.registerHooks === 'function';

/** Reports where modules were looked for before they were found, or in vain. */
export function watchModules(watch: Watch, to: Sink & NodeLookupListener): void {
  const tell = (work: () => void): void => {
    if (watch.sink() === null) return;
    try {
      watch.unobserved(work);
    } catch {
      // The child of a test must go on: that something was missed is reported instead.
      to.lost();
    }
  };
  watchRequire(tell, to);
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

function watchRequire(tell: (work: () => void) => void, to: NodeLookupListener): void {
  const { _findPath: find, _resolveFilename: resolve } = loader;
  const watchedFind: typeof find = function (...args) {
    let found: unknown;
    // An error keeps the place at which it was thrown only where nobody catches it on its way.
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

/** A package may call its own modules by `#` names, or by its own name. */
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
  // Node reports what a process has loaded, but not what a thread has.
  if (!isMainThread && found?.startsWith('file:') === true) to.read(fileURLToPath(found));
}

/** What is imported by a text that is in no file is seen by the text alone. */
export function reportUnseenImports(writer: ReportWriter): void {
  const { _eval: text } = process as { _eval?: unknown };
  if (typeof text === 'string') {
    if (text.includes('import')) writer.write('evaluated', process.cwd(), text);
  } else if (isMainThread && process.argv[1] === undefined) {
    // Such a text comes from standard input.
    if (process.execArgv.some((option) => option.endsWith('type=module'))) writer.write('lost', '');
  }
}
