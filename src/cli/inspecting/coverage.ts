import { carriedTestFiles, recordedSince } from '../../controller/answers/carried-coverage';
import {
  carryAll,
  InspectionError,
  reportConfig,
  writeReport,
  type Inspection,
} from '../../inspection';
import { ago } from '../../terminal/age';
import { count } from '../../terminal/logger';
import { EXIT, makeCommand, printNotice } from '../command';
import { describeLack, printCoveredLines } from './coverage-lines';
import { inspecting, look, UnknownNameError, type InspectingFlags } from './inspecting';
import type { Subcommand } from '../subcommand';

/** `jest-testmon coverage`: writes the coverage report from what is recorded, and runs nothing for it. */
export const coverage: Subcommand = {
  name: 'coverage',
  summary: 'write the coverage report from what is recorded, running no test',
  run,
};

async function run(args: string[]): Promise<void> {
  const command = inspecting(
    makeCommand(
      coverage.name,
      'Writes the coverage report that "jest --coverage" would write now, from what is recorded alone: with the coverage ' +
        'reporters, collectCoverageFrom and coverageThreshold of the project. Where a test file would run now, or its ' +
        'coverage is not recorded, the report lacks it, and the command says so and ends with 1. With a file: which test ' +
        'files hit which of its lines.',
      {
        exitCodes: [
          '0  the report is that of a full run, and it meets the thresholds; or the lines were told',
          '1  it lacks test files, or misses a threshold (or what testFailureExitCode of Jest says); or the project or its ' +
            'database cannot be used, which is said',
          '2  there is no such file, or the command line was not understood',
        ],
        examples: [
          ['coverage', 'the report of the project'],
          ['coverage --coverageReporters=lcov', 'with options of Jest'],
          ['coverage src/form.ts', 'which test files hit which lines'],
          ['coverage src/form.ts:42', 'which test files hit a line'],
        ],
      },
    ).argument('[place]', 'a file, or a file and line such as src/form.ts:42'),
  ).parse(args, { from: 'user' });
  const flags = command.opts<InspectingFlags>();
  let exitCode: number = EXIT.good;
  await look(['--coverage', ...command.args], flags, async (inspection) => {
    const [file] = inspection.positionals;
    refuseUntold(inspection);
    if (file !== undefined) await printCoveredLines(inspection, file, flags.json === true);
    else exitCode = await writeCarried(inspection, flags.json === true);
    return false;
  });
  if (process.exitCode === EXIT.good) process.exitCode = exitCode;
}

/** @throws {InspectionError} If nothing is known of what test files cover. */
function refuseUntold({ request, openEscapes, tests }: Inspection): void {
  const { namesTests = [], onlyChanged = false } = request.composition?.command ?? {};
  if (namesTests.length > 0 || onlyChanged)
    throw new UnknownNameError(
      `${namesTests[0] ?? 'an option'} says which tests run, of which nothing is recorded apart; leave it out`,
    );
  if (openEscapes.length > 0)
    throw new InspectionError(`testmon: no report is written while that is open; ${ADVICE}.`);
  if (tests.length === 0)
    throw new InspectionError('testmon: Jest finds no test file, so there is nothing to report.');
}

async function writeCarried(inspection: Inspection, json: boolean): Promise<number> {
  if (json)
    throw new UnknownNameError(
      '--json goes with a file; of the whole report, --coverageReporters=json-summary writes JSON',
    );
  const { tests } = inspection;
  const config = reportConfig(inspection);
  const { report, carried } = await carryAll(inspection, config);
  const held = carriedTestFiles(report.recordedAt);
  if (held === null)
    throw new InspectionError(`testmon: no report is written: ${describeLack(report)}; ${ADVICE}.`);
  printNotice(
    `testmon: the report holds the coverage of ${count(held.testFiles, 'test file')}, ${recordedSince(held, ago)}.`,
  );
  const isMet = await writeReport(
    tests.map(({ test }) => test),
    carried,
    config,
  );
  const isWhole = carried.size === tests.length;
  if (!isWhole)
    printNotice(
      `testmon: it lacks ${tests.length - carried.size} of ${count(tests.length, 'test file')}: ${describeLack(report)}; ${ADVICE}.`,
    );
  return isMet ? (isWhole ? EXIT.good : EXIT.bad) : config.testFailureExitCode;
}

const ADVICE = '"jest-testmon --coverage" runs what is needed and writes the full report';
