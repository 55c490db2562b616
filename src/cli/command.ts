import { Command } from 'commander';
import { printable } from '../terminal/printable';
import { printJson, printNotice } from '../terminal/output';
import { messageOf } from '../terminal/error-message';

export { colours, printJson, printLines, printNotice } from '../terminal/output';

/** What commands that answer end with; each says in its help which of them it uses. */
export const EXIT = {
  /** Done, or in order. */
  good: 0,
  /** The answer is no, or nothing could be done. */
  bad: 1,
  /** The command line was not understood. Also commander's errors end with it, see `cli.ts`. */
  misuse: 2,
} as const;

/** The part of a subcommand's help that comes after its options. */
export interface HelpText {
  /** Lines such as `0  all is well`. */
  exitCodes: readonly string[];
  /** Command lines, without `jest-testmon`, and what each does. */
  examples: readonly (readonly [commandLine: string, effect: string])[];
}

/** A subcommand for commander: help, exit codes and examples in one shape. */
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

/** An error of commander's: it repeats arguments that it does not know, and on a second line what may have been meant. */
function shownError(text: string): string {
  const lines = text.split(/\n(?=\(Did you mean |$)/);
  return lines.map((line) => printable(line)).join('\n');
}

/**
 * Ends a command that could not do what it was asked: a sentence on standard error, and in the answer under `--json`.
 * @param exitCode What the command's help promises for it.
 */
export function fail(error: unknown, json: boolean, exitCode: number = EXIT.bad): void {
  const sentence = sentenceOfFailure(error);
  printNotice(`testmon: ${sentence}`);
  if (json) printJson({ error: sentence });
  process.exitCode = exitCode;
}

/** What a person is told of an error that keeps a command from its work. */
export function sentenceOfFailure(error: unknown): string {
  const message = messageOf(error);
  const [line = ''] = message.replace(/^testmon: /, '').split('\n');
  return line;
}
