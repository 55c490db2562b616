import type { TestContext } from '@jest/test-result';
import type { Config } from '@jest/types';
import type { Answers } from './answers';

/** The test files to answer, and the projects in which Jest will find our runner. */
export interface RunnerChoice {
  answers: Answers;
  /** The original config of each project. */
  configs: ReadonlyMap<TestContext, Config.ProjectConfig>;
}

/** Whether Jest allows the config of each project to be replaced. */
export function canChooseRunner(contexts: readonly TestContext[]): boolean {
  return contexts.every((context) => {
    const config = Object.getOwnPropertyDescriptor(context, 'config');
    return config?.writable === true;
  });
}

/**
 * Makes Jest use our runner for all projects of this run.
 *
 * The config key `runner` would do this too, but for every run, and it is part of the key of Jest's transform cache.
 * Jest reads the runner only in this process, so replacing it there is enough. Test files that are not answered run
 * by the project's own runner with the project's own config.
 */
export function chooseRunner(
  answers: Answers,
  contexts: readonly TestContext[],
  runner: string,
): RunnerChoice {
  const configs = new Map(contexts.map((context) => [context, context.config]));
  for (const context of contexts) context.config = Object.freeze({ ...context.config, runner });
  return { answers, configs };
}

/** Gives the projects their own configs back. */
export function undoChoice({ configs }: RunnerChoice): void {
  for (const [context, config] of configs) context.config = config;
}
