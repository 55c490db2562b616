import type { Config } from '@jest/types';
import { blocksIn, stripProbes } from '../blocks';
import { flushInWorker } from '../compile-cache';
import { wrapsAllTransformers } from '../run/handover';
import { withoutOurFrames } from '../run/own-frames';
import { putBack, takeOut } from '../run/run-variables';
import type { CircusEvent, CircusState, CircusTest } from './circus';
import { settlePending, unobserved } from '../interception/observer';
import { keepCompiledModules } from '../interception/recompiled';
import { Recorder } from './recorder';
import { keepSnapshots } from './skipped-snapshots';
import { planSkips, type TestPlan } from './test-plan';
import { watchedVariables } from '../interception/variables';
import { joinRun, sayOnce } from './worker-run';

/** The part of Jest's environment that we use; every environment has it, also a user's own. */
export interface AnyEnvironment {
  global: object;
  handleTestEvent?: ((event: CircusEvent, state: CircusState) => unknown) | undefined;
  teardown(): Promise<void>;
}

/** What Jest's plug points know of the test file. */
export interface TestFileContext {
  config: Config.ProjectConfig;
  /** Absolute path. */
  testPath: string;
  /** Absolute paths of the files of an environment that a docblock chose. */
  environmentFiles?: () => readonly string[];
  docblockPragmas: () => Record<string, string | string[]>;
  testNamePattern: string | undefined;
  /** Jest asks V8 itself what ran. */
  coveredByV8: boolean;
  /** `-u`: the snapshots of a test that does not run would be removed. */
  updatesSnapshots: boolean;
}

interface Attachment {
  recorder: Recorder;
  plan: TestPlan;
  /** Known once jest-circus has run to its end or the test runner has returned. */
  outcome: 'passed' | 'failed' | null;
  /** Tests whose last attempt failed. */
  failed: Set<CircusTest>;
  /** Full names of the tests that were skipped as unaffected. */
  skipped: string[];
  snapshot: string | null;
}

const attachments = new WeakMap<AnyEnvironment, Attachment>();

/**
 * Starts recording in an environment: from its construction, or, where a docblock chose another environment, from
 * the start of the test runner with what was kept until then. Does nothing where there is no run to record.
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
    sayUnrecorded(error);
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
  keepCompiledModules(context.testPath, !context.coveredByV8);
  const recorder = new Recorder(
    run,
    run.journal,
    {
      projectId: context.config.id,
      environmentId: project.environmentId,
      file: context.testPath,
      pragmas: context.docblockPragmas(),
      cacheDirectory: context.config.cacheDirectory,
      lookups: context.config,
      seesSources: wrapsAllTransformers(context.config),
    },
    environment.global,
  );
  settlePending(early ? null : recorder);
  for (const file of context.environmentFiles?.() ?? []) recorder.read(file);
  const attachment: Attachment = {
    recorder,
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
  watchEvents(environment, attachment);
  watchTeardown(environment, attachment);
}

/** The test runner has the test file's result; it counts more than our own reading of events. */
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

/** jest-circus begins to load itself into the environment: nothing of that is the test's, until it says it is set up. */
export function frameworkLoads(environment: AnyEnvironment): void {
  attachments.get(environment)?.recorder.pause();
}

/** A fault of ours costs the record of this test file, never its tests. */
function safely(recorder: Recorder, work: () => void): void {
  try {
    work();
  } catch (error) {
    recorder.abandon();
    sayUnrecorded(error);
  }
}

function sayUnrecorded(error: unknown): void {
  sayOnce(
    `a test file could not be recorded (${error instanceof Error ? error.message : String(error)}); its tests run, and it is selected again next time.`,
  );
}

/** Adds our look at Jest's events in front of the environment's own, also where that is a class field. */
function watchEvents(environment: AnyEnvironment, attachment: Attachment): void {
  const original = environment.handleTestEvent;
  environment.handleTestEvent = (event, state) => {
    safely(attachment.recorder, () => onEvent(environment, attachment, event, state));
    return original?.call(environment, event, state);
  };
}

function onEvent(
  environment: AnyEnvironment,
  attachment: Attachment,
  event: CircusEvent,
  state: CircusState,
): void {
  const { recorder, plan, failed } = attachment;
  const { test } = event;
  switch (event.name) {
    case 'setup':
      recorder.resume();
      break;
    case 'run_start':
      if (plan.skipAll) recorder.abandon();
      plan.apply(state);
      break;
    case 'run_finish':
      if (state.testNamePattern) recorder.limit();
      attachment.outcome =
        failed.size > 0 || state.unhandledErrors.length > 0 ? 'failed' : 'passed';
      keepSnapshots(environment.global, attachment.skipped);
      break;
    default:
      if (test !== undefined) onTestEvent(attachment, event.name, test);
  }
}

const TEST_EVENTS: ReadonlySet<string> = new Set([
  'test_start',
  'test_done',
  'test_skip',
  'test_todo',
]);

function onTestEvent(attachment: Attachment, event: string, test: CircusTest): void {
  // There are several more for each test and each hook around it.
  if (!TEST_EVENTS.has(event)) return;
  const { recorder, plan, failed } = attachment;
  const identity = plan.identify(test);
  const kept = plan.kept(test);
  switch (event) {
    case 'test_start':
      if (kept === null) recorder.testStarted(identity, test.concurrent === true);
      break;
    case 'test_done':
      if (test.errors.length > 0) failed.add(test);
      else failed.delete(test);
      recorder.testEnded(
        identity,
        test.errors.length > 0 ? 'failed' : 'passed',
        test.duration ?? 0,
      );
      break;
    case 'test_skip':
      if (kept === null || plan.shared === null) recorder.testEnded(identity, 'skipped', 0);
      else {
        recorder.testKept(kept, plan.shared);
        attachment.skipped.push(identity.name.join(' '));
      }
      break;
    case 'test_todo':
      recorder.testEnded(identity, 'todo', 0);
      break;
  }
}

function watchTeardown(environment: AnyEnvironment, attachment: Attachment): void {
  const teardown = environment.teardown.bind(environment);
  environment.teardown = async () => {
    // A test file that never came to its end (it could not load) has failed.
    safely(attachment.recorder, () =>
      attachment.recorder.finish(attachment.outcome ?? 'failed', attachment.snapshot),
    );
    flushInWorker();
    await teardown();
  };
}

/** Reports each variable that code in the environment asks for. */
function watchVariables(global: object, recorder: Recorder): void {
  const scope = (global as { process?: Partial<NodeJS.Process> }).process;
  if (scope?.env === undefined) return;
  // An environment of the user's may share the variables of the process itself.
  if (scope.env !== process.env) takeOut(scope.env);
  scope.env = watchedVariables(scope.env, recorder);
  // An environment that was made before the first recorder has the one that nobody watches.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- Put where it is called as a method again.
  const { loadEnvFile } = process;
  if (scope.loadEnvFile !== undefined && loadEnvFile !== undefined) scope.loadEnvFile = loadEnvFile;
}

/** What calls `toString` of something that is no function gets an error. */
function asText(toString: () => string, self: unknown, args: unknown[]): string {
  try {
    return Reflect.apply(toString, self, args) as string;
  } catch (error) {
    throw unobserved(() => withoutOurFrames(error));
  }
}

/** Functions turned into text show the code that was written, not our probes, and count as if they had run. */
function hideProbes(global: object, recorder: Recorder): void {
  const prototype = (global as { Function?: { prototype: { toString: () => string } } }).Function
    ?.prototype;
  if (prototype === undefined) return;
  const hiding: () => string = new Proxy(prototype.toString, {
    apply: (toString, self, args) => {
      // A proxy as text has no name, so the function stands in for it.
      const text = asText(toString, self === hiding ? toString : self, args);
      const blocks = blocksIn(text);
      if (blocks.length === 0) return text;
      safely(recorder, () => recorder.shown(blocks));
      return stripProbes(text);
    },
  });
  prototype.toString = hiding;
}
