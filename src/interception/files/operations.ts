import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { calledForStackTrace, calledForSuggestions } from '../callers';
import { kindAt } from '../../dependencies/files/stats';
import { entriesOf, isEntry, isLink, resolveSteps, treeBelow, type Entry } from './entries';
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
  if (isLink(file)) to.followed(file);
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
  if (!flag(args[1], 'force')) looksAtEntry(to, file);
  const isTree = kindAt(file) === 'directory' && !isLink(file);
  if (!isTree || flag(args[1], 'recursive')) to.wrote(file);
};
/** Only an empty folder can be removed in this way. */
const removesFolder: Report = (to, file, args) => {
  if (flag(args[1], 'recursive')) return removes(to, file, args);
  to.looked(file);
  if (kindAt(file) !== 'directory') return;
  to.listed(file);
  if (entriesOf(file).length === 0) to.wrote(file);
};
const makes: Report = (to, file, args) => {
  if (flag(args[1], 'recursive')) return makesBelow(to, file);
  looksAtEntry(to, file);
  to.looked(path.dirname(file));
  if (!isEntry(file) && kindAt(path.dirname(file)) === 'directory') to.makes(file);
};
const changes: Report = (to, file) => {
  to.looked(file);
  to.changes(file);
};
const writes: Report = (to, file, args) => {
  if (!isRefused(args[1], args[2])) opensFor(to, file, option(args[2], 'flag') ?? 'w');
};
const appends: Report = (to, file, args) => {
  if (!isRefused(args[1], args[2])) opensFor(to, file, option(args[2], 'flag') ?? 'a');
};
const opens: Report = (to, file, args) =>
  opensFor(to, file, typeof args[1] === 'function' ? 'r' : (args[1] ?? 'r'));
const moves: Report = (to, file, args) => {
  const target = asPath(args[1]);
  if (target === null) return;
  looksAtEntry(to, file);
  const from = kindAt(file);
  if (!isEntry(file) || (from === 'directory' && isRefusedAt(to, target))) return;
  if (from !== 'directory' && isFolderInTheWay(to, target)) return;
  copies(to, file, args);
  to.wrote(file);
};
const copiesFile: Report = (to, file, args) => {
  const target = asPath(args[1]);
  const mode = typeof args[2] === 'number' ? args[2] : 0;
  if (target === null) return;
  if ((mode & fs.constants.COPYFILE_EXCL) !== 0 && isTaken(to, target)) to.read(file, true);
  else copiesOne(to, file, target);
};
const linksHard: Report = (to, file, args) => {
  const target = asPath(args[1]);
  if (target === null) return;
  if (isTaken(to, target)) to.looked(file);
  else copiesOne(to, file, target);
};
/** What exists at the target stays, unless it is replaced. */
const copiesTree: Report = (to, file, args) => {
  const target = asPath(args[1]);
  if (target === null) return;
  const keeps = option(args[2], 'force') === false || flag(args[2], 'errorOnExist');
  const chooses = typeof option(args[2], 'filter') === 'function';
  if (!keeps && !chooses) return copies(to, file, args);
  const put = (copy: string): void => {
    if (chooses) {
      to.looked(copy);
      to.changes(copy);
    } else if (!isTaken(to, copy)) to.wrote(copy);
  };
  const entries = [{ path: file, isFolder: kindAt(file) === 'directory' }, ...treeBelow(file)];
  copiesEach(to, file, target, entries, { makes: (folder) => makesBelow(to, folder), put });
};
/** Copies one file. If that fails because of what exists, nothing was written. */
function copiesOne(to: Sink, file: string, target: string): void {
  to.read(file, true);
  to.looked(path.dirname(target));
  if (kindAt(file) === 'file' && !isFolderInTheWay(to, target) && mayWrite(to, target))
    to.wrote(target);
}
const copies: Report = (to, file, args) => {
  const target = asPath(args[1]);
  if (target === null) return;
  const tree = treeBelow(file);
  // An existing target folder keeps its other files.
  const entries = [{ path: file, isFolder: tree.length > 0 }, ...tree];
  copiesEach(to, file, target, entries, {
    makes: (folder) => to.makes(folder),
    put: (copy) => to.wrote(copy),
  });
};
/** Copies entries, with what that does to the copy of a folder and of a file. */
function copiesEach(
  to: Sink,
  from: string,
  target: string,
  entries: readonly Entry[],
  { makes, put }: Record<'makes' | 'put', (copy: string) => void>,
): void {
  for (const { path: below, isFolder } of entries) {
    const copy = path.join(target, path.relative(from, below));
    if (isFolder) {
      to.listed(below);
      makes(copy);
    } else {
      to.read(below, true);
      put(copy);
    }
  }
}
const linksTo: Report = (to, file, args) => {
  const link = asPath(args[1]);
  if (link === null) return;
  to.looked(path.dirname(link));
  if (!isTaken(to, link))
    to.links(link, path.resolve(path.dirname(link), relativeTarget(args[0], file)));
};

/** What is at a path itself, even if it is a link that leads nowhere. */
function looksAtEntry(to: Sink, file: string): void {
  to.looked(file);
  if (isLink(file)) to.followed(file);
}

/** Whether a path exists that a call must not find. If so, the call fails and changes nothing. */
function isTaken(to: Sink, file: string): boolean {
  looksAtEntry(to, file);
  return isEntry(file);
}

/** Whether a folder is where a file is to be written. */
function isFolderInTheWay(to: Sink, target: string): boolean {
  if (kindAt(target) !== 'directory' || isLink(target)) return false;
  to.looked(target);
  return true;
}

/** Whether a folder cannot be moved to a path: a file or a folder with entries is there. */
function isRefusedAt(to: Sink, target: string): boolean {
  if (!isEntry(target)) return false;
  to.looked(target);
  if (kindAt(target) !== 'directory') return true;
  to.listed(target);
  return entriesOf(target).length > 0;
}

/** Makes a folder and those above it, unless something else than a folder is in the way. */
function makesBelow(to: Sink, folder: string): void {
  let existing = folder;
  while (!isEntry(existing) && path.dirname(existing) !== existing)
    existing = path.dirname(existing);
  if (kindAt(existing) === 'directory') to.makes(folder);
  else looksAtEntry(to, existing);
}

/** Whether the permissions allow to write a file. Only a refusal counts. */
function mayWrite(to: Sink, file: string): boolean {
  const place = isEntry(file) ? file : path.dirname(file);
  try {
    fs.accessSync(place, fs.constants.W_OK);
    return true;
  } catch {
    // The call is refused as well.
    to.looked(place, true);
    return false;
  }
}

/** Whether a call is refused because of its arguments, before it touches the file. */
function isRefused(data: unknown, options: unknown): boolean {
  const signal = option(options, 'signal');
  const isAborted = typeof signal === 'object' && signal !== null && 'aborted' in signal;
  if (isAborted && signal.aborted === true) return true;
  return typeof data !== 'string' && (typeof data !== 'object' || data === null);
}

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
  const folder = path.dirname(file);
  to.looked(folder);
  if (has('x', O_EXCL) && isTaken(to, file)) return;
  if (kindAt(folder) !== 'directory' || isFolderInTheWay(to, file) || !mayWrite(to, file)) return;
  const isNumber = typeof flags === 'number';
  const keeps = isNumber ? (flags & O_TRUNC) === 0 : /[ar]/.test(String(flags));
  // Through the same descriptor, the code may read what was there.
  if (keeps && (isNumber ? (flags & O_RDWR) !== 0 : String(flags).includes('+')))
    to.read(file, true);
  if (keeps || has('a', O_APPEND)) to.changes(file);
  else to.wrote(file);
}

/** An option of a call. The options may also be given as a text, the encoding. */
export function option(options: unknown, name: string): unknown {
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
  rmdir: removesFolder,
  rename: moves,
  copyFile: copiesFile,
  cp: copiesTree,
  link: linksHard,
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
  if (typeof value === 'string') return value.startsWith('node:') ? null : resolveSteps(value);
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
