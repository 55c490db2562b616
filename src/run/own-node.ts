import { createRequire } from 'node:module';

/**
 * Copies of Node's modules from before any test ran. Tests share Node's module objects with us: a spy on `path.join`
 * would count our calls, and a mock of `crypto.createHash` would answer them. The build makes all of our code import
 * Node's modules from here, except for the code that patches them (see `scripts/build.mjs`).
 */

type Table = Record<string, unknown>;

const load = createRequire(__filename);

/** These are copied now, because a test may run before the first import of one of them. */
const SHARED = ['fs', 'path', 'os', 'url', 'util', 'util/types', 'crypto', 'zlib', 'child_process'];

/** Copies a module's properties with their present values. Getters stay getters. */
function copyOf(module: Table): Table {
  const copy: Table = {};
  for (const name of Object.keys(module)) {
    const descriptor = Object.getOwnPropertyDescriptor(module, name);
    if (descriptor === undefined) continue;
    if ('value' in descriptor) copy[name] = descriptor.value;
    else
      Object.defineProperty(copy, name, {
        get: () => module[name],
        enumerable: true,
        configurable: true,
      });
  }
  return copy;
}

const modules = new Map(SHARED.map((name) => [name, copyOf(load(`node:${name}`) as Table)]));
const fs = modules.get('fs') as unknown as typeof import('node:fs');
const path = modules.get('path') as unknown as typeof import('node:path');
const allocUnsafeSlow = Buffer.allocUnsafeSlow.bind(Buffer);
const from = Buffer.from.bind(Buffer);
const { O_RDONLY, O_NONBLOCK } = fs.constants;

/** A file that reports no size is read up to this number of bytes, because some files in /proc never end. */
const MAX_UNSIZED_BYTES = 64 * 2 ** 20;
const CHUNK_BYTES = 64 * 2 ** 10;

/**
 * Reads a regular file. Anything else is an error, because reading a pipe, a socket or a device could block forever.
 *
 * Node's own `readFileSync` is not used: it calls other functions of `fs` that a test may have replaced.
 * @throws {Error} Node's errors; `EFTYPE` if the path is not a regular file.
 */
function readFileSync(
  file: string | number,
  options?: string | { encoding?: string | null } | null,
): unknown {
  const content = typeof file === 'number' ? readOpen(file, `descriptor ${file}`) : readPath(file);
  const encoding = typeof options === 'string' ? options : options?.encoding;
  return encoding == null ? content : content.toString(encoding as BufferEncoding);
}

function readPath(file: string): Buffer {
  if (!fs.statSync(file).isFile()) throw notRegular(file);
  // `O_NONBLOCK`, as a pipe may have replaced the file since the check.
  const descriptor = fs.openSync(file, O_RDONLY | O_NONBLOCK);
  try {
    return readOpen(descriptor, file);
  } finally {
    fs.closeSync(descriptor);
  }
}

function readOpen(descriptor: number, file: string): Buffer {
  const stats = fs.fstatSync(descriptor);
  if (!stats.isFile()) throw notRegular(file);
  return stats.size > 0 ? readSized(descriptor, stats.size, file) : readUnsized(descriptor, file);
}

function readSized(descriptor: number, size: number, file: string): Buffer {
  if (size > 2 ** 31 - 1)
    throw unreadable('ERR_FS_FILE_TOO_LARGE', `the file is too large: ${file}`);
  const content = allocUnsafeSlow(size);
  let at = 0;
  while (at < size) {
    const count = fs.readSync(descriptor, content, at, size - at, null);
    if (count === 0) break;
    at += count;
  }
  return at === size ? content : content.subarray(0, at);
}

/** Reads a file that reports size zero, as files in /proc do. */
function readUnsized(descriptor: number, file: string): Buffer {
  let content = allocUnsafeSlow(0);
  for (;;) {
    const chunk = allocUnsafeSlow(CHUNK_BYTES);
    const count = fs.readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
    if (count === 0) return content;
    const longer = allocUnsafeSlow(content.length + count);
    longer.set(content);
    longer.set(chunk.subarray(0, count), content.length);
    content = longer;
    if (content.length > MAX_UNSIZED_BYTES)
      throw unreadable('ERR_FS_FILE_TOO_LARGE', `no end was found: ${file}`);
  }
}

function notRegular(file: string): Error {
  return unreadable('EFTYPE', `not a regular file: ${file}`);
}

function unreadable(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

/** Node's own `writeFileSync` calls other functions of `fs` that a test may have replaced. */
function writeFileSync(
  file: string | number,
  data: string | Uint8Array,
  options?: string | { mode?: number; flag?: string; encoding?: string | null } | null,
): void {
  const { mode, flag, encoding } =
    typeof options === 'string' ? { encoding: options } : { encoding: null, ...options };
  const bytes =
    typeof data === 'string' ? from(data, (encoding ?? 'utf8') as BufferEncoding) : data;
  const descriptor = typeof file === 'number' ? file : fs.openSync(file, flag ?? 'w', mode);
  try {
    let at = 0;
    while (at < bytes.length) at += fs.writeSync(descriptor, bytes, at, bytes.length - at, null);
  } finally {
    if (descriptor !== file) fs.closeSync(descriptor);
  }
}

function appendFileSync(
  file: string | number,
  data: string | Uint8Array,
  options: { mode?: number } = {},
): void {
  writeFileSync(file, data, { ...options, flag: 'a' });
}

/**
 * Node's own `join` and `relative` call `normalize` and `resolve` on the module object, where a test may have
 * replaced them.
 */
function join(...parts: string[]): string {
  const joined = parts.filter((part) => part !== '').join('/');
  return joined === '' ? '.' : path.normalize(joined);
}

function relative(from: string, to: string): string {
  const start = path.resolve(from);
  const end = path.resolve(to);
  if (start === end) return '';
  const above = start === '/' ? [] : start.slice(1).split('/');
  const below = end === '/' ? [] : end.slice(1).split('/');
  let common = 0;
  while (common < above.length && common < below.length && above[common] === below[common])
    common += 1;
  return [...above.slice(common).map(() => '..'), ...below.slice(common)].join('/');
}

Object.assign(fs, { readFileSync, writeFileSync, appendFileSync });
if (path.sep === '/') {
  Object.assign(path, { join, relative });
  Object.defineProperty(path, 'posix', { value: path });
}

/** The functions that packages for source maps call when an error's stack is first read. */
const FOR_STACK_TRACES: Record<string, readonly string[]> = {
  fs: [
    'readFileSync',
    'existsSync',
    'statSync',
    'realpathSync',
    'openSync',
    'closeSync',
    'readSync',
    'fstatSync',
    'lstatSync',
  ],
  path: [
    'resolve',
    'dirname',
    'basename',
    'join',
    'normalize',
    'isAbsolute',
    'relative',
    'extname',
  ],
  url: ['fileURLToPath', 'pathToFileURL'],
};

/** What Jest calls to transform a file and to keep the output. */
const FOR_TRANSFORMS: Record<string, readonly string[]> = {
  ...FOR_STACK_TRACES,
  fs: [
    ...(FOR_STACK_TRACES['fs'] ?? []),
    ...['mkdirSync', 'writeFileSync', 'writeSync', 'fsyncSync', 'renameSync', 'unlinkSync'],
    ...['chmodSync', 'chownSync', 'readdirSync'],
  ],
  crypto: ['createHash'],
};

type Originals = ReadonlyMap<Table, readonly [name: string, value: unknown][]>;

function originalsOf(functions: Record<string, readonly string[]>): Originals {
  return new Map(
    Object.entries(functions).map(([name, keys]) => {
      const module = load(`node:${name}`) as Table;
      return [module, keys.map((key): [string, unknown] => [key, module[key]])];
    }),
  );
}

const ORIGINALS = {
  stackTraces: originalsOf(FOR_STACK_TRACES),
  transforms: originalsOf(FOR_TRANSFORMS),
};

/**
 * Runs a function with Node's original functions in place of a test's spies and mocks.
 *
 * Needed where we read an error's stack earlier than the test would: the packages that map it to the sources then
 * call functions that a spy would count or a mock would answer.
 */
export function withOriginals<T>(work: () => T, needs: keyof typeof ORIGINALS = 'stackTraces'): T {
  const replaced: [Table, string, unknown][] = [];
  for (const [module, functions] of ORIGINALS[needs]) {
    for (const [name, value] of functions) {
      const current = Object.getOwnPropertyDescriptor(module, name);
      if (current?.writable !== true || current.value === value) continue;
      replaced.push([module, name, current.value]);
      module[name] = value;
    }
  }
  try {
    return work();
  } finally {
    for (const [module, name, value] of replaced) module[name] = value;
  }
}

/** `fs` for those of our modules that also need the object that tests use. */
export { fs as ownFs };

/**
 * Returns our copy of a Node module, or the module itself if there is no copy.
 * @param name The name with the prefix `node:`.
 */
export function own(name: string): unknown {
  return modules.get(name.slice('node:'.length)) ?? load(name);
}
