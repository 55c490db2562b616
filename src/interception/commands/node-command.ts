import fs from 'node:fs';
import path from 'node:path';
import { isFile, statsOf } from '../../dependencies/files/stats';

const { closeSync, openSync, readFileSync, readdirSync, readSync } = fs;

/** Matches scripts that Node runs. */
export const SCRIPT = /\.[cm]?[jt]s$/;

/** Whether a program is Node, by its name or path. */
export function isNode(program: unknown): boolean {
  return typeof program === 'string' && /^node(?:\.exe)?$/i.test(path.basename(program));
}

/** Whether a simple command runs Node with the hook, with neither redirected input nor variables of the shell. */
export function runsNode(command: string, words: readonly string[]): boolean {
  const program = words.findIndex((word) => !/^\w+=/.test(word));
  return program === 0 && isNode(words[0]) && !/[<$]/.test(command);
}

/** Whether the first line of a file says that Node runs it. */
export function isNodeProgram(file: string): boolean {
  return /^#!.*\bnode\b/.test(startOf(file));
}

/** The first characters of a file. */
export function startOf(file: string): string {
  const start = Buffer.alloc(120);
  try {
    const descriptor = openSync(file, 'r');
    try {
      return start.toString('latin1', 0, readSync(descriptor, start, 0, start.length, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Nobody may read it: it cannot be a script.
    return '';
  }
}

/** What Node's own options make it read before any code could report it. */
export interface NodeCommand {
  /** Absolute paths of files that options name. */
  files: string[];
  /** Absolute paths of folders that Node searches for tests. */
  folders: string[];
  /** Absolute paths where no package.json was found. */
  missed: string[];
  /** The text of the script that `--run` starts, and its working folder. */
  script: { text: string; folder: string } | null;
  /** Whether code runs that no hook can watch. What it reads is unknown. */
  isUnwatched: boolean;
}

/**
 * With these options, Node loads no hook. Source: Node's documentation of startup snapshots and of single
 * executables.
 */
const UNWATCHED = /^--(?:build-snapshot|build-snapshot-config|build-sea|experimental-sea-config)\b/;

/**
 * Reads the arguments of a Node program.
 * @param args The arguments, without the program itself.
 * @param folder Absolute path of the folder that it is started in.
 */
export function readNodeCommand(args: readonly string[], folder: string): NodeCommand {
  const command: NodeCommand = {
    files: [],
    folders: [],
    missed: [],
    script: null,
    isUnwatched: false,
  };
  let searchesTests = false;
  let operands = 0;
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (!arg.startsWith('-')) {
      operands += 1;
      if (!searchesTests) break;
      const file = path.resolve(folder, arg);
      if (statsOf(file)?.isDirectory() === true) command.folders.push(...foldersBelow(file));
      continue;
    }
    const [option, attached] = splitOption(arg);
    const following = args[index + 1];
    const value = attached ?? following;
    if (UNWATCHED.test(option)) command.isUnwatched = true;
    if (option === '--test') searchesTests = true;
    if (option === '--run' && value !== undefined) {
      readScript(command, value, folder);
      break;
    }
    // We do not know for every option whether it takes a value. A file that is named counts in any case.
    const file = value === undefined ? null : path.resolve(folder, value);
    if (file !== null && isFile(file)) command.files.push(file);
    if (attached === undefined && TAKES_FILE.test(option)) index += 1;
  }
  if (searchesTests && operands === 0) command.folders.push(...foldersBelow(folder));
  return command;
}

/** Options whose value is a file, given as the next argument. */
const TAKES_FILE =
  /^(?:-r|--(?:require|import|loader|experimental-loader|env-file|env-file-if-exists|snapshot-blob|experimental-config-file|openssl-config|build-snapshot-config))$/;

function splitOption(arg: string): [option: string, value?: string] {
  const at = arg.indexOf('=');
  return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
}

/** Source: Node's documentation of `--run`. */
function readScript(command: NodeCommand, name: string, from: string): void {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (isFile(manifest)) {
      command.files.push(manifest);
      const text = scriptIn(manifest, name);
      if (text !== null) command.script = { text, folder };
      return;
    }
    command.missed.push(manifest);
    if (path.dirname(folder) === folder) return;
  }
}

function scriptIn(manifest: string, name: string): string | null {
  try {
    const { scripts } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      scripts?: Record<string, unknown>;
    };
    const text = scripts?.[name];
    return typeof text === 'string' ? text : null;
  } catch {
    // No package.json, or none that npm could read either.
    return null;
  }
}

/** A folder and the folders below it in which Node looks for tests. */
function foldersBelow(folder: string): string[] {
  const folders = [folder];
  // The array grows during this loop.
  for (const at of folders) {
    for (const entry of entriesOf(at))
      if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git')
        folders.push(path.join(at, entry.name));
  }
  return folders;
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // It is not a folder, or it may not be listed.
    return [];
  }
}
