import path from 'node:path';

/** Takes the text of a command, or of a script, apart. It reads more than there may be: a word too many costs little. */

/** Separates the words of a shell command. */
const BETWEEN = /[\s"'`;|&<>(){}=,]+/;

/** Matches a word that is meant as a path, even if nothing exists there. */
export const PATH_LIKE = /^(?!-)[^$*?[\]:]*(?:[\\/]|\.\w{1,8}$)[^$*?[\]:]*$/;

/** Matches Node in a shell command, with its arguments. */
const NODE_IN_SHELL = /(?:^|[\s"'`;|&(/\\])node(?:\.exe)?["']?\s+([^;|&<>()]*)/g;

const BETWEEN_ARGUMENTS = /["'\s]+/;

/** Returns the arguments of each command of a text that runs Node. */
export function nodeArgumentsIn(text: string): string[][] {
  return [...text.matchAll(NODE_IN_SHELL)].map(([, args = '']) =>
    args.split(BETWEEN_ARGUMENTS).filter(Boolean),
  );
}

/** Where a simple command of a shell ends. */
const COMMAND_END = /[;&|()`\n]+/;

/** Returns the words of a command. */
export function wordsOf(command: string): string[] {
  return command.split(BETWEEN).filter((word) => word !== '');
}

/** Whether a word is a folder only if it is written as one: dots are operators of most languages, and a command of shells. */
export function isDots(word: string): boolean {
  return word === '.' || word === '..';
}

/** Returns the simple commands of a text. */
export function simpleCommandsOf(text: string): string[] {
  return text.split(COMMAND_END);
}

/** What may stand before the program of a simple command: words of the shell, marks of Make, variables. */
const BEFORE_PROGRAM =
  /^(?:\s+|[@+-]+(?=[\w./])|(?:then|do|else|elif|if|while|until|time|!|\{)(?=\s)|\w+\+?=(?:"[^"]*"|'[^']*'|[^\s"'])*(?=\s|$))/;

/** Returns the words of a simple command from its program on. */
export function fromProgram(command: string): string[] {
  let rest = command;
  for (let before; (before = BEFORE_PROGRAM.exec(rest)?.[0] ?? '') !== '';)
    rest = rest.slice(before.length);
  return wordsOf(rest);
}

/** Programs that run the program which they are named, or tell where it is. */
const RUNS_OTHERS = new Set([
  ...['command', 'doas', 'env', 'exec', 'find', 'flock', 'hash', 'ionice', 'nice', 'nohup'],
  ...['parallel', 'setsid', 'stdbuf', 'strace', 'sudo', 'time', 'timeout', 'type', 'watch'],
  ...['where', 'whereis', 'which', 'xargs', 'xvfb-run'],
]);

/** Whether any argument of a program may be the name of another program. */
export function runsOthers(program: string): boolean {
  return RUNS_OTHERS.has(program);
}

/** What the shell does itself, without looking for a program. */
const OF_SHELL = new Set([
  ...['break', 'case', 'cd', 'continue', 'declare', 'done', 'esac', 'eval', 'exit', 'export', 'fi'],
  ...['for', 'function', 'in', 'local', 'read', 'readonly', 'return', 'select', 'set', 'shift'],
  ...['source', 'then', 'trap', 'umask', 'unset', 'wait'],
]);

const PROGRAM_NAME = /^\w[\w.+-]*$/;

/** Whether a word can be the name of a program that is looked up in `PATH`. */
export function isProgramName(word: string): boolean {
  return PROGRAM_NAME.test(word) && word.length < 100 && !OF_SHELL.has(word);
}

/** A value that is only known when the text runs: `$(…)`, `${…}`, `#{…}`, or a command between backticks. */
const COMPUTED = /\$\([^()]*\)|\$\{[^{}]*\}|#\{[^{}]*\}|`[^`\n]*`/g;

/** How deep such values are looked for in one another. */
const MAX_DEPTH = 4;

/** Stands for such a value. */
const UNKNOWN = '$__';

const VARIABLE = /\$(?:\w[\w:]*|[@*#?!-])/g;

/**
 * Writes each value that is only known when the text runs as a variable, the values of known variables in their place.
 * @param variables Those of the program.
 */
export function withoutComputed(text: string, variables: NodeJS.ProcessEnv): string {
  let rest = text;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const next = rest.replace(COMPUTED, (part) => {
      const name = /^\$[({](\w+)[)}]$/.exec(part)?.[1];
      if (name === 'MAKE') return 'make';
      return name === undefined ? UNKNOWN : `$${name}`;
    });
    if (next === rest) break;
    rest = next;
  }
  return rest.replace(VARIABLE, (part) => {
    const value = variables[part.slice(1)];
    return value !== undefined && /^[\w./\\:@+-]+$/.test(value) ? value : part;
  });
}

/**
 * Returns a path without its unknown part: `$DIR/lib.sh` is `lib.sh`, relative to whatever folder, and `data/$NAME.txt`
 * is the pattern `data/*.txt`. Empty if nothing is known.
 */
export function knownPart(word: string): string {
  const rest = word.replace(/^(?:\$[\w:]+[\\/]+)+/, '').replace(VARIABLE, '*');
  return /\w/.test(rest) && !/^\*+$/.test(rest) ? rest : '';
}

/** Variables of folders in which an interpreter looks for modules. */
export const MODULE_VARIABLES = ['PYTHONPATH', 'RUBYLIB', 'PERL5LIB'] as const;

const SEARCHED =
  /\b(PATH|PYTHONPATH|RUBYLIB|PERL5LIB)\s*[:?+]?=\s*((?:"[^"\n]*"|'[^'\n]*'|[^\s;&|"'])*)/g;

/**
 * Returns what a text makes of `PATH` and of the variables for modules.
 * @param text From `withoutComputed`.
 */
export function assignedPaths(text: string): [variable: string, value: string][] {
  return [...text.matchAll(SEARCHED)].map(([, variable = '', value = '']) => [
    variable,
    value.replace(/["']/g, ''),
  ]);
}

const CHANGES_FOLDER =
  /(?:^|[\s;&|({])(?:cd|pushd)\s+(?:--\s+)?((?:"[^"\n]*"|'[^'\n]*'|[^\s;&|)"'])+)/g;

/**
 * Returns the folders that a text changes to, as absolute paths.
 * @param text From `withoutComputed`.
 * @param folder Absolute path of the folder that it starts in.
 */
export function changedFolders(text: string, folder: string): string[] {
  const named = [...text.matchAll(CHANGES_FOLDER)].map(([, name = '']) =>
    name.replace(/["']/g, ''),
  );
  return [
    ...new Set(
      named.map((name) => path.resolve(folder, name.includes('$') ? knownPart(name) : name)),
    ),
  ].filter((at) => at !== folder);
}
