import type { TestContext } from '@jest/test-result';
import type { Config } from '@jest/types';
import type { Answers } from './answers';

/** Test files to answer, and the projects in which Jest is about to find our runner for them. */
export interface RunnerChoice {
  answers: Answers;
  /** By project: its config, as it was. */
  configs: ReadonlyMap<TestContext, Config.ProjectConfig>;
}

/** Whether Jest lets the config of each project be replaced. */
export function canChooseRunner(contexts: readonly TestContext[]): boolean {
  return contexts.every((context) => {
    const config = Object.getOwnPropertyDescriptor(context, 'config');
    return config?.writable === true;
  });
}

/**
 * Has Jest find our runner where it looks for those of the projects. The key `runner` of a config could say so too, but
 * then every run would have it, and with it other keys of Jest's transform cache; and Jest asks for it in this process
 * alone. What is not answered runs by the project's own runner, with the project's own config.
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
