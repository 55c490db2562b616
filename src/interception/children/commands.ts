import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { statsOf } from '../../dependencies/files/stats';
import { readNodeCommand } from './node-command';

/** Is told what a command names. */
export interface NamedInCommand {
  /**
   * A file that is there, as an absolute path.
   * @param runs Whether Node runs it, in a process that reports what it does.
   */
  named(file: string, runs: boolean): void;
  /** A path where nothing is; the program may make it. */
  missed(file: string): void;
  /** A folder that the program lists. */
  listed(folder: string): void;
  /** An environment variable. */
  asked(variable: string): void;
  /** The program does what nobody can see. */
  lost(): void;
  /** Runs our own looks at files. */
  unobserved<T>(work: () => T): T;
}

const { closeSync, openSync, readFileSync, readdirSync, readSync } = fs;

/** What stands between the words of a shell command. */
const BETWEEN = /[\s"'`;|&<>(){}=,]+/;

/** What a Node program runs. */
export const SCRIPT = /\.[cm]?[jt]s$/;

/** A word that is meant as a path, though nothing may be there. */
const PATH_LIKE = /^[^-$*?[\]:]*(?:[\\/]|\.\w{1,8}$)[^$*?[\]:]*$/;

const VARIABLE = /\$\{?([A-Za-z_]\w*)/g;

/** What a shell command hands to Node. */
const NODE_IN_SHELL = /(?:^|[\s"'`;|&(/\\])node(?:\.exe)?["']?\s+([^;|&<>()]*)/g;

const BETWEEN_ARGUMENTS = /["'\s]+/;

/** A longer text is a program or data, and not a command. */
const MAX_TEXT_CHARACTERS = 20_000;

/** No more files of a named folder are looked at. */
const MAX_FILES = 1_000;

/**
 * Tells which files and variables a command names, as the program that it starts may be one that cannot be looked
 * into. What a shell script names counts, too.
 * @param command The program and its arguments.
 * @param cwd The folder that it is started in; the working folder where none is given.
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
        // The program itself is looked for in PATH where it is a lone word.
        if (typeof text === 'string' && (index > 0 || /[\\/\s]/.test(text)))
          noted.text(text, path.resolve(folder));
    });
  } catch {
    // What cannot be told from the command is seen by what the program itself reports, or not at all.
  }
}

function isNode(program: unknown): boolean {
  return typeof program === 'string' && /^node(?:\.exe)?$/i.test(path.basename(program));
}

/** Where one simple command of a shell ends. */
const COMMAND_END = /[;&|()`\n]+/;

/** Whether a simple command is one of Node with the hook: its input is nobody else's to read, nor its variables changed. */
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
  /** Such a program reports itself what it reads. */
  readonly #isNode: boolean;
  readonly #hooked: boolean;
  readonly #seen = new Set<string>();
  /** Scripts of a package.json that were gone through. */
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

  /** What a Node program reads before its code could say so. */
  node(args: readonly string[], folder: string): void {
    const { files, folders, missed, script, isUnwatched } = readNodeCommand(args, folder);
    for (const file of files) this.#to.named(file, this.#hooked && SCRIPT.test(file));
    for (const listed of folders) this.#to.listed(listed);
    for (const file of missed) this.#to.missed(file);
    if (isUnwatched) this.#to.lost();
    // A script of a package.json is a command like any other; it could name itself.
    if (script === null || this.#scripts.has(script.text)) return;
    this.#scripts.add(script.text);
    const shell = new Noted(this.#to, false, this.#hooked, this.#scripts);
    shell.text(script.text, script.folder);
  }

  /**
   * @param runs Whether Node runs it, should it be a script.
   * @param isFirst Whether it is what a shell would run.
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

  /** What a shell script does with what it names happens where it was started, or where it lies. */
  #script(file: string, folder: string): void {
    const text = readFileSync(file, 'utf8');
    if (!/\.(?:ba|z|k)?sh$/.test(file) && !/^#!.*\b(?:ba|z|k|da)?sh\b/.test(text)) return;
    this.text(text, folder);
    if (path.dirname(file) !== folder) this.text(text, path.dirname(file));
  }

  /** A folder that holds the working folder is no input, but a place to work in. */
  #folder(folder: string): void {
    if (!path.relative(folder, process.cwd()).startsWith('..')) return;
    const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const { parentPath, name } of files.slice(0, MAX_FILES))
      this.#to.named(path.join(parentPath, name), false);
  }
}
