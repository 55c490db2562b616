/**
 * Keeps what V8 compiles of Jest, of the project's compilers and of ourselves for the next process: each starts faster by
 * more than recording costs in many a suite. Nothing here is loaded with the rest of our code, which profits as well.
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

/** Newer versions of Node do it themselves. Source: `node:module`, compile cache. */
interface CompileCacheApi {
  enableCompileCache?(folder: string): unknown;
  flushCompileCache?(): void;
}

const node = Module as unknown as CompileCacheApi;

/** In a worker, keeps what had to be compiled up to now: once it is told to end, Jest does not wait long for it. */
export function flushInWorker(): void {
  if (isWorker()) flush();
}

/** A process or a thread that Jest runs test files in. */
function isWorker(): boolean {
  const isChild = process.send !== undefined && process.env['JEST_WORKER_ID'] !== undefined;
  return isChild || !isMainThread;
}

function start(folder: string): () => void {
  if (node.enableCompileCache !== undefined) {
    node.enableCompileCache(folder);
    return () => node.flushCompileCache?.();
  }
  // It came with a later Node 20.
  const { crc32: checksum } = zlib;
  if (checksum === undefined) return () => undefined;
  const name = [process.version, process.arch, v8.cachedDataVersionTag().toString(16)].join('-');
  const file = path.join(folder, name);
  const archive = openArchive(file, checksum);
  // The first time only a mark is left: where nobody comes back to, keeping anything would be for nothing.
  if (archive === null) return once(() => writeArchive(file, new Map(), checksum));
  const cache = new CacheFile(file, archive, checksum);
  compileThrough(cache, checksum);
  return () => cache.flush();
}

/** The folder that the packages are installed in whose code is kept. */
function installation(): string {
  const own = path.resolve(__dirname, '../..');
  const packages = path.dirname(own);
  return path.basename(packages) === 'node_modules' ? packages : own;
}

/**
 * Whether what V8 compiles may be used again. Coverage of what runs outside of tests is coarser with code that was compiled
 * before, and Node reads the source maps of modules as it compiles them.
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

function startOrNot(): () => void {
  try {
    const folder = keepsCompiled() ? compiledFolder(installation()) : null;
    if (folder !== null) return quietly(start(folder));
  } catch {
    // Everything works without.
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

function quietly(work: () => void): () => void {
  return () => {
    try {
      work();
    } catch {
      // Everything works without.
    }
  };
}

const flush = startOrNot();
if (!isWorker()) process.once('exit', flush);
