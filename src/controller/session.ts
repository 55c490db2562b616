import type { Test, TestContext } from '@jest/test-result';
import type { Config } from '@jest/types';
import { NO_RUN } from '../run/run-file';
import { announceOuterVariables } from '../run/outer-variables';
import { announce, PROBES_VARIABLE, ROOT_VARIABLE, RUN_FILE_VARIABLE } from '../run/run-variables';
import { snapshotProcess, type ProcessSnapshot } from '../workspace/runtime-fingerprint';
import type { Answers } from './answers/answers';
import { canChooseRunner, undoChoice, type RunnerChoice } from './answers/runner-choice';
import { composeHandWritten } from './hand-written';
import { Controller } from './controller';
import { describeUnpublished, excludedFolders } from './steps/publish';
import { environmentKeys } from './projects/environments';
import { readRequest } from './read-request';
import type { RunRequest } from './run-request';
import { swallowed } from '../terminal/debug';
import type { Logger } from '../terminal/logger';
import type { JudgedTest } from './projects/project';
import { suppressNoTestsFound } from './jest-process/suppress-no-tests-found';
import { INTERRUPTED, type Ending, type Settlement } from './passes';
import type { Teardowns } from './teardowns';
import { ProcessEnd, type JestResults } from './jest-process/process-end';
import { pushAtExit } from './sharing/shared-run';
import { unrefStatusTimer } from './jest-process/unref-status-timer';
import { conclude } from './summary';
import type { Comparison, Verification } from './checks/verification';

/** What Jest's main process knows about the present run. All plug points share it. */
export interface Session {
  controller: Controller | null;
  /** Whether our global setup began the run, because the config does not name our sequencer. */
  begunBySetup: boolean;
  /** Set by the reporter and the sequencer, which receive every outcome and end the run. */
  reported: boolean;
  /** Observes how this process ends. */
  processEnd: ProcessEnd | null;
  /** Jest's results of the last finished run, and what becomes final when the process ends. */
  concluded: { jest: JestResults; settlement: Settlement } | null;
  /** The global teardowns that the end of the run waits for. Null where there are none. */
  teardowns: Teardowns | null;
  /** Set by an inspection, which replaces the run. */
  inspector: Inspector | null;
  /** Set by the `verify` command. */
  verification: {
    verification: Verification;
    /** Called once, after everything has run. */
    report(comparison: Comparison): void;
  } | null;
  /** Whether tests are running. */
  running: boolean;
  /** The key of our watch plug-in that runs everything. Null outside of watch mode, or without a terminal. */
  watchKey: string | null;
  /** Whether the next run selects nothing, as our watch plug-in asks. */
  everythingOnce: boolean;
  /** The result of the last selection. Null before the first one, and if there was nothing to select from. */
  lastSelection: { total: number; affected: string[] } | null;
  /**
   * The snapshot from before the first run in watch mode, and the hash of each project's tool chain at that time.
   * Null before a run.
   */
  started: (ProcessSnapshot & { toolChains: Map<string, string> }) | null;
  /** Set by the sequencer, until our runner takes it. */
  runnerChoice: RunnerChoice | null;
  /** The logger of the last run. */
  logger: Logger | null;
  /** Undoes the suppression of Jest's message that it found no tests, and of its status timer. */
  release: () => void;
}

/** The test files that Jest found, and its configs. */
export interface Found {
  request: RunRequest;
  /** All projects. Also those without tests, if Jest reports them. */
  configs: Config.ProjectConfig[];
  tests: Test[];
}

/** Receives the test files that Jest found. Jest then runs nothing, and no database is opened. */
export type Inspector = (found: Found) => void;

const KEY = Symbol.for('jest-testmon.session');
const holder = globalThis as { [KEY]?: Session };

/** Returns the session of this process. Other copies of this module use the same symbol. */
export function session(): Session {
  holder[KEY] ??= startSession();
  return holder[KEY];
}

function startSession(): Session {
  const started: Session = {
    controller: null,
    begunBySetup: false,
    reported: false,
    processEnd: null,
    concluded: null,
    teardowns: null,
    inspector: null,
    verification: null,
    running: false,
    watchKey: null,
    everythingOnce: false,
    lastSelection: null,
    started: null,
    runnerChoice: null,
    logger: null,
    release: () => undefined,
  };
  // Registered before Jest's own listener, which sets the exit code.
  process.once('exit', (code) => endProcess(code));
  return started;
}

/**
 * Begins a run of the given projects. A run that has not ended, as in watch mode or after an interruption, is ended
 * first.
 * @param listing Whether Jest only lists tests. Then nothing is recorded.
 * @returns Null if nothing can be recorded or selected.
 */
export function beginRun(
  contexts: readonly TestContext[],
  configs: readonly Config.ProjectConfig[],
  globalConfig: Config.GlobalConfig | null,
  listing = false,
): Controller | null {
  const current = session();
  current.teardowns?.release();
  current.teardowns = null;
  endRun(INTERRUPTED);
  current.concluded = null;
  current.release();
  const request = stopRecordingIfToolChainChanged(
    { ...prepareRequest(configs, globalConfig, canAnswerFor(contexts)), listing },
    configs,
  );
  current.everythingOnce = false;
  current.logger = request.logger;
  if (!request.options.enabled) return null;
  if (request.composition === null) composeHandWritten(request, configs);
  const controller = Controller.begin(request, configs);
  current.controller = controller;
  return controller;
}

/**
 * Passes the test files that Jest found to an inspection.
 * @returns False if there is no inspection, so that this is a run.
 */
export function handOver(
  configs: readonly Config.ProjectConfig[],
  globalConfig: Config.GlobalConfig | null,
  tests: readonly Test[],
): boolean {
  const { inspector } = session();
  if (inspector === null) return false;
  inspector({
    request: prepareRequest(configs, globalConfig),
    configs: [...configs],
    tests: [...tests],
  });
  return true;
}

/**
 * Stops recording if the tool chain has changed in watch mode. Jest keeps transformers, their configs and the global
 * setup loaded. After an edit of one of these, the results belong neither to the old nor to the new tool chain, so
 * they are not recorded.
 */
function stopRecordingIfToolChainChanged(
  request: RunRequest,
  configs: readonly Config.ProjectConfig[],
): RunRequest {
  const toolChains = session().started?.toolChains;
  if (request.started === null || toolChains === undefined || !request.options.enabled)
    return request;
  let changed = false;
  for (const { project, hash } of environmentKeys(request, configs)) {
    if (!toolChains.has(project)) toolChains.set(project, hash);
    changed ||= toolChains.get(project) !== hash;
  }
  return changed ? { ...request, toolChainChanged: true, select: false, collect: false } : request;
}

/**
 * Ends the present run, if there is one.
 * @returns What becomes final when the process ends.
 */
export function endRun(ending: Ending): Settlement | null {
  const current = session().controller;
  if (current === null) return null;
  session().controller = null;
  if (session().reported) current.expectVerdicts();
  return current.end(ending);
}

/** Handles the end of the process. The run may still be going on, or it is finished and its results become final. */
function endProcess(code: number): void {
  session().teardowns?.release();
  settle(code);
  pushAtExit();
}

function settle(code: number): void {
  const { controller, processEnd, concluded, reported } = session();
  if (concluded !== null) {
    session().concluded = null;
    concluded.settlement.settle(processEnd?.isExplained(code, concluded.jest) !== false);
  }
  if (controller === null) return;
  if (!reported && processEnd?.endedByItself === true) endRun({ ...INTERRUPTED, isWhole: true });
  else {
    const distrust = processEnd?.isKilled(code) === false ? 'everybody' : 'inBand';
    endRun({ ...INTERRUPTED, isWhole: !reported, distrust });
  }
}

/**
 * Ends the run and prints what it saved, as soon as its global teardowns are over.
 * @param jest Jest's results.
 */
export function concludeRun(jest: JestResults): void {
  const { processEnd, teardowns } = session();
  processEnd?.look();
  if (teardowns?.holdBack(() => endConcluded(jest)) !== true) endConcluded(jest);
}

function endConcluded(jest: JestResults): void {
  const { controller: current, processEnd } = session();
  const watches = current?.request.started != null;
  const settlement = endRun({
    isWhole: false,
    distrust: !watches && processEnd?.isSuspect === true ? 'inBand' : 'nobody',
    isProvisional: !watches,
  });
  session().concluded = settlement === null || watches ? null : { jest, settlement };
  session().running = false;
  if (current !== null)
    conclude(
      current.request,
      current.onlyReports ? null : current.counts,
      current.spotChecks?.outcome,
      current.flaky,
      current.coverage?.summary,
      current.budget?.summary,
    );
  const verifying = session().verification;
  const comparison = verifying?.verification.comparison();
  if (comparison?.compared === true) verifying?.report(comparison);
}

/**
 * Selects the test files that Jest runs.
 * @param listing Whether Jest only lists tests. Then nothing is published or printed.
 */
export async function selectTests(
  controller: Controller,
  tests: readonly Test[],
  listing: boolean,
): Promise<JudgedTest[]> {
  const judged = await controller.select(tests);
  session().verification?.verification.expect(controller.request, judged, controller);
  const running = controller.running(judged);
  controller.announce(judged, listing, session().watchKey);
  const affected = judged.filter(({ decision }) => decision.affected).map((one) => one.path);
  session().lastSelection = judged.length === 0 ? null : { total: judged.length, affected };
  if (judged.length > 0 && running.length === 0) withholdNothingFound(controller.request.logger);
  return running;
}

/** Suppresses Jest's message that it found no tests, because the user was told already why none runs. */
export function withholdNothingFound(logger: Logger): void {
  const releases = [unrefStatusTimer(), ...(logger.quiet ? [] : [suppressNoTestsFound()])];
  session().release = () => releases.forEach((release) => release());
}

/**
 * Gives the projects of the run their own runners back, where ours had taken their place.
 * @returns The test files that ours is to answer for.
 */
export function restoreRunners(): Answers | null {
  const { runnerChoice } = session();
  if (runnerChoice === null) return null;
  session().runnerChoice = null;
  undoChoice(runnerChoice);
  return runnerChoice.answers;
}

/** Publishes the run file for the workers. If nothing runs, ends the run instead. */
export function startWorkers(
  controller: Controller,
  contexts: readonly TestContext[],
  configs: readonly Config.ProjectConfig[],
  anything: boolean,
): void {
  if (!anything) {
    endRun(INTERRUPTED);
    return;
  }
  session().running = true;
  if (controller.request.started === null) watchProcess();
  try {
    controller.publish(excludedFolders(contexts, configs));
  } catch (error) {
    swallowed('controller', error, 'publishing the run file; nothing is recorded');
    controller.request.logger.warn(describeUnpublished(error));
  }
}

/** Observes how this process ends, because tests that run in it can end it. */
function watchProcess(): void {
  const current = session();
  current.processEnd?.forget();
  current.processEnd = new ProcessEnd();
}

/** Reads the request of a run, and announces to this process and its workers what transforming depends on. */
function prepareRequest(
  configs: readonly Config.ProjectConfig[],
  globalConfig: Config.GlobalConfig | null,
  canCarryCoverage = true,
): RunRequest {
  const { everythingOnce, verification } = session();
  const request = readRequest(configs, globalConfig, {
    everythingOnce,
    verify: verification !== null,
    canCarryCoverage,
    startedOnce,
  });
  // Keeps this process and its workers from taking part in an older run.
  announce(RUN_FILE_VARIABLE, NO_RUN);
  if (!request.options.enabled) return request;
  announceOuterVariables(request.started?.variables ?? process.env);
  announce(ROOT_VARIABLE, request.root);
  // V8 reports on the text that runs, which must be the user's code alone.
  announce(PROBES_VARIABLE, request.coveredByV8 ? 'off' : undefined);
  return request;
}

/** Whether our runner can take the place of the projects' own. Without our sequencer there are no contexts. */
function canAnswerFor(contexts: readonly TestContext[]): boolean {
  return contexts.length > 0 && canChooseRunner(contexts);
}

/** Returns the snapshot of the process from before its first run, for watch mode. */
function startedOnce(root: string): ProcessSnapshot {
  const current = session();
  current.started ??= { ...snapshotProcess(root, process.cwd()), toolChains: new Map() };
  return current.started;
}
