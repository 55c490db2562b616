import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { calledForStackTrace, calledForSuggestions } from '../callers';
import { tellImport, tellScope } from '../../dependencies/resolution/node-lookups';
import type { Sink } from '../sink';

/** Tells a sink what a call is about to do. `file` is the first argument of the call, as a path. */
export type Report = (to: Sink, file: string, args: readonly unknown[]) => void;
const PROGRAM = /\.[cm]?[jt]sx?(\.map)?$/;

const reads: Report = (to, file) => {
  if (!PROGRAM.test(file) || !calledForStackTrace()) to.read(file);
};
const readsContent: Report = (to, file) => {
  if (!PROGRAM.test(file) || !calledForStackTrace()) to.read(file, true);
};
const looks: Report = (to, file) => {
  if (!PROGRAM.test(file) || !calledForStackTrace()) to.looked(file);
};
/** The answer has the size, the times and the permissions of a file. */
const readsStats: Report = (to, file) => {
  if (PROGRAM.test(file) && calledForStackTrace()) return;
  to.read(file);
  to.looked(file, true);
};
/** Whether a file may be read, written or executed. */
const asksAccess: Report = (to, file, args) => {
  looks(to, file, args);
  if (typeof args[1] === 'number' && args[1] !== fs.constants.F_OK) to.looked(file, true);
};
/** The code asks where a path leads. */
export const follows: Report = (to, file) => to.followed(file);
/** Even the answer about the link itself depends on where it leads. */
const looksAtLink: Report = (to, file, args) => {
  readsStats(to, file, args);
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true) to.followed(file);
};
const lists: Report = (to, file, args) => {
  if (calledForSuggestions()) return;
  // A recursive listing is one listing for each folder below.
  to.listed(file);
  if (flag(args[1], 'recursive'))
    for (const { path, isFolder } of treeBelow(file)) if (isFolder) to.listed(path);
};
/** Without `force`, the result depends on what exists. */
const removes: Report = (to, file, args) => {
  if (!flag(args[1], 'force')) to.looked(file);
  to.wrote(file);
};
const makes: Report = (to, file, args) => {
  if (!flag(args[1], 'recursive')) to.looked(file);
  to.makes(file);
};
const changes: Report = (to, file) => to.changes(file);
const writes: Report = (to, file, args) => opensFor(to, file, option(args[2], 'flag') ?? 'w');
const appends: Report = (to, file, args) => opensFor(to, file, option(args[2], 'flag') ?? 'a');
const opens: Report = (to, file, args) => opensFor(to, file, args[1] ?? 'r');
const moves: Report = (to, file, args) => {
  copies(to, file, args);
  to.wrote(file);
};
const copies: Report = (to, file, args) => {
  const target = asPath(args[1]);
  if (target === null) return;
  const tree = treeBelow(file);
  // An existing target folder keeps its other files.
  if (tree.length > 0) {
    to.listed(file);
    to.makes(target);
  } else {
    to.read(file, true);
    to.wrote(target);
  }
  for (const { path: below, isFolder } of tree) {
    const copy = path.join(target, path.relative(file, below));
    if (isFolder) {
      to.listed(below);
      to.makes(copy);
    } else {
      to.read(below, true);
      to.wrote(copy);
    }
  }
};
const linksTo: Report = (to, file, args) => {
  const link = asPath(args[1]);
  if (link !== null)
    to.links(link, path.resolve(path.dirname(link), relativeTarget(args[0], file)));
};

/** What opening a file with these flags does to it. Source: Node's documentation of file system flags. */
function opensFor(to: Sink, file: string, flags: unknown): void {
  const { O_APPEND, O_EXCL, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants;
  const has = (letter: string, bit: number): boolean =>
    typeof flags === 'number' ? (flags & bit) !== 0 : String(flags).includes(letter);
  const readsOnly =
    typeof flags === 'number'
      ? (flags & (O_WRONLY | O_RDWR)) === 0
      : String(flags).startsWith('r') && !String(flags).includes('+');
  if (readsOnly) return to.read(file, true);
  to.looked(path.dirname(file));
  if (has('x', O_EXCL)) to.looked(file);
  if (typeof flags === 'string' && flags.startsWith('r')) {
    to.read(file, true);
    to.changes(file);
  } else if (has('a', O_APPEND) || (typeof flags === 'number' && (flags & O_TRUNC) === 0)) {
    to.changes(file);
  } else to.wrote(file);
}

/** An option of a call. The options may also be given as a text, the encoding. */
function option(options: unknown, name: string): unknown {
  return typeof options === 'object' && options !== null
    ? (options as Record<string, unknown>)[name]
    : undefined;
}

function flag(options: unknown, name: string): boolean {
  return option(options, name) === true;
}

/** The target of a link is relative to the folder of the link, unlike any other path. */
function relativeTarget(given: unknown, resolved: string): string {
  return typeof given === 'string' ? given : resolved;
}

/** Each watched operation by its name in `fs.promises`. The callback form and the `Sync` form report the same. */
export const OPERATIONS: Record<string, Report> = {
  readFile: readsContent,
  openAsBlob: readsContent,
  open: opens,
  stat: readsStats,
  lstat: looksAtLink,
  statfs: looks,
  access: asksAccess,
  exists: looks,
  realpath: follows,
  readlink: follows,
  readdir: lists,
  opendir: lists,
  writeFile: writes,
  appendFile: appends,
  mkdir: makes,
  truncate: changes,
  unlink: removes,
  rm: removes,
  rmdir: removes,
  rename: moves,
  copyFile: copies,
  cp: copies,
  link: copies,
  symlink: linksTo,
  // Whether these fail depends on what exists.
  chmod: looks,
  lchmod: looks,
  chown: looks,
  lchown: looks,
  utimes: looks,
  lutimes: looks,
  watch: looks,
  watchFile: reads,
};

/** Lists the folders in which a pattern looks, down to the depth of the pattern. */
export const globs: Report = (to, _cwd, [patterns, options]) => {
  const cwd = asPath(option(options, 'cwd')) ?? process.cwd();
  for (const pattern of [patterns].flat()) {
    if (typeof pattern !== 'string') continue;
    const parts = pattern.split(/[\\/]/);
    const first = parts.findIndex((part) => /[*?[\]{}()!+@]/.test(part));
    if (first < 0) {
      to.looked(path.resolve(cwd, pattern));
      continue;
    }
    const start = path.resolve(cwd, parts.slice(0, first).join('/') || (first > 0 ? '/' : '.'));
    const depth = /\*\*|\{/.test(pattern) ? Infinity : parts.length - first;
    listBelow(to, start, depth, !pattern.includes('node_modules'));
  }
};

function listBelow(to: Sink, folder: string, depth: number, skipsPackages: boolean): void {
  to.listed(folder);
  if (depth <= 1) return;
  for (const { path: below, isFolder } of entriesOf(folder)) {
    const name = path.basename(below);
    if (isFolder && name !== '.git' && !(skipsPackages && name === 'node_modules'))
      listBelow(to, below, depth - 1, skipsPackages);
  }
}

/** `module.findPackageJSON` returns where a package.json is, not its content. */
export const findsManifest: Report = (to, _cwd, [specifier, base]) => {
  const from = asPath(base);
  const folder = from === null ? process.cwd() : path.dirname(from);
  const listener = {
    looked: (file: string) => to.looked(file),
    followed: (file: string) => to.followed(file),
    governed: (manifest: string) => to.looked(manifest),
  };
  const isBare = typeof specifier === 'string' && !/^(?:\.{0,2}\/|\.{1,2}$|file:)/.test(specifier);
  if (isBare && !path.isAbsolute(specifier)) tellImport(listener, folder, specifier);
  else {
    const text = typeof specifier === 'string' ? specifier : null;
    const start =
      text?.startsWith('.') === true ? path.resolve(folder, text) : fileAt(text ?? specifier);
    if (start !== null) tellScope(listener, start);
  }
};

/** A path, or the path of a URL. The URL may be a text. */
function fileAt(value: unknown): string | null {
  return typeof value === 'string' && value.startsWith('file:')
    ? fileURLToPath(value)
    : asPath(value);
}

/** The standard input of the process, which is also descriptor 0. */
const STDIN = '/dev/stdin';

/** The absolute path that an `fs` function was given. Null for a file descriptor or an unreadable value. */
export function asPath(value: unknown): string | null {
  if (value === 0) return STDIN;
  // Code that looks into stack traces also looks for Node's own modules.
  if (typeof value === 'string') return value.startsWith('node:') ? null : path.resolve(value);
  if (ArrayBuffer.isView(value))
    return path.resolve(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString());
  // A URL may come from the realm of the test.
  if (typeof value !== 'object' || value === null || !('href' in value)) return null;
  try {
    return fileURLToPath(String(value.href));
  } catch {
    // Another kind of URL. `fs` refuses it too.
    return null;
  }
}

/** Everything below a folder. Empty if it is not a folder. */
function treeBelow(folder: string): { path: string; isFolder: boolean }[] {
  return entriesOf(folder, true);
}

function entriesOf(folder: string, recursive = false): { path: string; isFolder: boolean }[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true, recursive }).map((entry) => ({
      path: path.join(entry.parentPath, entry.name),
      isFolder: entry.isDirectory(),
    }));
  } catch {
    // It is not a folder. The call itself fails with that error.
    return [];
  }
}
