import { Command } from 'commander';
import { coloursFor } from '../run/colours';

/** For answers. */
export const colours = coloursFor(process.stdout);

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
    .addHelpText('after', lines.join('\n'));
}

/** Prints an answer for programs. */
export function printJson(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
}

/**
 * Ends a command that could not do what it was asked: a sentence on standard error, and in the answer under `--json`.
 * @param exitCode What the command's help promises for it.
 */
export function fail(error: unknown, json: boolean, exitCode: number = EXIT.bad): void {
  const sentence = sentenceOfFailure(error);
  process.stderr.write(`testmon: ${sentence}\n`);
  if (json) printJson({ error: sentence });
  process.exitCode = exitCode;
}

/** What a person is told of an error that keeps a command from its work. */
export function sentenceOfFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = ''] = message.replace(/^testmon: /, '').split('\n');
  return line;
}
