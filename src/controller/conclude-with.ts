import type { AggregatedResult, Test, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { concludeRun, session } from './session';

/** Ends a run without our reporter. The sequencer receives all outcomes at the end of the run. */
export function concludeWith(
  tests: readonly Test[],
  results: AggregatedResult,
  globalConfig: Config.GlobalConfig | null,
): void {
  const { testResults, snapshot } = results;
  const { controller } = session();
  const ran = testResults.filter((result) => controller?.answers?.gave(result) !== true);
  const byPath = new Map<string, boolean>();
  for (const result of ran) {
    // Several projects can share a test file, and a result does not name its project.
    const path = result.testFilePath;
    byPath.set(path, byPath.get(path) !== false && isPassed(result, snapshot.didUpdate));
  }
  for (const test of tests) {
    const { path, context } = test;
    if (controller?.answers?.has(test) === true) continue;
    const passed = byPath.get(path);
    if (passed === undefined) continue;
    const result = ran.find(({ testFilePath }) => testFilePath === path);
    if (result !== undefined && controller?.budget?.note(test, result) === true) continue;
    controller?.noteResult(context.config.id, path, passed);
    if (result === undefined) continue;
    controller?.noteTests(context.config.id, path, result, passed);
    controller?.spotChecks?.note(test, result, passed);
  }
  const isCutShort = controller?.budget?.isExceeded === true;
  // Jest asks reporters alone whether they fail the run.
  if (isCutShort && controller.request.started === null) session().processEnd?.setCode(1);
  concludeRun({ results, globalConfig });
}

/**
 * Whether a test file passed, in the sense of Jest's exit code.
 * @param updatesSnapshots Whether the run updates snapshots. If not, an obsolete one is a failure too.
 */
export function isPassed(result: TestResult, updatesSnapshots: boolean): boolean {
  return (
    result.numFailingTests === 0 &&
    // Null in the results of other runners.
    !result.testExecError &&
    !result.failureMessage &&
    !result.leaks &&
    (updatesSnapshots || result.snapshot.unchecked === 0)
  );
}
