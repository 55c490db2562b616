import { ago } from '../../terminal/age';
import { count, duration, some } from '../../terminal/logger';
import { showProgress } from '../../terminal/progress';
import { makeOverview, type Overview } from '../../inspection';
import { colours, makeCommand, printJson, printLines } from '../command';
import { outdatedLines } from './impact-lines';
import type { Subcommand } from '../subcommand';
import {
  functionName,
  inspecting,
  look,
  toolChainChanged,
  withExitCode,
  type InspectingFlags,
} from './inspecting';

/** `jest-testmon status`: tells what changed and what that affects. */
export const status: Subcommand = {
  name: 'status',
  summary: 'tell what changed, what that affects, and how good the data is',
  run,
};

async function run(args: string[]): Promise<void> {
  const command = withExitCode(
    inspecting(
      makeCommand(
        status.name,
        'Tells what changed since the recorded runs, which test files that affects, what failed last, the size and age ' +
          'of the data, and the time saved.',
        {
          exitCodes: [
            '0  answered',
            '1  with --exit-code, something would run; or the project or its database cannot be used, which is said',
            '2  the command line was not understood',
          ],
          examples: [
            ['status', 'how this project stands'],
            ['status --exit-code', 'for a script: is there anything to run?'],
          ],
        },
      ),
    ),
  ).parse(args, { from: 'user' });
  const flags = command.opts<InspectingFlags>();
  await look(command.args, flags, async (inspection) => {
    const affected = inspection.tests.filter(({ decision }) => decision.affected).length;
    const progress = showProgress('looking at affected test files', affected);
    const overview = await makeOverview(inspection, (done) => progress.at(done));
    progress.end();
    if (flags.json === true) printJson(overview);
    else printLines(describe(overview));
    return overview.affected.length > 0;
  });
}

/** The number of names that a list shows. */
const MAX_SHOWN = 10;

function describe(overview: Overview): string[] {
  return [
    ...affectedLines(overview),
    ...outdatedProjectLines(overview),
    ...listed(
      'Changed files',
      overview.changedFiles.map(({ path, functions, testFiles }) => {
        const named = functions.filter((name) => name !== '').map(functionName);
        return `${path}${colours.dim(some(named))} affects ${count(testFiles, 'test file')}`;
      }),
    ),
    ...listed(
      'Other changes',
      overview.changes.map(
        ({ text, testFiles }) => `${text}: affects ${count(testFiles, 'test file')}`,
      ),
    ),
    ...listed('Failed last time', overview.failed),
    ...listed(
      'Not recorded yet',
      overview.unrecorded.length === overview.testFiles ? [] : neverRecorded(overview),
    ),
    '',
    ...dataLines(overview),
  ];
}

function neverRecorded({ unrecorded, outdated }: Overview): string[] {
  const known = new Set(outdated);
  return unrecorded.filter((path) => !known.has(path));
}

/** With several projects, the tool chain of some of them can have changed. */
function outdatedProjectLines({ projects, testFiles, unrecorded }: Overview): string[] {
  if (unrecorded.length === testFiles) return [];
  return outdatedLines(
    projects
      .filter(({ recorded, testFiles: own }) => recorded === 'other' && own > 0)
      .map(({ name, testFiles: own }) => ({ project: name, testFiles: own })),
    projects.length,
  );
}

function affectedLines({
  affected,
  testFiles,
  skippedTests,
  affectedDuration,
  duration: whole,
  unrecorded,
  projects,
}: Overview): string[] {
  if (testFiles === 0) return ['Jest finds no test files in this project.'];
  if (unrecorded.length === testFiles) {
    return projects.some(({ recorded }) => recorded === 'other')
      ? [toolChainChanged(testFiles)]
      : [`Nothing is recorded yet, so the next run takes all ${count(testFiles, 'test file')}.`];
  }
  if (affected.length === 0)
    return [
      `${colours.green('Nothing is affected')}: all ${count(testFiles, 'test file')} are unchanged since they passed.`,
    ];
  const time =
    affectedDuration > 0 ? `, about ${duration(affectedDuration)} of ${duration(whole)}` : '';
  const inside =
    skippedTests === 0
      ? ''
      : `; ${count(skippedTests, 'unaffected test')} in ${affected.length === 1 ? 'it' : 'them'} skipped`;
  return [
    `${colours.yellow(`${affected.length} of ${count(testFiles, 'test file')}`)} would run now${time}${inside}.`,
  ];
}

function listed(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length - MAX_SHOWN;
  return [
    '',
    colours.bold(title),
    ...items.slice(0, MAX_SHOWN).map((item) => `  ${item}`),
    ...(more > 0 ? [colours.dim(`  and ${more} more; --json lists all`)] : []),
  ];
}

function dataLines(overview: Overview): string[] {
  const { database, projects, runs, testFiles, unrecorded } = overview;
  const { file, size, oldest, newest } = database;
  if (size === null || size === 0)
    return [`There is no database yet; the first run makes ${file}.`];
  const lines = [
    `Data: ${file}, ${bytes(size)}, records of ${testFiles - unrecorded.length} of ${count(testFiles, 'test file')}` +
      (projects.length > 1 ? ` in ${count(projects.length, 'project')}` : '') +
      `${newest === null || oldest === null ? '' : `, recorded ${span(oldest, newest)}`}.`,
  ];
  if (runs !== null) {
    lines.push(
      `Last ${count(runs.count, 'run')}, the first ${ago(runs.since)}: ${runs.selected} of ${count(runs.total, 'test file')} ran, ` +
        (runs.saved > 0
          ? `which saved about ${duration(runs.saved)} of test time.`
          : 'which saved nothing yet.'),
    );
  }
  return [...lines, ...flakyLines(overview), ...spotCheckLines(overview)];
}

function flakyLines({ flaky: { tests, testFiles, latest } }: Overview): string[] {
  if (latest === null) return [];
  return [
    `${count(tests, 'flaky test')} in ${count(testFiles, 'test file')}, last seen ${ago(latest)}; jest-testmon flaky lists ${tests === 1 ? 'it' : 'them'}.`,
  ];
}

function spotCheckLines({ spotChecks, testFiles }: Overview): string[] {
  const { percent, checked, latest, escapes } = spotChecks;
  if (percent === 0 && checked === 0 && escapes.length === 0) return [];
  const share = percent === 0 ? 'off' : `${percent}% of what is left out`;
  const last = latest === null ? '' : `, the last one ${ago(latest)}`;
  const found =
    escapes.length === 0
      ? 'none failed unexpectedly'
      : `${count(escapes.length, 'test file')} failed unexpectedly`;
  return [
    `Spot checks (${share}): ${Math.min(checked, testFiles)} of ${count(testFiles, 'test file')} checked so far${last}; ${found}.`,
    ...listed(
      'Failed in a spot check',
      escapes.map(
        ({ path, foundAt, isOpen, message }) =>
          `${path} ${colours.dim(`${ago(foundAt)}, ${isOpen ? 'open: everything runs' : 'settled'}:`)} ${message}`,
      ),
    ),
  ];
}

function span(oldest: number, newest: number): string {
  const [from, to] = [ago(oldest), ago(newest)];
  return from === to ? from : `from ${from} to ${to}`;
}

function bytes(size: number): string {
  return size < 1_000_000
    ? `${Math.max(1, Math.round(size / 1000))} kB`
    : `${(size / 1_000_000).toFixed(1)} MB`;
}
