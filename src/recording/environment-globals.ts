import { blocksIn, stripProbes } from '../blocks';
import { calledByAngular } from '../interception/callers';
import { unobserved } from '../interception/observer';
import { replace } from '../interception/patched';
import { watchedVariables } from '../interception/variables/variables';
import { withoutOurFrames } from '../run/own-frames';
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
  const prototype = (global as { Function?: { prototype: { toString: () => string } } }).Function
    ?.prototype;
  if (prototype === undefined) return;
  const hiding: () => string = new Proxy(prototype.toString, {
    apply: (toString, self, args) => {
      // The text of a proxy has no name. For `toString.toString()`, the text of the original is returned.
      const text = asText(toString, self === hiding ? toString : self, args);
      const blocks = blocksIn(text);
      if (blocks.length === 0) return text;
      if (!INHERITS_NOTHING.test(text) || !calledByAngular())
        safely(recorder, () => recorder.shown(blocks));
      return stripProbes(text);
    },
  });
  replace('environmentFunction', prototype, 'toString', hiding);
}

/** The text of a class with a name and without a base. Nothing else in it matters to Angular. */
const INHERITS_NOTHING = /^class\s+[\w$]+\s*\{/;

/** The text of a function. For any other value, throws the error that is thrown without jest-testmon. */
function asText(toString: () => string, self: unknown, args: unknown[]): string {
  try {
    return Reflect.apply(toString, self, args) as string;
  } catch (error) {
    throw unobserved(() => withoutOurFrames(error));
  }
}
