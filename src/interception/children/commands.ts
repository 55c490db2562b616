import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { statsOf } from '../../dependencies/files/stats';
import { readNodeCommand } from './node-command';

/** Receives what a command names. */
export interface NamedInCommand {
  /**
   * A file that exists, by its absolute path.
   * @param runs Whether Node runs it, in a process that reports what it does.
   */
  named(file: string, runs: boolean): void;
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

const { closeSync, openSync, readFileSync, readdirSync, readSync } = fs;

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

/** A longer text is a program or data, not a command. */
const MAX_TEXT_CHARACTERS = 20_000;

/** The largest number of files of a named folder that count. */
const MAX_FILES = 1_000;

/**
 * Reports which files and variables a command names, because the program that it starts may not be one that can be
 * watched. What a shell script names counts too.
 * @param command The program and its arguments.
 * @param cwd The folder that it is started in. If missing, the working folder.
 * @param hooked Whether Node programs that it starts report what they do.
 */
export function noteCommand(
  command: readonly unknown[],
  cwd: string | URL | undefined,
  to: NamedInCommand,
  hooked = false,
): void {
  try {
    const folder =
      cwd === undefined ? process.cwd() : cwd instanceof URL ? fileURLToPath(cwd) : cwd;
    const noted = new Noted(to, isNode(command[0]), hooked);
    to.unobserved(() => {
      if (isNode(command[0])) noted.node(command.slice(1).map(String), path.resolve(folder));
      for (const [index, text] of command.entries())
        // A program given as a single word is looked up in PATH.
        if (typeof text === 'string' && (index > 0 || /[\\/\s]/.test(text)))
          noted.text(text, path.resolve(folder));
    });
  } catch {
    // What the command does not show is reported by the program itself, or not at all.
  }
}

function isNode(program: unknown): boolean {
  return typeof program === 'string' && /^node(?:\.exe)?$/i.test(path.basename(program));
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

  text(text: string, folder: string): void {
    if (text.length > MAX_TEXT_CHARACTERS) return;
    for (const [, variable = ''] of text.matchAll(VARIABLE)) this.#to.asked(variable);
    for (const [, args = ''] of text.matchAll(NODE_IN_SHELL))
      this.node(args.split(BETWEEN_ARGUMENTS).filter(Boolean), folder);
    this.#word(text, folder, this.#hooked && this.#isNode);
    for (const command of text.split(COMMAND_END)) {
      const words = command.split(BETWEEN).filter((word) => word !== '');
      const runs = this.#hooked && (this.#isNode || runsNode(command, words));
      for (const [index, word] of words.entries()) this.#word(word, folder, runs, index === 0);
    }
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
      if (PATH_LIKE.test(word)) this.#to.missed(file);
    } else if (stats.isFile()) {
      const isRun = this.#hooked && isFirst && isNodeProgram(file);
      this.#to.named(file, isRun || (runs && SCRIPT.test(file)));
      if (stats.size <= MAX_TEXT_CHARACTERS) this.#script(file, folder);
    } else if (stats.isDirectory()) this.#folder(file);
  }

  /** The names in a shell script are relative to the folder where it was started, or to its own folder. */
  #script(file: string, folder: string): void {
    const text = readFileSync(file, 'utf8');
    if (!/\.(?:ba|z|k)?sh$/.test(file) && !/^#!.*\b(?:ba|z|k|da)?sh\b/.test(text)) return;
    this.text(text, folder);
    if (path.dirname(file) !== folder) this.text(text, path.dirname(file));
  }

  /** A folder that contains the working folder is a place to work in, not an input. */
  #folder(folder: string): void {
    if (!path.relative(folder, process.cwd()).startsWith('..')) return;
    const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const { parentPath, name } of files.slice(0, MAX_FILES))
      this.#to.named(path.join(parentPath, name), false);
  }
}
