import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandReader } from './command-reader';
import { readsScript } from './command-words';
import { hidesNode } from './hidden-node';
import type { NamedInCommand } from './named-in-command';
import { isNode } from './node-command';

/** How a program is started. */
export interface StartedWith {
  /** The folder that it is started in. If missing or null, the working folder. */
  cwd?: string | URL | null | undefined;
  /** Its environment variables. */
  env: NodeJS.ProcessEnv;
  /** Absolute path of the repository. */
  workspace: string;
  /** Whether Node programs that it starts report what they do. */
  hooked: boolean;
  /** What it is given on its standard input. Null if that comes from somewhere else. */
  input?: string | null;
}

/**
 * Reports which files and variables a command names, because the program that it starts may not be one that can be
 * watched. What a script names counts too, and where the program is found.
 * @param command The program and its arguments.
 * @param isCommand False for code, in which words are neither patterns nor programs.
 */
export function noteCommand(
  command: readonly unknown[],
  { cwd, env, workspace, hooked, input }: StartedWith,
  to: NamedInCommand,
  isCommand = true,
): void {
  try {
    const folder = path.resolve(cwd instanceof URL ? fileURLToPath(cwd) : (cwd ?? ''));
    to.unobserved(() => {
      const ofNode = isNode(command[0]);
      const reader = new CommandReader(to, { isNode: ofNode, hooked, env, workspace });
      if (isCommand) reader.startIn(folder);
      if (ofNode) reader.node(command.slice(1).map(String), folder);
      for (const [index, text] of command.entries())
        // A program given as a single word is looked up in PATH.
        if (typeof text === 'string' && (index > 0 || /[\\/\s]/.test(text)))
          reader.text(text, folder, isCommand && (index === 0 || isForShell(command[index - 1])));
      // At last, as an argument may say where programs are found: `env PATH=… program`.
      const words = command.filter((text) => typeof text === 'string');
      if (isCommand && !ofNode && hidesNode(words.join(' '))) to.lost();
      if (isCommand && !/\s/.test(words[0] ?? ' ')) reader.simpleCommand(words, words, folder);
      if (!isCommand || ofNode) return;
      reader.variablesOf(words.join(' '));
      // A shell's command is one text here.
      const parts = words.length === 1 ? (words[0] ?? '').trim().split(/\s+/) : words;
      if (typeof input === 'string') reader.input(input, parts, folder);
      else if (readsScript(parts)) to.lost();
    });
  } catch {
    // What the command does not show is reported by the program itself, or not at all.
  }
}

/** Whether an argument is a command itself, as after `sh -c`. */
function isForShell(before: unknown): boolean {
  return typeof before === 'string' && /^[-/][a-z]*c$/i.test(before);
}
