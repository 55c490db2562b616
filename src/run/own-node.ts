import { createRequire } from 'node:module';

/**
 * Node's modules as they were before any test ran. Tests share these objects with us: a spy on `path.join` would count
 * our calls, and a mock of `crypto.createHash` would answer us. The build lets all of our code take Node's modules from
 * here, but for what puts a watch on them (see `scripts/build.mjs`).
 */

type Table = Record<string, unknown>;

const load = createRequire(__filename);

/** Loaded now, as a test may come before whoever asks. */
const SHARED = ['fs', 'path', 'os', 'url', 'util', 'util/types', 'crypto', 'zlib', 'child_process'];

/** What a module gives, as it is now. What it gives through a getter stays its own. */
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

/** No more is read of what does not say its size, in bytes: some files of /proc never end. */
const MAX_UNSIZED_BYTES = 64 * 2 ** 20;
const CHUNK_BYTES = 64 * 2 ** 10;

/**
 * The content of a regular file. Nothing else has one: a pipe, a socket or a device could be waited for for ever.
 * Node's own function calls others that tests may have replaced.
 * @throws What Node throws, or that it is no regular file.
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
  // What was put in its place since must not be waited for either.
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

/** Files of /proc say that they are empty. */
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

/** Node's function opens, writes and closes the file by others that tests may have replaced. */
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

/** Node's own `join` calls `normalize` where tests find it, and `relative` calls `resolve`. */
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

/** What maps a stack trace to the sources calls; more than one package does. */
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

const original = new Map(
  Object.entries(FOR_STACK_TRACES).map(([name, functions]) => {
    const module = load(`node:${name}`) as Table;
    return [module, functions.map((key): [string, unknown] => [key, module[key]])];
  }),
);

/** Runs what formats a stack trace earlier than it would be without us: no test's spy counts that, and no mock answers. */
export function withOriginals<T>(work: () => T): T {
  const replaced: [Table, string, unknown][] = [];
  for (const [module, functions] of original) {
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

/** `fs` for those of our modules that also see the one that tests get. */
export { fs as ownFs };

/** A module of Node's for our own use, by its name with `node:`. */
export function own(name: string): unknown {
  return modules.get(name.slice('node:'.length)) ?? load(name);
}
