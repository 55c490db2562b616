import { Command } from 'commander';
import type { UserOptions } from '../config/options';
import type { Subcommand } from './subcommand';
import { version } from './version';

/** A command line, divided into our options and Jest's arguments. */
export interface DividedArguments {
  /** All arguments that are not ours, unchanged and in order. */
  jestArguments: string[];
  /** Our own options, not validated yet. */
  flags: UserOptions;
}

interface ParsedFlags {
  testmon: boolean;
  testmonNoselect?: true;
  testmonNocollect?: true;
  testmonForceselect?: true;
  testmonEnv?: string;
  testmonTypeErrors?: string;
  testmonGranularity?: string;
  testmonReportSkipped?: boolean;
  testmonSpotChecks?: string;
  testmonTrust?: true;
  testmonShared?: string;
  testmonBudget?: string;
  testmonBudgetExit?: string;
}

/**
 * Separates our own options from a command line. Only these are passed to Commander, which would reorder the rest.
 * @param subcommands Returns the subcommands for the help. Only called if the help is printed.
 * @throws {CommanderError} After it has printed the help, the version, or an error in one of our options.
 */
export function parseArguments(
  args: readonly string[],
  subcommands: () => readonly Subcommand[] = () => [],
): DividedArguments {
  const program = createProgram(subcommands);
  const { own, jestArguments } = divide(args, program);
  const parsed = program.parse(own, { from: 'user' }).opts<ParsedFlags>();
  if (parsed.testmonNoselect === true && parsed.testmonForceselect === true) {
    program.error(
      'testmon: --testmon-noselect and --testmon-forceselect contradict each other; give one of them.',
    );
  }
  const flags: UserOptions = {
    ...(!parsed.testmon && { enabled: false }),
    ...(parsed.testmonNoselect === true && { select: false }),
    ...(parsed.testmonNocollect === true && { collect: false }),
    ...(parsed.testmonForceselect === true && { forceSelect: true }),
    ...(parsed.testmonEnv !== undefined && { environmentName: parsed.testmonEnv }),
    ...(parsed.testmonTypeErrors !== undefined && {
      typeErrors: parsed.testmonTypeErrors as UserOptions['typeErrors'],
    }),
    ...(parsed.testmonGranularity !== undefined && {
      granularity: parsed.testmonGranularity as UserOptions['granularity'],
    }),
    ...(parsed.testmonReportSkipped !== undefined && {
      reportSkipped: parsed.testmonReportSkipped,
    }),
    ...(parsed.testmonSpotChecks !== undefined && { spotChecks: parsed.testmonSpotChecks }),
    ...(parsed.testmonTrust === true && { trust: true }),
    ...(parsed.testmonShared !== undefined && { shared: parsed.testmonShared }),
    ...(parsed.testmonBudget !== undefined && { budget: parsed.testmonBudget }),
    ...(parsed.testmonBudgetExit !== undefined && {
      budgetExit: parsed.testmonBudgetExit as UserOptions['budgetExit'],
    }),
  };
  return { jestArguments, flags };
}

function createProgram(subcommands: () => readonly Subcommand[]): Command {
  const program = new Command('jest-testmon')
    .description(
      'Runs Jest, but only the tests that your changes can affect: the first run records what each test executes, ' +
        'from the second on unaffected test files are left out.',
    )
    .usage('[options of testmon] [any arguments of Jest]')
    .option('--testmon-noselect', 'run everything Jest would run, and record it')
    .option('--testmon-nocollect', 'select, but record nothing')
    .option(
      '--testmon-forceselect',
      'select also with -t, --findRelatedTests, --runTestsByPath, --onlyFailures and -u',
    )
    .option('--testmon-env <name>', 'keep the records of this run apart from others (TESTMON_ENV)')
    .option(
      '--testmon-granularity <level>',
      '"test" also skips unaffected tests inside affected test files (default: "file")',
    )
    .option(
      '--testmon-type-errors <what>',
      '"select" runs all that import an edited file, for ts-jest with diagnostics (default: "ignore")',
    )
    .option(
      '--testmon-spot-checks <share>',
      'run also some of the unaffected test files, such as "2%", to see whether one fails (default: "off")',
    )
    .option(
      '--testmon-report-skipped',
      "report unaffected test files as skipped, with their tests' names (default: with coverage)",
    )
    .option('--no-testmon-report-skipped', 'leave them out of every report')
    .option('--testmon-trust', 'select again after a spot check failed')
    .option(
      '--testmon-shared <url>',
      'take in what other machines recorded, from postgres://, s3:// or file:/// (TESTMON_SHARED)',
    )
    .option(
      '--testmon-budget <time>',
      'run what is most likely to fail until the time is up, such as "5m" (default: "off")',
    )
    .option(
      '--testmon-budget-exit <how>',
      '"pass" ends well although not everything was reached in time (default: "fail")',
    )
    .option('--no-testmon', 'run Jest exactly as if testmon were not there (TESTMON=0)')
    .version(version(), '--version', 'print the version of jest-testmon')
    .helpOption('-h, --help', 'print this help; "npx jest --help" prints that of Jest')
    .allowExcessArguments(false)
    .exitOverride()
    .addHelpText('after', () => `${listCommands(subcommands())}${EXAMPLES}`);
  return program;
}

const EXAMPLES = `
Every other argument goes to Jest as it is.

Examples:
  $ jest-testmon                          run what the changes since the recorded runs affect
  $ jest-testmon --watch                  select afresh at each run
  $ jest-testmon src/forms                affected test files whose path matches
  $ jest-testmon --listTests              print what would run
  $ jest-testmon --testmon-granularity test  skip single tests, too
  $ jest-testmon --testmon-noselect       run and record everything
  $ jest-testmon --testmon-env ci-node22  records of their own for one set-up
  $ jest-testmon --coverage               the same, with the coverage report of a full run`;

function listCommands(subcommands: readonly Subcommand[]): string {
  const lines = subcommands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return `\nCommands (as the first argument):\n${lines.join('\n')}\n`;
}

function divide(
  args: readonly string[],
  program: Command,
): { own: string[]; jestArguments: string[] } {
  const own: string[] = [];
  const jestArguments: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '--') {
      jestArguments.push(...args.slice(index));
      break;
    }
    if (!isOwn(argument)) {
      jestArguments.push(argument);
      continue;
    }
    own.push(argument);
    const takesValue = program.options.some(({ long, required }) => long === argument && required);
    const value = args[index + 1];
    if (takesValue && value !== undefined && !value.startsWith('-')) {
      own.push(value);
      index += 1;
    }
  }
  return { own, jestArguments };
}

function isOwn(argument: string): boolean {
  return /^--(no-)?testmon(-|=|$)/.test(argument) || /^(-h|--help|--version)$/.test(argument);
}
