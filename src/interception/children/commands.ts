import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderWith } from '../../dependencies/files/enclosing-folders';
import { isFile, statsOf } from '../../dependencies/files/stats';
import { implicitReads, type ImplicitReads } from './implicit-reads';
import { GLOB, isOfProject, matchesOf, readFolder, type FolderReader } from './named-folders';
import { readNodeCommand } from './node-command';

/** Receives what a command names. */
export interface NamedInCommand {
  /**
   * A file that exists, by its absolute path.
   * @param runs Whether Node runs it, in a process that reports what it does.
   */
  named(file: string, runs: boolean): void;
  /** A file that the system executes, so that it must be executable. */
  executed(file: string): void;
  /** A path that does not exist. The program may create it. */
  missed(file: string): void;
  /** A folder that the program lists. */
  listed(folder: string): void;
  /** An environment variable. */
  asked(variable: string): void;
  /** The program does something that cannot be observed. */
  lost(): void;
  /** Runs our own reads of files without reporting them. */
  unobserved<T>(work: () => T): T;
}

const { closeSync, openSync, readFileSync, readSync } = fs;

/** Separates the words of a shell command. */
const BETWEEN = /[\s"'`;|&<>(){}=,]+/;

/** Matches scripts that Node runs. */
export const SCRIPT = /\.[cm]?[jt]s$/;

/** Matches a word that is meant as a path, even if nothing exists there. */
const PATH_LIKE = /^[^-$*?[\]:]*(?:[\\/]|\.\w{1,8}$)[^$*?[\]:]*$/;

const VARIABLE = /\$\{?([A-Za-z_]\w*)/g;

/** Matches Node in a shell command, with its arguments. */
const NODE_IN_SHELL = /(?:^|[\s"'`;|&(/\\])node(?:\.exe)?["']?\s+([^;|&<>()]*)/g;

const BETWEEN_ARGUMENTS = /["'\s]+/;

/** Matches a word that is probably the name of a variable: `printenv MY_NAME`, `os.environ["MY_NAME"]`. */
const VARIABLE_NAME = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;

/** A longer text is a program or data, not a command. */
const MAX_TEXT_CHARACTERS = 20_000;

/** Matches the names of scripts for a shell or another interpreter than Node. */
const SCRIPT_NAME = /\.(?:(?:ba|da|k|z)?sh|py|rb|pl|php|lua|awk|mk)$|^(?:GNUm|M|m)akefile$/;

/** Matches the first line of such a script. */
const SCRIPT_START = /^#!(?!.*\bnode\b)/;

/**
 * Reports which files and variables a command names, because the program that it starts may not be one that can be
 * watched. What a shell script names counts too.
 * @param command The program and its arguments.
 * @param cwd The folder that it is started in. If missing, the working folder.
 * @param hooked Whether Node programs that it starts report what they do.
 * @param isCommand False for code, in which words are neither patterns nor programs.
 */
export function noteCommand(
  command: readonly unknown[],
  cwd: string | URL | undefined,
  to: NamedInCommand,
  hooked = false,
  isCommand = true,
): void {
  try {
    const folder =
      cwd === undefined ? process.cwd() : cwd instanceof URL ? fileURLToPath(cwd) : cwd;
    const noted = new Noted(to, isNode(command[0]), hooked);
    to.unobserved(() => {
      const at = path.resolve(folder);
      if (isNode(command[0])) noted.node(command.slice(1).map(String), at);
      const words = command.filter((text) => typeof text === 'string');
      if (!isNode(words[0])) noted.implicit(implicitReads(words, words), words.slice(1), at);
      for (const [index, text] of command.entries())
        // A program given as a single word is looked up in PATH.
        if (typeof text === 'string' && (index > 0 || /[\\/\s]/.test(text)))
          noted.text(text, at, isCommand && (index === 0 || isForShell(command[index - 1])));
    });
  } catch {
    // What the command does not show is reported by the program itself, or not at all.
  }
}

function isNode(program: unknown): boolean {
  return typeof program === 'string' && /^node(?:\.exe)?$/i.test(path.basename(program));
}

/** Whether an argument is a command itself, as after `sh -c`. */
function isForShell(before: unknown): boolean {
  return typeof before === 'string' && /^[-/]l?c$/i.test(before);
}

/** Where a simple command of a shell ends. */
const COMMAND_END = /[;&|()`\n]+/;

/** Whether a simple command runs Node with the hook, with neither redirected input nor variables of the shell. */
function runsNode(command: string, words: readonly string[]): boolean {
  const program = words.findIndex((word) => !/^\w+=/.test(word));
  return program === 0 && isNode(words[0]) && !/[<$]/.test(command);
}

/** Whether the first line of a file says that Node runs it. */
function isNodeProgram(file: string): boolean {
  const start = Buffer.alloc(120);
  const descriptor = openSync(file, 'r');
  try {
    const length = readSync(descriptor, start, 0, start.length, 0);
    return /^#!.*\bnode\b/.test(start.toString('latin1', 0, length));
  } finally {
    closeSync(descriptor);
  }
}

class Noted {
  readonly #to: NamedInCommand;
  /** A Node program itself reports what it reads. */
  readonly #isNode: boolean;
  readonly #hooked: boolean;
  readonly #seen = new Set<string>();
  /** The scripts of package.json files that were already read. */
  readonly #scripts: Set<string>;

  constructor(to: NamedInCommand, node: boolean, hooked: boolean, scripts = new Set<string>()) {
    this.#hooked = hooked;
    this.#to = to;
    this.#isNode = node;
    this.#scripts = scripts;
  }

  /** @param isCommand Whether a shell runs it: else it is an argument, or a list of them. */
  text(text: string, folder: string, isCommand = true): void {
    if (text.length > MAX_TEXT_CHARACTERS) return;
    for (const [, variable = ''] of text.matchAll(VARIABLE)) this.#to.asked(variable);
    for (const [, args = ''] of text.matchAll(NODE_IN_SHELL))
      this.node(args.split(BETWEEN_ARGUMENTS).filter(Boolean), folder);
    this.#word(text, folder, this.#hooked && this.#isNode);
    const all = wordsOf(text);
    for (const command of text.split(COMMAND_END)) {
      const words = wordsOf(command);
      const runs = this.#hooked && (this.#isNode || runsNode(command, words));
      for (const [index, word] of words.entries())
        if (isCommand || !GLOB.test(word) || statsOf(path.resolve(folder, word)) !== undefined)
          this.#word(word, folder, runs, index === 0);
      if (isCommand && !this.#isNode)
        this.implicit(implicitReads(words, all), words.slice(1), folder);
    }
  }

  /**
   * Reports what a program reads that its command does not name.
   * @param args The arguments of the command.
   */
  implicit(reads: ImplicitReads, args: readonly string[], folder: string): void {
    if (reads.hasVariables === true)
      for (const variable of ['', ...Object.keys(process.env)]) this.#to.asked(variable);
    for (const name of reads.files ?? []) this.#word(path.resolve(folder, name), folder, false);
    if (reads.repository !== undefined) this.#repository(folder, reads.repository);
    if (reads.names === undefined) return;
    const folders = args.map((arg) => path.resolve(folder, arg)).filter(isFolder);
    for (const at of folders.length > 0 ? folders : [folder])
      if (reads.names === 'folder') this.#to.listed(at);
      else this.#folder(at, reads.hasContents === true);
  }

  /** Reports what Node reads before the program's code could report it. */
  node(args: readonly string[], folder: string): void {
    const { files, folders, missed, script, isUnwatched } = readNodeCommand(args, folder);
    for (const file of files) this.#to.named(file, this.#hooked && SCRIPT.test(file));
    for (const listed of folders) this.#to.listed(listed);
    for (const file of missed) this.#to.missed(file);
    if (isUnwatched) this.#to.lost();
    // A script of a package.json is a command like any other. It could name itself.
    if (script === null || this.#scripts.has(script.text)) return;
    this.#scripts.add(script.text);
    const shell = new Noted(this.#to, false, this.#hooked, this.#scripts);
    shell.text(script.text, script.folder);
  }

  /**
   * @param runs Whether Node runs the word, if it is a script.
   * @param isFirst Whether the word is the program that a shell would run.
   */
  #word(word: string, folder: string, runs: boolean, isFirst = true): void {
    if (word === '' || word.length > 1_000 || word.includes('\n') || word.includes('\0')) return;
    const file = path.resolve(folder, word);
    if (this.#seen.has(file)) return;
    this.#seen.add(file);
    const stats = statsOf(file);
    if (this.#isNode) {
      if (stats?.isFile() === true && SCRIPT.test(file)) this.#to.named(file, runs);
    } else if (stats === undefined) {
      if (GLOB.test(word)) this.#glob(word, folder, runs);
      else if (PATH_LIKE.test(word)) this.#to.missed(file);
      else if (VARIABLE_NAME.test(word)) this.#to.asked(word);
    } else if (stats.isFile()) {
      if (isFirst) this.#to.executed(file);
      const isRun = this.#hooked && isFirst && isNodeProgram(file);
      this.#to.named(file, isRun || (runs && SCRIPT.test(file)));
      if (stats.size <= MAX_TEXT_CHARACTERS) this.#script(file, folder);
      // A folder that contains the working folder is a place to work in, not an input.
    } else if (stats.isDirectory() && path.relative(file, process.cwd()).startsWith('..'))
      this.#folder(file, true);
  }

  #glob(pattern: string, folder: string, runs: boolean): void {
    for (const found of matchesOf(pattern, folder, this.#reader()))
      if (!GLOB.test(found)) this.#word(found, folder, runs, false);
  }

  /** The names in a script are relative to the folder where it was started, or to its own folder. */
  #script(file: string, folder: string): void {
    const text = readFileSync(file, 'utf8');
    if (!SCRIPT_NAME.test(path.basename(file)) && !SCRIPT_START.test(text)) return;
    this.text(text, folder);
    if (path.dirname(file) !== folder) this.text(text, path.dirname(file));
  }

  #folder(folder: string, contents: boolean): void {
    if (!readFolder(folder, this.#reader(), contents)) this.#to.lost();
  }

  #repository(folder: string, part: 'references' | 'files'): void {
    const root = folderWith(folder, '.git');
    if (root === null || !isOfProject(root)) return;
    // A worktree or a submodule has its repository elsewhere.
    if (isFile(path.join(root, '.git'))) this.#to.lost();
    for (const name of ['HEAD', 'config', 'packed-refs']) {
      const file = path.join(root, '.git', name);
      if (isFile(file)) this.#to.named(file, false);
      else this.#to.missed(file);
    }
    this.#folder(path.join(root, '.git/refs'), true);
    if (part === 'references') return;
    this.#word(path.join(root, '.git/index'), folder, false);
    this.#folder(root, true);
  }

  #reader(): FolderReader {
    return {
      file: (file) => this.#to.named(file, false),
      folder: (folder) => this.#to.listed(folder),
    };
  }
}

function wordsOf(command: string): string[] {
  return command.split(BETWEEN).filter((word) => word !== '');
}

function isFolder(file: string): boolean {
  return statsOf(file)?.isDirectory() === true;
}
