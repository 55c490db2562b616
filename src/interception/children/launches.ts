import childProcess from 'node:child_process';
import { fileURLToPath } from 'node:url';
import workerThreads from 'node:worker_threads';
import { isFile } from '../../dependencies/files/stats';
import { withoutOurFrames } from '../../run/own-frames';
import { withoutOurs } from '../../run/run-variables';
import {
  CHILD_VARIABLE,
  childVariables,
  coverageVariable,
  HOOK,
  HOOK_IS_ARCHIVED,
  takesHook,
  type ChildHandover,
} from '../child/handover';
import { noteCommand } from '../commands/commands';
import type { NamedInCommand } from '../commands/named-in-command';
import type { AnyFunction } from '../files/file-system';
import { noteServiceInput, watchService, type ServiceWatch } from './services';
import { define, replace } from '../patched';
import { cloneable } from '../variables/cloned-variables';

/** Receives what child processes and worker threads are started with, and decides what they are given. */
export interface LaunchWatch extends NamedInCommand, ServiceWatch {
  /** The variables that a child gets. If none are given, those of the process. */
  variables(given: NodeJS.ProcessEnv | undefined): NodeJS.ProcessEnv;
  /** Null if nobody watches. */
  handover(): ChildHandover | null;
  /**
   * Whether this is the Jest process that runs the tests. Its children must not get the variables that describe the
   * run.
   */
  isWorker?: boolean;
  /** A child ended, or a thread was started. */
  ended?(): void;
}

/** Watches all ways to start a child process or a worker thread. Call it once per process or thread. */
export function watchLaunches(watch: LaunchWatch): void {
  watchAsynchronous(watch);
  for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const)
    watchSynchronous(watch, name);
  watchThreads(watch);
}

interface SpawnOptions {
  file?: string;
  args?: string[];
  envPairs?: string[];
  /** `exec` and `execFile` write null where none is given. */
  cwd?: string | URL | null;
  shell?: boolean | string;
  /** What a synchronous child reads from its standard input. */
  input?: unknown;
  uid?: number;
  gid?: number;
}

/** The part of Node's child process that is used here. */
interface Child {
  stdin?: { write: AnyFunction } | null;
  _handle?: { onexit?: AnyFunction };
}

/** Every asynchronous form calls `ChildProcess.prototype.spawn`. */
function watchAsynchronous(watch: LaunchWatch): void {
  const prototype = childProcess.ChildProcess.prototype as unknown as {
    spawn: (this: Child, options: SpawnOptions) => unknown;
  };
  const { spawn } = prototype;
  const watched: typeof spawn = function (options) {
    const handover = watch.handover();
    const { envPairs, file = '', args = [] } = options;
    if (handover !== null && Array.isArray(envPairs)) {
      const inherited = Object.fromEntries(envPairs.map(splitPair));
      const env = watch.isWorker === true ? withoutOurs(inherited) : inherited;
      const added = additions(file, args, env, options, handover);
      options.envPairs = [
        ...(env === inherited ? envPairs : pairsOf(env)).filter(
          (pair) => !Object.hasOwn(added, splitPair(pair)[0]),
        ),
        ...pairsOf(added),
      ];
      const started = { cwd: options.cwd, env, workspace: handover.workspace };
      const hooked = takesHook(file, args, env, options);
      noteCommand([file, ...args.slice(1)], { ...started, hooked }, watch);
      whenEnded(this, watch);
    }
    const result = Reflect.apply(spawn, this, [options]);
    if (handover !== null)
      watchService({ command: [file, ...args.slice(1)], cwd: options.cwd }, this.stdin, watch);
    return result;
  };
  replace('spawn', prototype, 'spawn', watched);
}

/** Not a listener: the code could count it, or remove it with all the others. */
function whenEnded({ _handle: handle }: Child, watch: LaunchWatch): void {
  const { onexit } = handle ?? {};
  if (handle === undefined || typeof onexit !== 'function' || watch.ended === undefined) return;
  // Node reads the function just before it calls it. So none of our frames are on the stack of what it does.
  define('childHandle', handle, 'onexit', {
    get: () => {
      try {
        watch.ended?.();
      } catch {
        // What could not be read is read again at the end.
      }
      return onexit;
    },
    configurable: true,
    enumerable: true,
  });
}

function pairsOf(variables: NodeJS.ProcessEnv): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=', 1);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** The variables that a child gets in addition. */
function additions(
  file: string,
  args: readonly unknown[],
  env: NodeJS.ProcessEnv,
  options: { uid?: unknown; gid?: unknown },
  handover: ChildHandover,
): Record<string, string> {
  return takesHook(file, args, env, options)
    ? childVariables(env, handover)
    : coverageVariable(env, handover);
}

function watchSynchronous(
  watch: LaunchWatch,
  name: 'spawnSync' | 'execSync' | 'execFileSync',
): void {
  const table = childProcess as unknown as Record<string, AnyFunction>;
  const original = table[name];
  if (original === undefined) return;
  const watched: AnyFunction = function (...args) {
    const handover = watch.handover();
    if (handover === null) return Reflect.apply(original, this, args);
    const at = args.findIndex(
      (arg, index) => index > 0 && typeof arg === 'object' && arg !== null && !Array.isArray(arg),
    );
    const options = (at < 0 ? {} : args[at]) as SpawnOptions & { env?: NodeJS.ProcessEnv };
    const inherited = watch.variables(options.env);
    const env = watch.isWorker === true ? withoutOurs(inherited) : inherited;
    const command = args.filter((_, index) => index !== at).flat();
    const added = additions(String(command[0]), command, env, options, handover);
    const hooked = takesHook(String(command[0]), command, env, options);
    const { cwd, input } = options;
    const started = { cwd, env, workspace: handover.workspace, hooked, input: textOf(input) };
    noteCommand(asText(command, options.shell), started, watch);
    noteServiceInput({ command, cwd: options.cwd }, options.input, watch);
    const reporting = { ...options, env: { ...env, ...added } };
    const given =
      at < 0 ? [...args, reporting] : args.map((arg, index) => (index === at ? reporting : arg));
    try {
      return Reflect.apply(original, this, given);
    } catch (error) {
      throw watch.unobserved(() => withoutOurFrames(error));
    } finally {
      watch.ended?.();
    }
  };
  Object.defineProperty(watched, 'name', { value: name });
  replace('spawnSync', table, name, watched);
}

/** What a child is given on its standard input, as a text. Null if it is given none. */
function textOf(input: unknown): string | null {
  if (typeof input === 'string') return input;
  return ArrayBuffer.isView(input)
    ? Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString()
    : null;
}

/** A shell is given the program and its arguments as one text. */
function asText(command: readonly unknown[], shell: boolean | string | undefined): unknown[] {
  if (shell === undefined || shell === false) return [...command];
  const text = command.map(String).join(' ');
  return typeof shell === 'string' ? [shell, '-c', text] : [text];
}

function watchThreads(watch: LaunchWatch): void {
  const watched = new Proxy(workerThreads.Worker, {
    construct(Worker, args: unknown[], target) {
      const start = (given: unknown[]): object => {
        try {
          return Reflect.construct(Worker, given, target) as object;
        } catch (error) {
          throw watch.unobserved(() => withoutOurFrames(error));
        }
      };
      const handover = watch.handover();
      if (handover === null) return start(args);
      const [script, options = {}] = args as [unknown, workerThreads.WorkerOptions?];
      const file =
        script instanceof URL && script.protocol === 'file:' ? fileURLToPath(script) : script;
      const hooks = Array.isArray(options.execArgv ?? []) && !HOOK_IS_ARCHIVED;
      const runs = hooks && typeof file === 'string' && watch.unobserved(() => isFile(file));
      // Nothing is looked up by variables.
      const started = { env: {}, workspace: handover.workspace, hooked: hooks };
      noteCommand(runs ? ['node', file] : [file], started, watch, runs);
      const own = watch.isWorker === true ? withOwnVariables(options) : withPlainData(options);
      return (
        startHooked(start, script, own, handover) ?? start(own === options ? args : [script, own])
      );
    },
  });
  replace('threads', workerThreads, 'Worker', watched);
}

/** Our variables of a child cannot be cloned. */
function withPlainData(options: workerThreads.WorkerOptions): workerThreads.WorkerOptions {
  const workerData: unknown = cloneable<unknown>(options.workerData);
  return workerData === options.workerData ? options : { ...options, workerData };
}

/** A thread gets a copy of the process's variables, which may contain ours. */
function withOwnVariables(options: workerThreads.WorkerOptions): workerThreads.WorkerOptions {
  if (options.env != null) return options;
  const env = withoutOurs(process.env);
  return env === process.env ? options : { ...options, env };
}

/** @returns Null if the thread cannot load the hook. */
function startHooked(
  start: (args: unknown[]) => object,
  script: unknown,
  options: workerThreads.WorkerOptions,
  handover: ChildHandover,
): object | null {
  const execArgv = options.execArgv ?? process.execArgv;
  if (!Array.isArray(execArgv) || HOOK_IS_ARCHIVED) return null;
  const hooked = (inherited: readonly string[]) =>
    start([script, { ...options, execArgv: [...inherited, '--require', HOOK] }]);
  workerThreads.setEnvironmentData(CHILD_VARIABLE, {
    ...handover,
    execArgv,
  });
  try {
    return hooked(execArgv);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error;
    if (options.execArgv !== undefined) return null;
    // A thread inherits options of the whole process, but some of them must not be passed to it.
    const { message } = error as Error;
    try {
      return hooked(execArgv.filter((option) => !message.includes(option)));
    } catch {
      // The thread cannot load the hook. It starts without one, and its script counts as read.
      return null;
    }
  } finally {
    workerThreads.setEnvironmentData(CHILD_VARIABLE, undefined);
  }
}
