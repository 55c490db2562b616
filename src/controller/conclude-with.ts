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
  const byPath = new Map<string, { passed: boolean; result: TestResult }>();
  for (const result of ran) {
    // Several projects can share a test file, and a result does not name its project.
    const path = result.testFilePath;
    const { passed = true, result: first = result } = byPath.get(path) ?? {};
    byPath.set(path, { passed: passed && isPassed(result, snapshot.didUpdate), result: first });
  }
  for (const test of tests) {
    const { path, context } = test;
    if (controller?.answers?.has(test) === true) continue;
    const outcome = byPath.get(path);
    if (outcome === undefined) continue;
    const { passed, result } = outcome;
    if (controller?.budget?.note(test, result) === true) continue;
    controller?.noteResult(context.config.id, path, passed);
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
    // Jest fails a test file without tests, later than its runner.
    result.testResults.length > 0 &&
    // Null in the results of other runners.
    !result.testExecError &&
    !result.failureMessage &&
    !result.leaks &&
    (updatesSnapshots || result.snapshot.unchecked === 0)
  );
}
