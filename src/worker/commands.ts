import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { statsOf } from '../dependencies/stats';

/** Is told what a command names. */
export interface NamedInCommand {
  /** A file that is there, as an absolute path. */
  named(file: string): void;
  /** A path where nothing is; the program may make it. */
  missed(file: string): void;
  /** An environment variable. */
  asked(variable: string): void;
  /** Runs our own looks at files. */
  unobserved<T>(work: () => T): T;
}

const { readFileSync, readdirSync } = fs;

/** What stands between the words of a shell command. */
const BETWEEN = /[\s"'`;|&<>(){}=,]+/;

/** What a Node program runs. */
export const SCRIPT = /\.[cm]?[jt]s$/;

/** A word that is meant as a path, though nothing may be there. */
const PATH_LIKE = /^[^-$*?[\]:]*(?:[\\/]|\.\w{1,8}$)[^$*?[\]:]*$/;

const VARIABLE = /\$\{?([A-Za-z_]\w*)/g;

/** Longer texts are programs or data. */
const LONGEST = 20_000;

/** No more files of a named folder are looked at. */
const MOST_FILES = 1_000;

/**
 * Tells which files and variables a command names, as the program that it starts may be one that cannot be looked
 * into. What a shell script names counts, too.
 * @param command The program and its arguments.
 * @param cwd The folder that it is started in; the working folder where none is given.
 */
export function noteCommand(
  command: readonly unknown[],
  cwd: string | URL | undefined,
  to: NamedInCommand,
): void {
  try {
    const folder =
      cwd === undefined ? process.cwd() : cwd instanceof URL ? fileURLToPath(cwd) : cwd;
    const noted = new Noted(to, isNode(command[0]));
    to.unobserved(() => {
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

class Noted {
  readonly #to: NamedInCommand;
  /** Such a program reports itself what it reads. */
  readonly #isNode: boolean;
  readonly #seen = new Set<string>();

  constructor(to: NamedInCommand, node: boolean) {
    this.#to = to;
    this.#isNode = node;
  }

  text(text: string, folder: string): void {
    if (text.length > LONGEST) return;
    for (const [, variable = ''] of text.matchAll(VARIABLE)) this.#to.asked(variable);
    for (const word of new Set([text, ...text.split(BETWEEN)])) this.#word(word, folder);
  }

  #word(word: string, folder: string): void {
    if (word === '' || word.length > 1_000 || word.includes('\n') || word.includes('\0')) return;
    const file = path.resolve(folder, word);
    if (this.#seen.has(file)) return;
    this.#seen.add(file);
    const stats = statsOf(file);
    if (this.#isNode) {
      if (stats?.isFile() === true && SCRIPT.test(file)) this.#to.named(file);
    } else if (stats === undefined) {
      if (PATH_LIKE.test(word)) this.#to.missed(file);
    } else if (stats.isFile()) {
      this.#to.named(file);
      if (stats.size <= LONGEST) this.#script(file, folder);
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
    for (const { parentPath, name } of files.slice(0, MOST_FILES))
      this.#to.named(path.join(parentPath, name));
  }
}
