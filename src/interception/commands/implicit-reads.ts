import path from 'node:path';
import { isFolder } from '../../dependencies/files/stats';
import { reportFolder } from './named-folders';
import { reportRepository, type RepositoryReader } from './repository-reads';

/** What a program looks at though its command does not name it. */
export interface ImplicitReads {
  /** The names in the folder that it is started in: alone, or in all folders below it too. */
  names?: 'folder' | 'tree';
  /** The files in the folder that it is started in, and below. */
  hasContents?: boolean;
  /** Every environment variable. */
  hasVariables?: boolean;
  /** Files in that folder that tell it what to do. */
  files?: readonly string[];
  /** Of the git repository around that folder: its commits and branches, or the state of its files as well. */
  repository?: 'references' | 'files';
}

/** Programs that walk through folders. A folder that holds the working folder is no input to others. */
const WALKS_NAMES = new Set(['find', 'tree', 'fd', 'ls', 'dir']);
const WALKS_CONTENTS = new Set(['rg', 'ag', 'ack', 'du']);
const GREPS = new Set(['grep', 'egrep', 'fgrep']);

/** An option of `ls` or `grep` that makes it walk through folders. */
const RECURSIVE = /^(?:-[A-Za-z]*[rR][A-Za-z]*|--(?:dereference-)?recursive)$/;

/** What makes `find` use more than names. */
const USES_CONTENTS = /^-(?:exec|execdir|ok|size|newer.*|empty)$|^xargs$/;

const MAKE_FILES = ['GNUmakefile', 'makefile', 'Makefile'];

/** Commands of git that need no repository, or make one. */
const NO_REPOSITORY = new Set(['init', 'clone', 'version', 'help', 'ls-remote', 'hash-object']);

/** Commands of git that tell of commits, branches and settings alone. */
const REFERENCES_ALONE = new Set([
  ...['branch', 'cat-file', 'config', 'describe', 'for-each-ref', 'log', 'ls-tree', 'merge-base'],
  ...[
    'name-rev',
    'remote',
    'rev-list',
    'rev-parse',
    'shortlog',
    'show',
    'show-ref',
    'symbolic-ref',
  ],
  ...['tag', 'var', 'whatchanged'],
]);

/** Options of git itself that take a value. */
const GIT_OPTION = /^(?:-C|-c|--git-dir|--work-tree|--namespace)$/;

/**
 * Tells what one simple command of a shell looks at without naming it.
 * @param words Of the command, its program first.
 * @param all Of the whole line that it stands in, as `find | xargs` reads what it finds.
 */
export function implicitReads(words: readonly string[], all: readonly string[]): ImplicitReads {
  const [first = '', ...rest] = words.slice(words.findIndex((word) => !/^\w+=/.test(word)));
  const program = path.basename(first).replace(/\.exe$/i, '');
  if (program === 'git') return gitReads(rest);
  if (program === 'make') return { files: MAKE_FILES };
  if (program === 'env' || program === 'printenv' || program === 'set' || program === 'export')
    return { hasVariables: rest.every((word) => word.startsWith('-')) };
  if (WALKS_CONTENTS.has(program)) return { names: 'tree', hasContents: true };
  if (GREPS.has(program) && rest.some((word) => RECURSIVE.test(word)))
    return { names: 'tree', hasContents: true };
  if (!WALKS_NAMES.has(program)) return {};
  const isFlat =
    (program === 'ls' || program === 'dir') && !rest.some((word) => RECURSIVE.test(word));
  return {
    names: isFlat ? 'folder' : 'tree',
    hasContents: all.some((word) => USES_CONTENTS.test(word)),
  };
}

function gitReads(words: readonly string[]): ImplicitReads {
  const at = words.findIndex(
    (word, index) => !word.startsWith('-') && !GIT_OPTION.test(words[index - 1] ?? ''),
  );
  const command = words[at];
  if (command === undefined || NO_REPOSITORY.has(command)) return {};
  return { repository: REFERENCES_ALONE.has(command) ? 'references' : 'files' };
}

/** Receives what a program reads that its command does not name. */
export interface ImplicitReader extends RepositoryReader {
  /** A file in a folder that tells the program what to do, whether it is there or not. */
  instructions(file: string, folder: string): void;
  /** Every environment variable. */
  allVariables(): void;
}

/**
 * Reports what a program reads that its command does not name.
 * @param args The arguments of the command.
 * @param folder Absolute path of the folder that it is started in.
 */
export function reportImplicit(
  { hasVariables, files, repository, names, hasContents }: ImplicitReads,
  args: readonly string[],
  folder: string,
  to: ImplicitReader,
): void {
  if (hasVariables === true) to.allVariables();
  const folders = args.map((arg) => path.resolve(folder, arg)).filter(isFolder);
  for (const at of files === undefined ? [] : [folder, ...folders])
    for (const name of files ?? []) to.instructions(path.join(at, name), at);
  if (repository !== undefined) reportRepository(folder, repository, to);
  if (names === undefined) return;
  for (const at of folders.length > 0 ? folders : [folder])
    if (names === 'folder' && hasContents !== true) to.folder(at);
    else reportFolder(at, hasContents === true, to);
}
