import fs from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { inspect } from 'node:util';
import { isPromise } from 'node:util/types';
import { linksOfSteps } from './entries';
import { globs } from './globs';
import { asPath, findsManifest, follows, OPERATIONS, type Report } from './operations';
import { replace, type FunctionTable, type PatchedGroup } from '../patched';
import type { Sink, Watch } from '../sink';

/** Any function whose arguments are passed on unchanged. */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
/** Converts an error that a watched function throws. Without it, errors are not touched. */
type OnError = (error: unknown) => unknown;

/** Replaces the functions of `fs` by ones that report what they are about to do. Call it once per process or thread. */
export function watchFs(watch: Watch, onError?: OnError): void {
  const table = fs as unknown as FunctionTable;
  const promises = fs.promises as unknown as FunctionTable;
  for (const [name, report] of Object.entries(OPERATIONS)) {
    watchOne(watch, 'fs', table, name, report, onError);
    watchOne(watch, 'fs', table, `${name}Sync`, report, onError);
    watchOne(watch, 'fs.promises', promises, name, report, onError);
  }
  for (const realpath of [fs.realpath, fs.realpathSync])
    watchOne(
      watch,
      'fs.realpath',
      realpath as unknown as FunctionTable,
      'native',
      follows,
      onError,
    );
  // Node reads the file of variables itself. `loadEnvFile` exists since Node 20.12.
  const own = process as unknown as FunctionTable;
  watchOne(
    watch,
    'process',
    own,
    'loadEnvFile',
    (to, file) => to.read(file),
    onError,
    ([file]) => asPath(file ?? '.env'),
  );
  // Loads native addons.
  watchOne(
    watch,
    'process',
    own,
    'dlopen',
    (to, file) => to.read(file),
    onError,
    ([, file]) => asPath(file),
  );
  watchOne(watch, 'process', own, 'chdir', (to, folder) => to.looked(folder), onError);
  const workingFolder = (): string => process.cwd();
  watchOne(watch, 'fs', table, 'glob', globs, onError, workingFolder);
  watchOne(watch, 'fs', table, 'globSync', globs, onError, workingFolder);
  watchOne(watch, 'fs.promises', promises, 'glob', globs, onError, workingFolder);
  const modules = Module as unknown as FunctionTable;
  watchOne(watch, 'Module', modules, 'findPackageJSON', findsManifest, onError, workingFolder);
  // The name of a temporary folder is known only afterwards.
  watchResult(watch, 'fs', table, 'mkdtempSync', onError);
  watchResult(watch, 'fs', table, 'mkdtemp', onError);
  watchResult(watch, 'fs.promises', promises, 'mkdtemp', onError);
  watchResult(watch, 'fs', table, 'mkdtempDisposableSync', onError);
  watchResult(watch, 'fs.promises', promises, 'mkdtempDisposable', onError);
}

/**
 * Replaces one function by one that reports first. Names, lengths and own properties stay the same.
 * @param pathOf Finds the path among the arguments.
 */
function watchOne(
  watch: Watch,
  group: PatchedGroup,
  table: FunctionTable,
  name: string,
  report: Report,
  onError: OnError | undefined,
  pathOf: (args: readonly unknown[]) => string | null = ([first]) => asPath(first),
): void {
  const original = table[name];
  if (typeof original !== 'function') return;
  const call = original as AnyFunction;
  const isSynchronous = name.endsWith('Sync');
  const tell = (args: readonly unknown[]): void => {
    const to = watch.sink();
    if (to === null) return;
    try {
      const file = pathOf(args);
      // Our own look at the file must not be reported.
      if (file === null) return;
      watch.unobserved(() => {
        if (typeof args[0] === 'string') linksOfSteps(args[0]).forEach((link) => to.followed(link));
        report(to, file, args);
      });
    } catch (error) {
      // For example, the working folder was removed, so a relative path means nothing.
      watch.failed?.(error, name);
      to.lost();
    }
  };
  const watched: AnyFunction = function (...args) {
    tell(args);
    if (!isSynchronous) return Reflect.apply(call, this, args);
    // Node's synchronous functions call one another. Only the outermost call is made by the code under test.
    watch.suspend();
    try {
      return Reflect.apply(call, this, args);
    } finally {
      watch.resume();
    }
  };
  const mending: AnyFunction = function (...args) {
    // Most calls are made by the tool chain.
    if (watch.sink() === null) return Reflect.apply(call, this, args);
    try {
      const result = Reflect.apply(watched, this, args);
      return isPromise(result) && isRefused(result, args)
        ? result.catch((error: unknown) => {
            throw stripOwnFrames(watch, onError, error);
          })
        : result;
    } catch (error) {
      throw stripOwnFrames(watch, onError, error);
    }
  };
  // Without `onError` the error must not be thrown again: Node shows where an uncaught error was last thrown.
  const replacement = onError === undefined ? watched : mending;
  replace(group, table, name, mimicFunction(replacement, call));
}

function watchResult(
  watch: Watch,
  group: PatchedGroup,
  table: FunctionTable,
  name: string,
  onError: OnError | undefined,
): void {
  const original = table[name];
  if (typeof original !== 'function') return;
  const call = original as AnyFunction;
  const watched: AnyFunction = function (...args) {
    const to = watch.sink();
    const callback = args.at(-1);
    if (to !== null && typeof callback === 'function') {
      args[args.length - 1] = function (this: unknown, error: unknown, folder: unknown) {
        noteMade(to, folder);
        return Reflect.apply(callback as AnyFunction, this, [error, folder]);
      };
    }
    let result: unknown;
    try {
      result = Reflect.apply(call, this, args);
    } catch (error) {
      throw stripOwnFrames(watch, onError, error);
    }
    if (to !== null) {
      if (!(result instanceof Promise)) noteMade(to, result);
      else {
        return result.then(
          (folder: unknown) => {
            noteMade(to, folder);
            return folder;
          },
          (error: unknown) => {
            throw stripOwnFrames(watch, onError, error);
          },
        );
      }
    }
    return result;
  };
  replace(group, table, name, mimicFunction(watched, call));
}

/** Notes a temporary folder. It is given as a path, or as a disposable object with that path. */
function noteMade(to: Sink, made: unknown): void {
  const folder = typeof made === 'object' && made !== null && 'path' in made ? made.path : made;
  if (typeof folder === 'string') to.wrote(path.resolve(folder));
}

/**
 * Whether an operation was refused because of its arguments. Only then does the error contain a frame of
 * jest-testmon. Other promises are returned as they are: waiting for one through another promise would lose the
 * frames that wait for it.
 */
function isRefused(result: Promise<unknown>, [first, ...others]: readonly unknown[]): boolean {
  const isHandle = typeof first === 'object' && first !== null && 'fd' in first;
  if (!isHandle && asPath(first)?.includes('\0') !== false) return true;
  return others.some(opensWrongly) || /^Promise \{\s+<rejected>/.test(inspect(result));
}

/** The flags that a file can be opened with. Source: Node's documentation, "File system flags". */
const FLAGS = /^(?:rs?|sr|[wa]x?|x[wa]|as|sa)\+?$/;

/** Whether the options make opening the file fail, which happens inside the operation. */
function opensWrongly(options: unknown): boolean {
  const { flag, mode } = (typeof options === 'object' && options !== null ? options : {}) as {
    flag?: unknown;
    mode?: unknown;
  };
  return !isOption(flag, FLAGS) || !isOption(mode, /^[0-7]+$/);
}

/** Whether an option is missing, a number, or a text that matches. */
function isOption(value: unknown, form: RegExp): boolean {
  return typeof value === 'string' ? form.test(value) : value == null || Number.isInteger(value);
}

/** The error to throw in place of one that passed through a watched function. */
function stripOwnFrames(watch: Watch, onError: OnError | undefined, error: unknown): unknown {
  return onError === undefined ? error : watch.unobserved(() => onError(error));
}

/** Makes a replacement look like the original. */
export function mimicFunction(watched: AnyFunction, original: AnyFunction): AnyFunction {
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined && key !== 'prototype')
      Object.defineProperty(watched, key, descriptor);
  }
  return watched;
}
