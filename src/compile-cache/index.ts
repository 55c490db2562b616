/**
 * Caches what V8 compiles of Jest, of the project's compilers and of jest-testmon for the next process. In many
 * projects this saves more start-up time than recording costs.
 *
 * This module is built into a file of its own and loaded before all other code of jest-testmon, so that this code is
 * cached too.
 */
import Module from 'node:module';
import * as path from 'node:path';
import * as v8 from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import * as zlib from 'node:zlib';
import { compiledFolder } from '../machine/compiled';
import { CacheFile, openArchive, writeArchive } from './cache-file';
import { compileThrough } from './modules';

export { importsLater, mayImportLater } from './later-imports';

/** The compile cache of newer Node versions. Source: Node's documentation of `node:module`, "Module compile cache". */
interface CompileCacheApi {
  enableCompileCache?(folder: string): unknown;
  flushCompileCache?(): void;
}

const node = Module as unknown as CompileCacheApi;

/** Writes the cache now if this process is a worker. Jest does not wait long for a worker that it has told to exit. */
export function flushInWorker(): void {
  if (isWorker()) flush();
}

/** Whether Jest runs test files in this process or thread. */
function isWorker(): boolean {
  const isChild = process.send !== undefined && process.env['JEST_WORKER_ID'] !== undefined;
  return isChild || !isMainThread;
}

function start(folder: string): () => void {
  if (node.enableCompileCache !== undefined) {
    node.enableCompileCache(folder);
    return () => node.flushCompileCache?.();
  }
  // `zlib.crc32` was added in Node 20.15.
  const { crc32: checksum } = zlib;
  if (checksum === undefined) return () => undefined;
  const name = [process.version, process.arch, v8.cachedDataVersionTag().toString(16)].join('-');
  const file = path.join(folder, name);
  const archive = openArchive(file, checksum);
  // The first process only creates an empty archive. In a place where no second process starts, such as a CI
  // container, writing the cached data would be wasted time.
  if (archive === null) return once(() => writeArchive(file, new Map(), checksum));
  const cache = new CacheFile(file, archive, checksum);
  compileThrough(cache, checksum);
  return () => cache.flush();
}

/** The folder that holds the installed packages. Each such folder has its own cache. */
function installation(): string {
  const own = path.resolve(__dirname, '../..');
  const packages = path.dirname(own);
  return path.basename(packages) === 'node_modules' ? packages : own;
}

/**
 * Whether compiled code may be reused between processes.
 *
 * With `NODE_V8_COVERAGE`, cached functions have coarser coverage. With source maps enabled, Node reads a module's
 * source map while compiling it.
 */
export function keepsCompiled(): boolean {
  const { NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE, TESTMON } = process.env;
  return !(
    Boolean(NODE_DISABLE_COMPILE_CACHE) ||
    Boolean(NODE_V8_COVERAGE) ||
    (process as { sourceMapsEnabled?: boolean }).sourceMapsEnabled === true ||
    /^(?:0|false|no|off)$/i.test(TESTMON ?? '') ||
    process.argv.includes('--no-testmon')
  );
}

function startCache(): () => void {
  try {
    const folder = keepsCompiled() ? compiledFolder(installation()) : null;
    if (folder !== null) return ignoringErrors(start(folder));
  } catch {
    // Caching only saves time, so the process goes on without it.
  }
  return () => undefined;
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

function ignoringErrors(work: () => void): () => void {
  return () => {
    try {
      work();
    } catch {
      // Only the cache is lost.
    }
  };
}

const flush = startCache();
if (!isWorker()) process.once('exit', flush);
