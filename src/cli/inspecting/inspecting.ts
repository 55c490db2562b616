import type { Command } from 'commander';
import { EXPORT_NAMES, exportOf, TEST_NAMES } from '../../blocks';
import type { UserOptions } from '../../config/options';
import { whySelectionIsOff } from '../../controller/checks/escapes';
import { count, duration } from '../../terminal/logger';
import { openInspection, type Inspection } from '../../inspection';
import { printable } from '../../terminal/printable';
import { FLAGS } from '../flags';
import { EXIT, fail } from '../command';

/** The options of all commands that inspect a project. */
export interface InspectingFlags {
  json?: true;
  exitCode?: true;
  testmonEnv?: string;
  testmonGranularity?: string;
}

/** Thrown if nothing has the requested name. The message is a sentence for the user. */
export class UnknownNameError extends Error {
  constructor(sentence: string) {
    // A line break in the name would end the sentence.
    super(printable(sentence));
  }
}

/**
 * Adds the options of all commands that inspect a project. Unknown options are allowed, because they are passed to
 * Jest.
 */
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

/** Adds `--exit-code`, which works as in `git diff`. */
export function withExitCode(command: Command): Command {
  return command.option('--exit-code', 'end with 1 where something would run');
}

/**
 * Opens the project, lets a command answer, and sets the exit code that the command's help documents.
 * @param args The arguments that Commander left: options of Jest, and the subject of the command.
 * @param answer Prints the answer. Returns whether something would run.
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
          `testmon: ${printable(whySelectionIsOff(openEscapes))}; everything runs, whatever else is shown here; --testmon-trust selects again.\n`,
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

/** Formats the duration of a test. Below a tenth of a second, the result is in milliseconds. */
export function testTime(milliseconds: number): string {
  return milliseconds < 100 ? `${Math.round(milliseconds)} ms` : duration(milliseconds);
}

/**
 * Says that a changed tool chain runs everything.
 * @param testFiles How many test files that is.
 */
export function toolChainChanged(testFiles: number): string {
  return `The Jest config, a transformer, Jest or another part of the tool chain changed since the last run, so the next run takes all ${count(testFiles, 'test file')}.`;
}

/** Formats the name of a project. If several projects share the root, this is their display name. */
export function projectLabel(project: string): string {
  return `[${project.replace(/^\. /, '')}]`;
}

/** Formats the name of a function or an export. Transformers name an anonymous default export `_default` or `default`. */
export function functionName(name: string): string {
  if (name === EXPORT_NAMES) return 'the names of its exports';
  if (name === TEST_NAMES) return 'which tests there are';
  const exported = exportOf(name);
  if (exported !== null)
    return exported === 'default' ? 'the default export' : `the export ${exported}`;
  return name === '_default' || name === 'default' ? 'the default export' : name;
}

/** Formats a range of lines: `line 3`, `lines 3-5`. Empty if the lines are unknown. */
export function linesText({ line, endLine }: { line: number; endLine: number }): string {
  if (line === 0) return '';
  return endLine <= line ? `line ${line}` : `lines ${line}-${endLine}`;
}
