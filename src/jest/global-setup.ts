/**
 * Jest's `globalSetup`. Jest calls it once per run in its main process, after the sequencer and before any worker
 * starts. If our sequencer has not begun the run, this does. Then it runs the user's own global setup.
 */
import type { Config } from '@jest/types';
import {
  beforeGlobalSetup,
  beginWithoutSequencer,
  expectTeardowns,
  hearOutcomes,
  noteGlobalSetup,
  ownRunners,
  runUserGlobalSetup,
  watchBackground,
} from '../controller/global-setup';
import type { BackgroundReads } from '../run/background-inputs';

async function globalSetup(
  globalConfig: Config.GlobalConfig,
  projectConfig: Config.ProjectConfig,
): Promise<void> {
  await beginWithoutSequencer(globalConfig, projectConfig);
  await runUserGlobalSetup(globalConfig, projectConfig);
  const background: BackgroundReads[] = [];
  if (beforeGlobalSetup() === null) noteGlobalSetup([]);
  else {
    const { globalSetupInputs, servedInputs } = await import('../recording/setup-recorder.js');
    noteGlobalSetup(globalSetupInputs());
    background.push(servedInputs);
  }
  const { run, runners } = ownRunners();
  if (run !== null && runners.length > 0) {
    const { watchRunners } = await import('../recording/runner-recorder.js');
    const ofRunners = watchRunners(run, runners);
    if (ofRunners !== null) background.push(ofRunners);
  }
  if (background.length > 0)
    watchBackground((runner) => background.flatMap((reads) => reads(runner)));
  await hearOutcomes(globalConfig, projectConfig);
  await expectTeardowns(
    globalConfig,
    projectConfig,
    async () => (await import('../recording/teardown-recorder.js')).watchTeardown,
  );
}

export = globalSetup;
