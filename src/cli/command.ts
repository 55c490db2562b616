import { Command } from 'commander';
import { printable } from '../terminal/printable';
import { printJson, printNotice } from '../terminal/output';
import { messageOf } from '../terminal/error-message';

export { colours, printJson, printLines, printNotice } from '../terminal/output';

/** The exit codes of commands that print an answer. The help of each command lists those that it uses. */
export const EXIT = {
  /** Done, or all is well. */
  good: 0,
  /** The answer is no, or the command could not do its work. */
  bad: 1,
  /** The command line is invalid. Also used for errors of Commander, see `cli.ts`. */
  misuse: 2,
} as const;

/** The part of a subcommand's help that follows its options. */
export interface HelpText {
  /** Lines such as `0  all is well`. */
  exitCodes: readonly string[];
  /** Command lines without `jest-testmon`, each with its effect. */
  examples: readonly (readonly [commandLine: string, effect: string])[];
}

/** Creates a subcommand for Commander, with the common layout of help, exit codes and examples. */
export function makeCommand(name: string, description: string, help: HelpText): Command {
  const width = Math.max(...help.examples.map(([line]) => line.length)) + 2;
  const lines = [
    '',
    'Exit codes:',
    ...help.exitCodes.map((line) => `  ${line}`),
    '',
    'Examples:',
    ...help.examples.map(([line, effect]) => `  $ jest-testmon ${line.padEnd(width)}${effect}`),
  ];
  return new Command(`jest-testmon ${name}`)
    .description(description)
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(shownError(text)) })
    .addHelpText('after', lines.join('\n'));
}

/** Escapes an error message of Commander, which repeats unknown arguments. A suggestion stays on a second line. */
function shownError(text: string): string {
  const lines = text.split(/\n(?=\(Did you mean |$)/);
  return lines.map((line) => printable(line)).join('\n');
}

/**
 * Reports that a command could not do its work: as a sentence on standard error and, under `--json`, also in the
 * answer.
 * @param exitCode The code that the command's help documents for this case.
 */
export function fail(error: unknown, json: boolean, exitCode: number = EXIT.bad): void {
  const sentence = sentenceOfFailure(error);
  printNotice(`testmon: ${sentence}`);
  if (json) printJson({ error: sentence });
  process.exitCode = exitCode;
}

/** Returns the sentence that tells the user why a command failed. */
export function sentenceOfFailure(error: unknown): string {
  const message = messageOf(error);
  const [line = ''] = message.replace(/^testmon: /, '').split('\n');
  return line;
}
