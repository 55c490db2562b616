import childProcess from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import workerThreads from 'node:worker_threads';
import { importClosure } from '../dependencies/imports';
import { unobserved, unwatched } from './observer';

/**
 * Watches what tests run outside their own process: Node reports the files that a child loaded through
 * `NODE_V8_COVERAGE`, at the child's exit. A worker thread reports nothing, so what its script imports counts.
 */

/** Where children report; made when the first one starts. */
let reports: string | null = null;
let receive: ((file: string) => void) | null = null;
let installed = false;

/** Starts watching for one test file. */
export function watchChildren(loaded: (file: string) => void): void {
  receive = loaded;
  if (installed) return;
  installed = true;
  watchAsynchronous();
  for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const) watchSynchronous(name);
  watchThreads();
}

/** Reports the files that children loaded, and stops watching. */
export function collectChildren(): void {
  const loaded = receive;
  receive = null;
  const folder = reports;
  reports = null;
  if (folder === null || loaded === null) return;
  for (const name of listed(folder)) {
    for (const file of filesIn(path.join(folder, name))) loaded(file);
  }
  fs.rmSync(folder, { recursive: true, force: true });
}

function listed(folder: string): string[] {
  try {
    return unwatched.readdirSync(folder);
  } catch {
    return [];
  }
}

/** The scripts of one report. Source: Node's documentation of NODE_V8_COVERAGE. */
function filesIn(report: string): string[] {
  try {
    const { result } = JSON.parse(unwatched.readFileSync(report, 'utf8')) as {
      result: { url: string }[];
    };
    return result.flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []));
  } catch {
    // A child that was killed leaves half a report.
    return [];
  }
}

function reportFolder(): string {
  reports ??= unobserved(() => fs.mkdtempSync(path.join(os.tmpdir(), 'jest-testmon-children-')));
  return reports;
}

/** What a script imports counts even where the child is killed before it reports. */
function noteScripts(args: readonly unknown[]): void {
  const loaded = receive;
  if (loaded === null) return;
  unobserved(() => {
    const scripts = args
      .filter((arg): arg is string => typeof arg === 'string' && /\.[cm]?[jt]s$/.test(arg))
      .map((arg) => path.resolve(arg));
    for (const file of importClosure(scripts)) loaded(file);
  });
}

/** Every asynchronous form ends in `ChildProcess.prototype.spawn`. */
function watchAsynchronous(): void {
  const prototype = childProcess.ChildProcess.prototype as unknown as {
    spawn: (options: { envPairs?: string[]; args?: string[] }) => unknown;
  };
  const { spawn } = prototype;
  prototype.spawn = function (options) {
    if (
      receive !== null &&
      Array.isArray(options.envPairs) &&
      !options.envPairs.some((pair) => pair.startsWith('NODE_V8_COVERAGE='))
    ) {
      options.envPairs.push(`NODE_V8_COVERAGE=${reportFolder()}`);
      noteScripts(options.args ?? []);
    }
    return Reflect.apply(spawn, this, [options]);
  };
}

type Synchronous = (...args: unknown[]) => unknown;

function watchSynchronous(name: 'spawnSync' | 'execSync' | 'execFileSync'): void {
  const table = childProcess as unknown as Record<string, Synchronous>;
  const original = table[name];
  if (original === undefined) return;
  const watched: Synchronous = function (this: unknown, ...args) {
    if (receive === null) return Reflect.apply(original, this, args);
    const at = args.findIndex(
      (arg, index) => index > 0 && typeof arg === 'object' && arg !== null && !Array.isArray(arg),
    );
    const options = (at < 0 ? {} : args[at]) as { env?: NodeJS.ProcessEnv };
    const env = options.env ?? process.env;
    if (env.NODE_V8_COVERAGE !== undefined) return Reflect.apply(original, this, args);
    noteScripts(args.flat());
    const reporting = { ...options, env: { ...env, NODE_V8_COVERAGE: reportFolder() } };
    const given =
      at < 0 ? [...args, reporting] : args.map((arg, index) => (index === at ? reporting : arg));
    return Reflect.apply(original, this, given);
  };
  Object.defineProperty(watched, 'name', { value: name });
  table[name] = watched;
}

function watchThreads(): void {
  const table = workerThreads as { Worker: typeof workerThreads.Worker };
  table.Worker = new Proxy(table.Worker, {
    construct(Worker, args: unknown[], target) {
      const [script] = args;
      noteScripts([
        script instanceof URL && script.protocol === 'file:' ? fileURLToPath(script) : script,
      ]);
      return Reflect.construct(Worker, args, target) as object;
    },
  });
}
