import { recordedSince } from '../controller/answers/carried-coverage';
import {
  carryAll,
  InspectionError,
  reportConfig,
  writeReport,
  type CarriedReport,
  type InspectedTest,
  type Inspection,
} from '../inspection';
import { ago } from '../terminal/age';
import { count, some } from '../terminal/logger';
import { EXIT, makeCommand, printNotice } from './command';
import { inspecting, look, UnknownNameError, type InspectingFlags } from './inspecting';
import type { Subcommand } from './subcommand';

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
        'coverage is not recorded, the report lacks it, and the command says so and ends with 1.',
      {
        exitCodes: [
          '0  the report is that of a full run, and it meets the thresholds',
          '1  it lacks test files, or misses a threshold (or what testFailureExitCode of Jest says); or the project or its ' +
            'database cannot be used, which is said',
          '2  the command line was not understood',
        ],
        examples: [
          ['coverage', 'the report of the project'],
          ['coverage --coverageReporters=lcov', 'with options of Jest'],
        ],
      },
    ),
  ).parse(args, { from: 'user' });
  let exitCode: number = EXIT.good;
  await look(
    ['--coverage', ...command.args],
    command.opts<InspectingFlags>(),
    async (inspection) => {
      exitCode = await writeCarried(inspection);
      return false;
    },
  );
  if (process.exitCode === EXIT.good) process.exitCode = exitCode;
}

async function writeCarried(inspection: Inspection): Promise<number> {
  const { tests, positionals, request, openEscapes } = inspection;
  if (positionals.length > 0)
    throw new UnknownNameError(
      'the report is of all test files; --testPathPatterns says of which others, as for Jest',
    );
  if (request.coveredByV8)
    throw new InspectionError(
      `testmon: what V8 counts is not recorded, so there is nothing to report; ${ADVICE}.`,
    );
  if (openEscapes.length > 0)
    throw new InspectionError(`testmon: no report is written while that is open; ${ADVICE}.`);
  if (tests.length === 0)
    throw new InspectionError('testmon: Jest finds no test file, so there is nothing to report.');
  const config = reportConfig(inspection);
  const { report, carried } = await carryAll(inspection, config);
  if (carried.size === 0)
    throw new InspectionError(`testmon: no report is written: ${describeLack(report)}; ${ADVICE}.`);
  printNotice(
    `testmon: the report holds the coverage of ${count(carried.size, 'test file')}, ${recordedSince(report.recordedAt, ago)}.`,
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

/** Why test files are not in a report. */
function describeLack({ affected, unrecorded, unknown }: CarriedReport): string {
  const parts: [readonly InspectedTest[], string][] = [
    [affected, 'affected'],
    [unrecorded, 'without recorded coverage'],
    [unknown, 'of which what is recorded does not tell what they cover now'],
  ];
  return parts
    .filter(([tests]) => tests.length > 0)
    .map(([tests, why]) => `${tests.length} ${why}${some(tests.map(({ path }) => path))}`)
    .join(', ');
}
