import type { Test, TestContext } from '@jest/test-result';
import type { Config } from '@jest/types';
import * as path from 'node:path';
import { NO_RUN } from '../run/run-file';
import { announceOuterVariables } from '../run/outer-variables';
import { announce, PROBES_VARIABLE, ROOT_VARIABLE, RUN_FILE_VARIABLE } from '../run/run-variables';
import { snapshotProcess, type ProcessSnapshot } from '../workspace/runtime-fingerprint';
import type { Answers } from './answers/answers';
import { undoChoice, type RunnerChoice } from './answers/runner-choice';
import { composeHandWritten } from './hand-written';
import { Controller } from './controller';
import { describeUnpublished } from './steps/publish';
import { environmentKeys } from './projects/environments';
import { readRequest } from './read-request';
import type { RunRequest } from './run-request';
import { swallowed } from '../terminal/debug';
import type { Logger } from '../terminal/logger';
import type { JudgedTest } from './projects/project';
import { suppressNoTestsFound } from './jest-process/suppress-no-tests-found';
import { INTERRUPTED, type Ending, type Settlement } from './passes';
import { ProcessEnd, type JestResults } from './jest-process/process-end';
import { pushAtExit } from './sharing/shared-run';
import { unrefStatusTimer } from './jest-process/unref-status-timer';
import { conclude } from './summary';
import type { Comparison, Verification } from './checks/verification';

/** What Jest's main process knows of the run under way; shared by the plug points. */
export interface Session {
  controller: Controller | null;
  /** Set by the reporter and the sequencer: they learn of every outcome, and end the run. */
  reported: boolean;
  /** How this process comes to its end. */
  processEnd: ProcessEnd | null;
  /** What Jest made of the last run that came to its end, and what becomes final with the process. */
  concluded: { jest: JestResults; settlement: Settlement } | null;
  /** Set by an inspection: it takes the place of the run. */
  inspector: Inspector | null;
  /** Set by the `verify` command. */
  verification: {
    verification: Verification;
    /** Called once, when everything has run. */
    report(comparison: Comparison): void;
  } | null;
  /** While tests run. */
  running: boolean;
  /** The key of our watch plug-in that runs everything; null where Jest does not watch or no one can press it. */
  watchKey: string | null;
  /** The next run selects nothing, as our watch plug-in asks. */
  everythingOnce: boolean;
  /** What the last selection came to; null before the first, and where nothing was to be selected. */
  lastSelection: { total: number; affected: string[] } | null;
  /** What Jest was started with, and the hash of each project's tool chain then, where it watches; null until a run. */
  started: (ProcessSnapshot & { toolChains: Map<string, string> }) | null;
  /** Set by the sequencer, until our runner takes it. */
  runnerChoice: RunnerChoice | null;
  /** Of the last run. */
  logger: Logger | null;
  /** Lets Jest say again that it found no tests, and wait to show its status. */
  release: () => void;
}

/** What Jest found to run, and with which configs. */
export interface Found {
  request: RunRequest;
  /** Every project, also one without tests where Jest says so. */
  configs: Config.ProjectConfig[];
  tests: Test[];
}

/** Takes over what Jest found; then Jest gets nothing to run, and no database is opened. */
export type Inspector = (found: Found) => void;

const KEY = Symbol.for('jest-testmon.session');
const holder = globalThis as { [KEY]?: Session };

/** The session of this process. The symbol is shared with other copies of this module. */
export function session(): Session {
  holder[KEY] ??= startSession();
  return holder[KEY];
}

function startSession(): Session {
  const started: Session = {
    controller: null,
    reported: false,
    processEnd: null,
    concluded: null,
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
  // Before Jest's own listener, which sets the exit code.
  process.once('exit', (code) => endProcess(code));
  return started;
}

/**
 * Begins a run for the given projects; a run that was not ended (watch mode, interrupted) ends first.
 * @param listing Jest will only list, which records nothing.
 * @returns Null where nothing can be recorded or selected.
 */
export function beginRun(
  contexts: readonly TestContext[],
  configs: readonly Config.ProjectConfig[],
  globalConfig: Config.GlobalConfig | null,
  listing = false,
): Controller | null {
  endRun(INTERRUPTED);
  const current = session();
  current.concluded = null;
  current.release();
  const request = stopRecordingIfToolChainChanged(
    { ...prepareRequest(configs, globalConfig), listing },
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
 * Hands what Jest found over to the inspection that asked for it.
 * @returns False where none did, and this is a run.
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
 * What Jest's process has loaded of transformers, their configs and the global setup it keeps while it watches. Once
 * one of these is edited, what runs is what neither the old nor the new tool chain stands for: it leaves no record.
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
 * Ends the run under way, if there is one.
 * @returns What becomes final with the process.
 */
export function endRun(ending: Ending): Settlement | null {
  const current = session().controller;
  if (current === null) return null;
  session().controller = null;
  if (session().reported) current.expectVerdicts();
  return current.end(ending);
}

/** The process ends: with the run still under way, or after it, when what it found becomes final. */
function endProcess(code: number): void {
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
 * Ends the run and says what it saved.
 * @param jest What Jest made of it.
 */
export function concludeRun(jest: JestResults): void {
  const current = session().controller;
  const { processEnd } = session();
  processEnd?.look();
  const watches = current?.request.started != null;
  const settlement = endRun({
    isWhole: false,
    distrust: !watches && processEnd?.isSuspect === true ? 'inBand' : 'nobody',
    isProvisional: !watches,
  });
  session().concluded = settlement === null || watches ? null : { jest, settlement };
  session().running = false;
  if (current !== null && !current.onlyReports)
    conclude(
      current.request,
      current.counts,
      current.spotChecks?.outcome,
      current.flaky,
      current.budget?.summary,
    );
  const verifying = session().verification;
  const comparison = verifying?.verification.comparison();
  if (comparison?.compared === true) verifying?.report(comparison);
}

/**
 * Selects for a run: what remains is what Jest shall run.
 * @param listing Jest will only list: nothing is published or said.
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

/** Keeps Jest from saying that it found no tests: what was said of it is the better answer. */
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

/** Publishes the run file for the workers, or ends a run in which there is nothing to do. */
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

/** From now on what runs in this process may decide on how it ends. */
function watchProcess(): void {
  const current = session();
  current.processEnd?.forget();
  current.processEnd = new ProcessEnd();
}

/** Folders that Jest or we write to and no test's result depends on. */
function excludedFolders(
  contexts: readonly TestContext[],
  configs: readonly Config.ProjectConfig[],
): string[] {
  const all = [...contexts.map(({ config }) => config), ...configs];
  return [
    ...new Set(
      all.flatMap(({ cacheDirectory, coverageDirectory }) => [cacheDirectory, coverageDirectory]),
    ),
  ]
    .filter((folder): folder is string => typeof folder === 'string')
    .map((folder) => path.resolve(folder));
}

/** Reads what is asked for, and tells this process and its workers what transforming depends on. */
function prepareRequest(
  configs: readonly Config.ProjectConfig[],
  globalConfig: Config.GlobalConfig | null,
): RunRequest {
  const { everythingOnce, verification } = session();
  const request = readRequest(configs, globalConfig, {
    everythingOnce,
    verify: verification !== null,
    startedOnce,
  });
  // Nothing in this process or its workers may take part in an older run.
  announce(RUN_FILE_VARIABLE, NO_RUN);
  if (!request.options.enabled) return request;
  announceOuterVariables(request.started?.variables ?? process.env);
  announce(ROOT_VARIABLE, request.root);
  // V8 reports on the text that runs, which must be the user's code alone.
  announce(PROBES_VARIABLE, request.coveredByV8 ? 'off' : undefined);
  return request;
}

/** What a process that watches was started with, taken before its first run. */
function startedOnce(root: string): ProcessSnapshot {
  const current = session();
  current.started ??= { ...snapshotProcess(root, process.cwd()), toolChains: new Map() };
  return current.started;
}
