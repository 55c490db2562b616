/**
 * Jest's `transform`. Jest calls `createTransformer` in each process that transforms, once per configured entry and
 * test file. The transformer runs the user's transformer and adds probes to its output.
 */
import '../compile-cache';
import { isUntransformed, type TransformHandover } from '../run/handover';
import { NO_RUN } from '../run/run-file';
import { announced, RUN_FILE_VARIABLE, hideRunVariables, runsTests } from '../run/run-variables';
import { observePending } from '../interception/observer';
import { watchUntransformed } from '../interception/modules/untransformed';
import { watchToolLoads } from '../recording/inputs/tool-inputs';
import { standBefore } from '../recording/recorded-runner';
import { userEnvironments } from '../recording/user-environment';
import { wrapTransformer, type ProbingTransformer } from '../transform/probing-transformer';

/** The options of our entries in a composed config. */
interface TransformOptions {
  testmon?: TransformHandover;
}

async function createTransformer(options: TransformOptions = {}): Promise<ProbingTransformer> {
  const handover: TransformHandover = options.testmon ?? { path: null };
  hideRunVariables();
  // While the controller selects, no test file is about to start, so observing would mostly note our own reads.
  if (announced(RUN_FILE_VARIABLE) !== NO_RUN) {
    watchToolLoads();
    observePending();
  }
  await userEnvironments.expect(handover.environment);
  if (handover.runner !== undefined && runsTests()) standBefore(handover.runner);
  // Waiting here would let other transformers load in between, so it is left out where it has no use.
  if (handover.path === null) await watchUntransformed(isUntransformed);
  return wrapTransformer(handover);
}

export = { createTransformer };
