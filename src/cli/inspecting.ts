import type { Command } from 'commander';
import type { UserOptions } from '../config/options';
import { whySelectionIsOff } from '../controller/checks/escapes';
import { duration } from '../terminal/logger';
import { openInspection, type Inspection } from '../inspection';
import { printable } from '../terminal/printable';
import { FLAGS } from './flags';
import { EXIT, fail } from './command';

/** What every command that looks at a project understands. */
export interface InspectingFlags {
  json?: true;
  exitCode?: true;
  testmonEnv?: string;
  testmonGranularity?: string;
}

/** Nothing is there by the name that was asked for; the message is a sentence. */
export class UnknownNameError extends Error {
  constructor(sentence: string) {
    // A name that holds a line break would end it.
    super(printable(sentence));
  }
}

/** Adds what every command that looks at a project understands; what it does not is for Jest. */
export function inspecting(command: Command): Command {
  return command
    .option('--json', 'print the answer as JSON')
    .option('--testmon-env <name>', 'look at the records of that name (TESTMON_ENV)')
    .option('--testmon-granularity <level>', 'look as a run of "file" or "test" granularity would')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText(
      'after',
      '\nOptions of Jest that say which project is meant, such as --config or --selectProjects, go to Jest.\nNo test runs, and the database is only read.',
    );
}

/** `--exit-code`, as of git diff. */
export function withExitCode(command: Command): Command {
  return command.option('--exit-code', 'end with 1 where something would run');
}

/**
 * Opens the project, lets a command answer, and ends with the exit code that its help promises.
 * @param args What commander left: options of Jest and what the command is asked about.
 * @param answer Prints; returns whether something would run.
 */
export async function look(
  args: readonly string[],
  flags: InspectingFlags,
  answer: (inspection: Inspection) => Promise<boolean>,
): Promise<void> {
  const json = flags.json === true;
  try {
    const { testmonEnv, testmonGranularity } = flags;
    const options: UserOptions = {
      ...(testmonEnv !== undefined && { environmentName: testmonEnv }),
      ...(testmonGranularity !== undefined && {
        granularity: testmonGranularity as UserOptions['granularity'],
      }),
    };
    const inspection = await openInspection(args, options, (name) => FLAGS[name] ?? name);
    try {
      if (inspection.problem !== null) throw inspection.problem;
      const { openEscapes } = inspection;
      if (openEscapes.length > 0) {
        process.stderr.write(
          `testmon: ${printable(whySelectionIsOff(openEscapes))}: a run takes everything, whatever else is told here; --testmon-trust selects again.\n`,
        );
      }
      const wouldRun = (await answer(inspection)) || openEscapes.length > 0;
      process.exitCode = flags.exitCode === true && wouldRun ? EXIT.bad : EXIT.good;
    } finally {
      inspection.close();
    }
  } catch (error) {
    fail(error, json, error instanceof UnknownNameError ? EXIT.misuse : EXIT.bad);
  }
}

/** Milliseconds of one or a few tests: a duration below a tenth of a second is told in milliseconds. */
export function testTime(milliseconds: number): string {
  return milliseconds < 100 ? `${Math.round(milliseconds)} ms` : duration(milliseconds);
}

/** A project's name for a person: where several share the root, their display names tell them apart. */
export function projectLabel(project: string): string {
  return `[${project.replace(/^\. /, '')}]`;
}

/** A function's name for a person: transformers name a default export without one of its own so. */
export function functionName(name: string): string {
  return name === '_default' || name === 'default' ? 'the default export' : name;
}

/** `line 3`, `lines 3-5`; empty where it is not known. */
export function linesText({ line, endLine }: { line: number; endLine: number }): string {
  if (line === 0) return '';
  return endLine <= line ? `line ${line}` : `lines ${line}-${endLine}`;
}
