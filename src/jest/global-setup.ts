/**
 * Jest's `globalSetup`. Jest calls it once per run in its main process, after the sequencer and before any worker
 * starts. It is the controller's last moment to create the environments; then it runs the user's own global setup.
 */
import type { Config } from '@jest/types';
import {
  beginWithoutSequencer,
  noteGlobalSetup,
  runUserGlobalSetup,
} from '../controller/global-setup';

export default async function globalSetup(
  globalConfig: Config.GlobalConfig,
  projectConfig: Config.ProjectConfig,
): Promise<void> {
  await beginWithoutSequencer(globalConfig, projectConfig);
  await runUserGlobalSetup(globalConfig, projectConfig);
  noteGlobalSetup();
}
