import type { TestContext } from '@jest/test-result';
import type { Config } from '@jest/types';
import type { Controller } from '../controller';
import { beginRun } from '../session';

/**
 * Begins a run, with what other machines recorded taken in before it selects.
 * @returns As `beginRun`.
 */
export async function beginSharedRun(
  contexts: readonly TestContext[],
  configs: readonly Config.ProjectConfig[],
  globalConfig: Config.GlobalConfig | null,
  listing = false,
): Promise<Controller | null> {
  const begin = () => beginRun(contexts, configs, globalConfig, listing);
  const controller = begin();
  if (controller === null || !(await controller.pull())) return controller;
  // What came in may hold an escape, or records of test files that are gone: it is read as if it had always been there.
  return begin();
}
