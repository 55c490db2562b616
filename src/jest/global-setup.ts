/**
 * Jest's `globalSetup`. Jest calls it once per run in its main process, after the sequencer and before any worker
 * starts. If our sequencer has not begun the run, this does. Then it runs the user's own global setup.
 */
import type { Config } from '@jest/types';
import {
  awaitRunnerInputs,
  beforeGlobalSetup,
  beginWithoutSequencer,
  expectTeardowns,
  hearOutcomes,
  noteGlobalSetup,
  ownRunners,
  runUserGlobalSetup,
} from '../controller/global-setup';
import type { Dependency } from '../records/types';

async function globalSetup(
  globalConfig: Config.GlobalConfig,
  projectConfig: Config.ProjectConfig,
): Promise<void> {
  await beginWithoutSequencer(globalConfig, projectConfig);
  await runUserGlobalSetup(globalConfig, projectConfig);
  noteGlobalSetup(beforeGlobalSetup() === null ? [] : await findInputs());
  const { run, runners } = ownRunners();
  if (run !== null && runners.length > 0) {
    const { watchRunners } = await import('../recording/runner-recorder.js');
    awaitRunnerInputs(watchRunners(run, runners));
  }
  await hearOutcomes(globalConfig, projectConfig);
  await expectTeardowns(
    globalConfig,
    projectConfig,
    async () => (await import('../recording/teardown-recorder.js')).watchTeardown,
  );
}

async function findInputs(): Promise<Dependency[]> {
  const { globalSetupInputs } = await import('../recording/setup-recorder.js');
  return globalSetupInputs();
}

export = globalSetup;
