import type { RunRequest } from './run-request';
import { whySelectionIsOff } from './checks/escapes';
import { count, duration, some } from '../terminal/logger';
import { COVERAGE_KEY } from './run-request';
import type { Project } from './projects/project';
import type { RunCounts } from './run-counts';
import { describeFlaky, type FlakyOutcomes } from './checks/flaky-tests';
import type { SpotCheckOutcome } from './checks/spot-checks';

/** Prints the line before the tests run. */
export function announce(
  {
    logger,
    select,
    collect,
    options,
    namesTests,
    everythingOnce,
    toolChainChanged,
    openEscapes,
  }: RunRequest,
  counts: RunCounts,
  watchKey: string | null = null,
): void {
  const { total, selected, changed, failedBefore, neverRecorded, always, skippedTests } = counts;
  if (total === 0) return;
  if (!select) {
    const testFilesRun = `${count(total, 'test file')} ${total === 1 ? 'runs' : 'run'}`;
    const recorded = ` and ${total === 1 ? 'is' : 'are'} recorded`;
    if (toolChainChanged) {
      logger.info(
        `what shapes every result (a transformer or its config, the global setup, a package of these) has changed since Jest began to watch, and this process still works by what it has loaded: ${testFilesRun} and nothing is recorded until Jest is started again.`,
      );
    } else if (openEscapes.length > 0) {
      const one = openEscapes.length === 1;
      logger.warn(
        `${whySelectionIsOff(openEscapes)}: ${testFilesRun}${collect ? recorded : ''} until ${one ? 'that test file passes' : 'those test files pass'}${collect ? '' : ' in a run that records'}; --testmon-trust selects again without that.`,
      );
    } else if (everythingOnce) {
      logger.info(
        `everything runs once: ${count(total, 'test file')}, most likely to fail first; the next run selects again.`,
      );
    } else if (namesTests.length > 0 && options.select) {
      logger.info(
        `${namesTests.join(' ')} names what to run, so ${testFilesRun} without selection${collect ? recorded : ''}; --testmon-forceselect selects all the same.`,
      );
    } else logger.info(`selection is off: ${testFilesRun}, most likely to fail first.`);
    return;
  }
  if (neverRecorded === total) {
    logger.info(
      `nothing is recorded yet in this environment: ${count(total, 'test file')} to run${collect ? ' and record' : ''}.`,
    );
    return;
  }
  if (selected === 0) {
    logger.info(
      `nothing affected: ${total === 1 ? '1 test file is unchanged since it' : `all ${total} test files are unchanged since they`} passed${watchKey === null ? '.' : `; press ${watchKey} to run everything.`}`,
    );
    return;
  }
  const reasons: string[] = [];
  const cause = causeOf(changed);
  if (failedBefore > 0) reasons.push(`${failedBefore} failed last time`);
  if (neverRecorded > 0) reasons.push(`${neverRecorded} new`);
  if (always > 0) reasons.push(`${always} to run always`);
  const others = reasons.length === 0 ? '' : `${cause === '' ? ':' : ','} ${reasons.join(', ')}`;
  const inside =
    skippedTests === 0
      ? ''
      : `; ${count(skippedTests, 'unaffected test')} in ${selected === 1 ? 'it' : 'them'} skipped`;
  logger.info(`${selected} of ${count(total, 'test file')} affected${cause}${others}${inside}`);
}

function causeOf(changed: readonly string[]): string {
  if (changed.length === 0) return '';
  const files = changed.filter((name) => !/^(package|variable) /.test(name)).length;
  const noun = files === changed.length ? 'changed file' : 'change';
  return ` by ${count(changed.length, noun)}${some(changed)}`;
}

/**
 * Prints the line before the tests run, if Jest does not tell which test files it will run. Only the recorded ones
 * are known then.
 */
export function announceWithin(
  { logger, select, collect, namesTests, options, openEscapes }: RunRequest,
  { total, selected, changed }: RunCounts,
): void {
  const recorded = collect ? ' and is recorded' : '';
  if (!select) {
    if (openEscapes.length > 0)
      logger.warn(
        `${whySelectionIsOff(openEscapes)}: everything runs${recorded}; --testmon-trust or TESTMON_TRUST=1 selects again.`,
      );
    else if (namesTests.includes(COVERAGE_KEY) && options.select)
      logger.info(
        `the Jest config asks for a coverage report, so everything runs${recorded}; --coverage=false selects, as does TESTMON_FORCESELECT=1.`,
      );
    else if (namesTests.length > 0 && options.select)
      logger.info(
        `${namesTests.join(' ')} names what to run, so it runs without selection${recorded}; TESTMON_FORCESELECT=1 selects all the same.`,
      );
    else logger.info(`selection is off: everything runs${recorded}.`);
  } else if (total === 0)
    logger.info(`nothing is recorded yet in this environment: everything runs${recorded}.`);
  else if (selected === 0)
    logger.info(
      `nothing recorded is affected: ${total === 1 ? '1 test file is unchanged since it' : `${total} test files are unchanged since they`} passed, and Jest counts ${total === 1 ? 'it' : 'them'} as skipped.`,
    );
  else
    logger.info(`${selected} of ${count(total, 'recorded test file')} affected${causeOf(changed)}`);
}

/**
 * Prints the line after the tests have run.
 * @param counts Null if all was said before the tests ran.
 */
export function conclude(
  { logger, select }: RunRequest,
  counts: RunCounts | null,
  spotChecks: SpotCheckOutcome | undefined,
  flaky: FlakyOutcomes,
  carried: readonly string[] = [],
  unreached: readonly string[] = [],
): void {
  const parts =
    counts === null
      ? carried
      : [
          ...unreached,
          ...(select ? describeSelection(counts, spotChecks) : []),
          ...carried,
          ...describeFlaky(flaky),
        ];
  if (parts.length > 0) logger.info(`${parts.join('; ')}.`);
}

/** What was left out, and what that saved: no part where there is nothing to say. */
function describeSelection(counts: RunCounts, spotChecks: SpotCheckOutcome | undefined): string[] {
  const files = counts.total - counts.selected - (spotChecks?.chosen ?? 0);
  const { skippedTests } = counts;
  const checked = spotChecks === undefined ? [] : [describeSpotChecks(spotChecks)];
  if (files === 0 && skippedTests === 0) return checked;
  const spared =
    files === 0
      ? `${count(skippedTests, 'unaffected test')} skipped`
      : `${count(files, 'test file')} not affected and not run${
          skippedTests === 0 ? '' : `, ${count(skippedTests, 'test')} of the others skipped`
        }`;
  const saved = Math.max(0, counts.saved - (spotChecks?.duration ?? 0));
  return [`${spared}, which saved about ${duration(saved)} of test time`, ...checked];
}

/** Returns how many of the unaffected test files were checked, and how many failed. */
function describeSpotChecks({ percent, unaffected, ended, failed }: SpotCheckOutcome): string {
  const found =
    ended === 0 ? '' : failed > 0 ? `, ${failed} failed` : `, ${ended === 1 ? 'it' : 'all'} passed`;
  return `spot checks (${percent}%): ${ended} of ${count(unaffected, 'unaffected test file')}${found}`;
}

/** Prints that failures may be caused by skipped tests, and what happens next. */
export function sayPartialFailures(
  { logger }: RunRequest,
  recorded: boolean,
  paths: readonly string[],
): void {
  if (paths.length === 0) return;
  const many = paths.length > 1;
  const next = recorded
    ? `the next run takes ${many ? 'them' : 'it'} whole`
    : '--testmon-granularity file runs it whole';
  logger.warn(
    `${many ? `${paths.length} test files${some(paths)}` : paths[0]} failed with unaffected tests skipped, on which the others may depend; ${next}.`,
  );
}

/**
 * Prints why test files that passed have no record. Workers acknowledge the run file and then record. If none did, a
 * runner works without Jest's test environments, or the config lacks a key.
 * @param projects Projects with test files that passed, but without records.
 * @param acknowledged The number of workers that took part in the run.
 */
export function sayUnrecorded(
  { logger }: RunRequest,
  projects: readonly Project[],
  acknowledged: number,
): void {
  const runners = new Set(projects.flatMap(({ otherRunner }) => otherRunner ?? []));
  for (const runner of runners)
    logger.warn(
      `what the runner ${runner} runs cannot be recorded, as it does without Jest's test environments; those test files run each time, as they would without jest-testmon.`,
    );
  if (projects.length === 0 || runners.size > 0 || acknowledged > 0) return;
  logger.warn(
    "no worker took part in this run, so nothing was recorded; the Jest config must name testEnvironment: 'jest-testmon/environment', or use withTestmon(config).",
  );
}

/** Prints that test files run again, because they may have caused Jest's process to end. */
export function sayDoubtful(
  { logger }: Pick<RunRequest, 'logger'>,
  testFiles: readonly { path: string }[],
): void {
  if (testFiles.length === 0) return;
  const paths = testFiles.map(({ path }) => path);
  const many = paths.length > 1;
  logger.warn(
    `Jest's process ended in a way that its results do not explain; ${many ? `${paths.length} test files${some(paths)} that ran may be` : `${paths[0]} may be`} the cause, so ${many ? 'they run' : 'it runs'} again next time.`,
  );
}

/** Prints that test files are order-dependent: they failed with tests skipped, and passed as a whole. */
export function sayOrderDependent({ logger }: RunRequest, paths: readonly string[]): void {
  if (paths.length === 0) return;
  const many = paths.length > 1;
  logger.info(
    `${many ? `${paths.length} test files${some(paths)} pass` : `${paths[0]} passes`} when taken whole, so ${many ? 'their' : 'its'} tests depend on each other; that is how ${many ? 'they run' : 'it runs'} until ${many ? 'their' : 'its'} code outside of the tests changes.`,
  );
}
