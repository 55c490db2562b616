import type { Config } from '@jest/types';
import { flushInWorker } from '../compile-cache';
import { runnerBehind, withoutHandover, wrapsAllTransformers } from '../run/handover';
import { withoutOurFrames } from '../run/own-frames';
import { putBack } from '../run/run-variables';
import type { AnyEnvironment } from './tests/circus';
import { hideProbes, watchVariables } from './environment-globals';
import { settlePending, unobserved } from '../interception/observer';
import { replace } from '../interception/patched';
import { keepCompiledModules } from '../interception/modules/recompiled';
import { isWellKnown, ToolCode } from './inputs/tool-code';
import { toolInputs } from './inputs/tool-inputs';
import { Recorder } from './recorder';
import { safely, warnUnrecorded } from './safely';
import { watchTestEvents, type Attachment } from './tests/test-events';
import { planSkips } from './tests/test-plan';
import type { ChosenEnvironment } from './user-runner';
import { toolChainOf } from '../transform/tool-chain-id';
import { joinRun } from './join-run';
import type { CountedScripts } from '../records/coverage';

/** What Jest's plug points know about the test file. */
export interface TestFileContext {
  config: Config.ProjectConfig;
  /** Absolute path. */
  testPath: string;
  /** Returns the environment that a docblock chose. */
  chosenEnvironment: () => ChosenEnvironment | null;
  /** Absolute path of the environment that ours wraps. Missing if ours does not wrap it. */
  environmentFile?: string;
  docblockPragmas: () => Record<string, string | string[]>;
  testNamePattern: string | undefined;
  /** Whether Jest asks V8 which code ran. */
  coveredByV8: boolean;
  /** Whether Jest asks istanbul's counters which code ran. */
  coveredByCounters: boolean;
  /** Whether `-u` is given. Jest then removes the snapshots of a test that does not run. */
  updatesSnapshots: boolean;
}

/** By environment, because Jest passes nothing of ours from the environment to the test runner. */
const attachments = new WeakMap<AnyEnvironment, Attachment>();

/**
 * Starts to record in an environment. Usually this happens when the environment is constructed. If a docblock chose
 * another environment, it happens when the test runner starts, with the observations kept until then. Does nothing if
 * there is no run to record.
 */
export function attach(
  environment: AnyEnvironment,
  context: TestFileContext,
  early: boolean,
): void {
  try {
    putBack();
    tryAttach(environment, context, early);
  } catch (error) {
    settlePending(null);
    warnUnrecorded(error);
  }
}

function tryAttach(environment: AnyEnvironment, context: TestFileContext, early: boolean): void {
  if (attachments.has(environment)) return;
  const run = joinRun();
  const project = run?.file.projects[context.config.id];
  if (run === null || project === undefined) {
    settlePending(null);
    return;
  }
  const chosen = context.chosenEnvironment();
  const environmentFile = context.environmentFile ?? chosen?.file;
  const runner = withoutHandover(context.config).handover.runner ?? runnerBehind(context.config);
  const tools = toolsOf(context.config, [environmentFile, runner]);
  keepCompiledModules(context.testPath, !context.coveredByV8);
  const recorder = new Recorder(
    run,
    run.journal,
    {
      projectId: context.config.id,
      environmentId: project.environmentId,
      file: context.testPath,
      pragmas: context.docblockPragmas(),
      toolChain: toolChainOf(context.config, run.file.root),
      tools,
      toolCode: ToolCode.of(tools.filter((tool) => tool !== context.config.resolver)),
      lookups: context.config,
      seesSources: wrapsAllTransformers(context.config),
      takenByJest: context.config.snapshotSerializers,
      isCovered: context.coveredByCounters,
    },
    environment.global,
  );
  if (early) settlePending(null);
  else settleLate(recorder, environmentFile);
  for (const file of chosen?.files ?? []) recorder.read(file);
  const attachment: Attachment = {
    recorder,
    global: environment.global,
    plan: planSkips(run, project, context.testPath, context.updatesSnapshots),
    outcome: null,
    failed: new Set(),
    skipped: [],
    snapshot: null,
  };
  attachments.set(environment, attachment);
  if (context.testNamePattern !== undefined && context.testNamePattern !== '') recorder.limit();
  watchVariables(environment.global, recorder);
  hideProbes(environment.global, recorder);
  watchTestEvents(environment, attachment);
  const isOwn = environmentFile !== undefined && !isWellKnown(environmentFile);
  watchTeardown(environment, attachment, isOwn ? environmentFile : undefined);
  if (early && environmentFile !== undefined) watchSetup(environment, recorder, environmentFile);
  const { runner: ofFiles } = context.config;
  if (tools.includes(ofFiles)) unobserved(() => toolInputs.seeElsewhere(run.file.root, ofFiles));
  // Jest has imported it, and nobody could see what it read.
  if (chosen?.file.endsWith('.mjs') === true && context.environmentFile === undefined)
    unobserved(() => toolInputs.seeElsewhere(run.file.root, chosen.file));
}

/** A chosen environment may keep what it read so far for later test files. Jest's own environments keep nothing. */
function settleLate(recorder: Recorder, environment: string | undefined): void {
  const end =
    environment === undefined || isWellKnown(environment) ? null : recorder.watchTool(environment);
  settlePending(recorder);
  end?.();
}

/** The modules of the user that run in Jest's own process. */
function toolsOf(
  { resolver, runner }: Config.ProjectConfig,
  wrapped: readonly (string | null | undefined)[],
): string[] {
  const ofFiles = /[\\/]jest-runner[\\/]/.test(runner) ? null : runner;
  return [resolver, ofFiles, ...wrapped].filter((tool) => typeof tool === 'string');
}

/** The test runner knows the result of the test file. It counts more than what we derived from events. */
export function noteOutcome(
  environment: AnyEnvironment,
  outcome: 'passed' | 'failed',
  snapshot: string | null,
): void {
  const attachment = attachments.get(environment);
  if (attachment === undefined) return;
  attachment.outcome = outcome;
  attachment.snapshot = snapshot;
}

/**
 * Jest takes what V8 counted out of its runtime.
 * @param read Reads it. @param read.root The root that stored paths are relative to.
 */
export function noteScripts(
  environment: AnyEnvironment,
  read: (root: string) => CountedScripts | null,
): void {
  const recorder = attachments.get(environment)?.recorder;
  const root = joinRun()?.file.root;
  if (recorder !== undefined && root !== undefined) recorder.scripts = unobserved(() => read(root));
}

/**
 * jest-circus begins to load itself into the environment. This does not count for the test. It ends with the event
 * `setup`.
 */
export function frameworkLoads(environment: AnyEnvironment): void {
  attachments.get(environment)?.recorder.pause();
}

/** Uses `then` because an `await` would appear in the stack trace of an error that the environment throws. */
function watchSetup(environment: AnyEnvironment, recorder: Recorder, file: string): void {
  const { setup } = environment as { setup?: unknown };
  if (typeof setup !== 'function') return;
  const watched = (): unknown => {
    const end = recorder.watchTool(file);
    const done = Reflect.apply(setup, environment, []) as unknown;
    if (done instanceof Promise) return done.then(end);
    end();
    return done;
  };
  replace('environment', environment, 'setup', watched);
}

/** @param file Absolute path of an environment of the user. Undefined for one that reads nothing. */
function watchTeardown(
  environment: AnyEnvironment,
  attachment: Attachment,
  file: string | undefined,
): void {
  const teardown = environment.teardown.bind(environment);
  const { recorder } = attachment;
  const write = (hasFailed: boolean) => safely(recorder, () => recorder.write(hasFailed));
  const watched = async (): Promise<void> => {
    // A test file that never reached its end, such as one that could not load, has failed.
    safely(recorder, () => recorder.finish(attachment.outcome ?? 'failed', attachment.snapshot));
    const end = file === undefined ? null : recorder.watchTool(file);
    if (end === null) write(false);
    flushInWorker();
    try {
      await teardown();
    } catch (error) {
      write(true);
      throw withoutOurFrames(error);
    }
    end?.();
    write(false);
  };
  replace('environment', environment, 'teardown', watched);
}
