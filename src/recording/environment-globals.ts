import { hideProbesIn, watchFunctionTexts } from '../interception/function-texts';
import { replace } from '../interception/patched';
import { watchedVariables } from '../interception/variables/variables';
import { takeOut } from '../run/run-variables';
import type { Recorder } from './recorder';
import { safely } from './safely';

/**
 * Reports each environment variable that code in the test environment reads.
 * @param global The global object of the environment.
 */
export function watchVariables(global: object, recorder: Recorder): void {
  const scope = (global as { process?: Partial<NodeJS.Process> }).process;
  if (scope?.env === undefined) return;
  // A custom environment may share `process.env` with the worker.
  if (scope.env !== process.env) takeOut(scope.env);
  replace('environmentProcess', scope, 'env', watchedVariables(scope.env, recorder));
  // If the environment was made before the first recorder, it has a copy of the unwatched function.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- It is put where it is called as a method again.
  const { loadEnvFile } = process;
  if (scope.loadEnvFile !== undefined && loadEnvFile !== undefined)
    replace('environmentProcess', scope, 'loadEnvFile', loadEnvFile);
}

/**
 * Makes functions that are converted to text show their code without probes. Their blocks count as executed, because
 * the code that reads the text depends on it.
 * @param global The global object of the environment.
 */
export function hideProbes(global: object, recorder: Recorder): void {
  // What stays in place after the test file must not keep its recorder.
  const current = new WeakRef(recorder);
  watchFunctionTexts((blocks) => {
    const to = current.deref();
    if (to !== undefined) safely(to, () => to.shown(blocks));
  });
  hideProbesIn(global);
}
