import { describeEscape, suspects } from '../controller/checks/escapes';
import { count } from '../terminal/logger';
import { session } from '../controller/session';
import { Verification, type Comparison } from '../controller/checks/verification';
import { parseArguments } from './arguments';
import { makeCommand, printJson, printNotice } from './command';
import type { Subcommand } from './subcommand';
import { run as runJest } from './run';

/** Exit codes in addition to Jest's own. */
const ESCAPED = 3;
const NOT_COMPARED = 4;

/** `jest-testmon verify`: runs everything, and reports what selection would have missed. */
export const verify: Subcommand = {
  name: 'verify',
  summary: 'run everything, and report what would have been skipped wrongly',
  run,
};

async function run(args: string[]): Promise<void> {
  const { own, others } = divide(args);
  const { json } = makeCommand(
    verify.name,
    'Runs everything and records it, and compares what would have been skipped with what happened. A test file, or with ' +
      'test granularity a test, that would have been skipped and failed is an escape: it depends on something that is ' +
      'not watched. For a nightly run.',
    {
      exitCodes: [
        '0  nothing failed',
        '1  tests failed, and all of them would have run anyway (or what testFailureExitCode of Jest says)',
        '2  the command line was not understood',
        '3  an escape; under --forceExit the code is that of Jest',
        '4  nothing was compared: the database cannot be used, or testmon is switched off',
      ],
      examples: [
        ['verify', 'run and compare everything'],
        ['verify --maxWorkers=4 src', 'with arguments for Jest'],
        ['verify --testmon-granularity test', 'judge also the tests of affected test files'],
      ],
    },
  )
    .usage('[options] [any arguments of Jest]')
    .option('--json', 'print the comparison as JSON on standard output')
    .parse(own, { from: 'user' })
    .opts<{ json?: true }>();
  const { jestArguments, flags } = parseArguments(others);

  const verification = new Verification();
  session().verification = { verification, report: (comparison) => report(comparison, json) };
  await runJest(jestArguments, { ...flags, select: false, forceSelect: false });

  const comparison = verification.comparison();
  if (!comparison.compared) {
    printNotice(
      'testmon: nothing was compared, as the records could not be used or testmon is switched off.',
    );
    if (json === true) printJson(comparison);
  }
  const code = comparison.escapes.length > 0 ? ESCAPED : comparison.compared ? 0 : NOT_COMPARED;
  if (code === 0) return;
  // Jest sets its exit code when the process ends. If tests failed without an escape, its code stays.
  process.once('exit', () => {
    if (code === ESCAPED || !process.exitCode) process.exitCode = code;
  });
}

/** Separates the arguments of this command from the others. */
function divide(args: readonly string[]): { own: string[]; others: string[] } {
  const end = args.indexOf('--');
  const isOwn = (argument: string, index: number) =>
    (end < 0 || index < end) && ['--json', '-h', '--help'].includes(argument);
  return { own: args.filter(isOwn), others: args.filter((...at) => !isOwn(at[0], at[1])) };
}

function report(comparison: Comparison, json: true | undefined): void {
  printNotice(...describe(comparison));
  if (json === true) printJson(comparison);
  // With `--forceExit`, Jest ends the process right after this, so this is the last chance to set the exit code. Jest
  // may overwrite it.
  if (comparison.escapes.length > 0) process.once('exit', () => (process.exitCode = ESCAPED));
}

function describe(comparison: Comparison): string[] {
  const { total, wouldSkip, checked, tests, escapes, recorded } = comparison;
  if (total === 0) return ['testmon: no test file was found, so there was nothing to verify.'];
  if (wouldSkip + tests.wouldSkip === 0) {
    return [
      `testmon: none of ${count(total, 'test file')} would have been skipped, so there was nothing to verify${recorded ? '; after this run there is' : ''}.`,
    ];
  }
  const unchecked = wouldSkip - checked;
  const rest = unchecked > 0 ? `; ${unchecked} more did not run` : '';
  if (escapes.length === 0) {
    const inside = tests.checked > 0 ? ` and ${count(tests.checked, 'test')} of the others` : '';
    return [
      `testmon: verified: of ${count(total, 'test file')} ${checked}${inside} would have been skipped, and none of them failed${rest}.`,
    ];
  }
  const files = escapes.filter(({ level }) => level === 'file').length;
  const failed = escapes.reduce(
    (sum, { level, failure }) => sum + (level === 'test' ? failure.tests.length : 0),
    0,
  );
  const what = [
    ...(files > 0 ? [`${files} of ${count(checked, 'test file')}`] : []),
    ...(failed > 0 ? [`${failed} of ${count(tests.checked, 'test')} in affected test files`] : []),
  ];
  return [
    `testmon: ${what.join(' and ')} that would have been skipped failed${rest}:`,
    ...escapes.flatMap((escape) => {
      const [path = '', ...details] = describeEscape(escape);
      return [`  ${path}`, ...details.map((detail) => `    ${detail}`)];
    }),
    ...advice(comparison).map((sentence) => `testmon: ${sentence}`),
  ];
}

/** Explains what may have caused the escapes. */
function advice(comparison: Comparison): string[] {
  const { escapes, recorded, changedIgnored } = comparison;
  const inside = escapes.filter(({ level }) => level === 'test').length;
  if (inside === 0) return [suspects(comparison)];
  const them = inside === 1 ? 'this file' : 'these files';
  const shared =
    `tests of one file share state, and others of ${them} were reached by the change, which is the likely cause; ` +
    (recorded
      ? `${them} will be taken whole until the code outside of the tests changes.`
      : `make them independent, or leave granularity at "file".`);
  const others = inside < escapes.length || changedIgnored.length > 0;
  return others ? [shared, suspects(comparison)] : [shared];
}
