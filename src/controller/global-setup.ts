import type { Test } from '@jest/test-result';
import type { Config } from '@jest/types';
import { readComposition } from '../config/composition';
import { fromJest } from '../run/user-jest';
import type { AwaitedSetups, AwaitedTeardowns, RunFile } from '../run/run-file';
import type { BackgroundReads } from '../run/background-inputs';
import type { Dependency } from '../records/types';
import { swallowed } from '../terminal/debug';
import { messageOf } from '../terminal/error-message';
import { describeFault, isSystemError } from '../terminal/fault';
import { beginSharedRun } from './sharing/begin-shared-run';
import { describeFailedSelection } from './open-store';
import { isPassed } from './conclude-with';
import { putAroundTeardowns } from './jest-process/global-teardowns';
import { listenToRunners } from './jest-process/runner-outcomes';
import { usersOwn } from './projects/environments';
import { session, startWorkers } from './session';
import { Teardowns } from './teardowns';

/**
 * Begins the run if our sequencer has not done so, because the user wrote the config keys by hand and left it out. In
 * watch mode the run before has not ended either, as nobody tells us that it did: this ends it.
 */
export async function beginWithoutSequencer(
  globalConfig: Config.GlobalConfig,
  projectConfig: Config.ProjectConfig,
): Promise<void> {
  const current = session();
  if (readComposition() !== null) return;
  if (current.controller !== null && !current.begunBySetup) return;
  current.begunBySetup = true;
  const controller = await beginSharedRun([], [projectConfig], globalConfig);
  if (controller === null) return;
  const { logger } = controller.request;
  if (globalConfig.projects.length > 1) {
    logger.info(
      `of several projects, a globalSetup sees one, so the others run each time and are not recorded; add testSequencer: 'jest-testmon/sequencer' to the root config for all of them.`,
    );
  }
  try {
    await controller.selectWithin(projectConfig.id);
  } catch (error) {
    swallowed('controller', error, 'selecting tests; everything runs');
    logger.warn(describeFailedSelection(error));
  }
  controller.runningConfigs = [projectConfig];
  startWorkers(controller, [], [projectConfig], true);
}

/**
 * Runs the global setup of the user's config. Until our own setup returns, Jest transpiles every module that is
 * required, including the user's. So it is loaded without transpiling it again, because the transformer would then
 * get its own output. Source: `ScriptTransformer.requireAndTranspileModule`.
 */
export async function runUserGlobalSetup(
  globalConfig: Config.GlobalConfig,
  projectConfig: Config.ProjectConfig,
): Promise<void> {
  const file = readComposition()?.globalSetup ?? null;
  if (file === null) return;
  const setup = await loadAsJest(file, projectConfig);
  if (typeof setup !== 'function')
    throw new TypeError(`globalSetup file must export a function at ${file}`);
  await (setup as (...configs: unknown[]) => unknown)(globalConfig, projectConfig);
}

/**
 * Has the project's runner tell the outcome of each test file, where no plug point of ours is told: a test file can fail
 * after its worker wrote the record, as its environment is torn down for instance. Jest loads the runner after the global
 * setup, by the same function.
 */
export async function hearOutcomes(
  { updateSnapshot }: Config.GlobalConfig,
  config: Config.ProjectConfig,
): Promise<void> {
  const { begunBySetup, controller } = session();
  if (!begunBySetup || controller === null) return;
  try {
    listenToRunners(await loadAsJest(config.runner, config), (test, result) =>
      noteOutcome(test, result !== null && isPassed(result, updateSnapshot === 'all')),
    );
    controller.expectVerdicts();
  } catch (error) {
    swallowed('controller', error, 'listening to the runner; outcomes are what workers record');
  }
}

/** Loads a module in this process as Jest does, CommonJS or ES module. @param file Absolute path. */
function loadAsJest(file: string, { rootDir }: Config.ProjectConfig): Promise<unknown> {
  const { requireOrImportModule } = fromJest(
    'jest-util',
    rootDir,
  )('jest-util') as typeof import('jest-util');
  return requireOrImportModule(file);
}

function noteOutcome({ context, path }: Test, passed: boolean): void {
  session().controller?.noteResult(context.config.id, path, passed);
}

/** Returns the user's global setups that must run before tests are recorded. Null if there are none. */
export function beforeGlobalSetup(): AwaitedSetups | null {
  return session().controller?.beforeGlobalSetup ?? null;
}

/** The runners that are not Jest's own, and what tells which files count; null where nothing is recorded. */
export function ownRunners(): { run: RunFile | null; runners: string[] } {
  return session().controller?.ownRunners ?? { run: null, runners: [] };
}

/** What is read in the background counts for each test file. */
export function watchBackground(reads: BackgroundReads): void {
  const background = session().controller?.background ?? null;
  if (background !== null) background.reads = reads;
}

/**
 * Has the global teardowns of the user watched, of which Jest is about to run some at the end of this run.
 * @param load Loads what starts to watch one, which returns what stops that and tells what it read.
 */
export async function expectTeardowns(
  globalConfig: Config.GlobalConfig,
  projectConfig: Config.ProjectConfig,
  load: () => Promise<(place: AwaitedTeardowns) => () => Dependency[]>,
): Promise<void> {
  const current = session();
  const { controller } = current;
  const run = controller?.ownRunners.run ?? null;
  if (controller === null || run === null) return;
  const ofProjects = controller.runningConfigs.map(({ globalTeardown }) => globalTeardown);
  const files = usersOwn([...ofProjects, globalConfig.globalTeardown]);
  if (files.length === 0) return;
  const ofToolChain = usersOwn([...ofProjects, readComposition()?.effective.globalTeardown]);
  const { startedAt: began, background } = controller;
  try {
    const watch = await load();
    const teardowns = new Teardowns(files);
    await putAroundTeardowns(projectConfig, new Set(files), async (file, tearDown) => {
      const stop = attempt(() => watch({ run, ofToolChain, began }));
      try {
        return await tearDown();
      } finally {
        background?.add(attempt(() => stop?.()) ?? []);
        teardowns.ended(file);
      }
    });
    current.teardowns = teardowns;
  } catch (error) {
    swallowed('controller', error, 'watching the global teardown; what it reads does not count');
  }
}

/** A fault of ours must not fail the user's teardown. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    swallowed('controller', error, 'watching a global teardown; what it reads does not count');
    return undefined;
  }
}

/**
 * Tells the workers what the global setups of this run changed in the environment. Jest calls ours last.
 * @param inputs The dependencies of the global setups.
 */
export function noteGlobalSetup(inputs: Dependency[]): void {
  const { controller } = session();
  try {
    controller?.noteGlobalSetup(inputs);
  } catch (error) {
    swallowed('controller', error, 'noting what the global setup did');
    const consequence = 'tests that read what the global setup sets run each time';
    controller?.request.logger.warn(
      isSystemError(error)
        ? `the run file cannot be written again (${messageOf(error)}); ${consequence}.`
        : describeFault('noting what the global setup did', error, consequence),
    );
  }
}
