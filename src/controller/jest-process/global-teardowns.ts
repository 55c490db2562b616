import type { Config } from '@jest/types';
import { fromJest } from '../../run/user-jest';

/** Runs a global teardown, and returns what it returns. @param file Its absolute path. */
export type AroundTeardown = (file: string, run: () => Promise<unknown>) => Promise<unknown>;

const AROUND = Symbol.for('jest-testmon.global-teardowns');

/** The parts of Jest's transformer that are used here. Source: @jest/transform, `ScriptTransformer`. */
interface Transformer {
  requireAndTranspileModule: (
    this: Transformer,
    file: string,
    ...rest: unknown[]
  ) => Promise<unknown>;
  [AROUND]?: AroundTeardown;
}

/**
 * Puts a function around each global teardown. Jest loads and runs these by one method of its transformer, which it makes
 * anew for each. No config key has a place for this where the keys are written by hand.
 * @param config Any project of the run.
 * @param files The teardowns, as absolute paths.
 * @param around Replaces the one of an earlier run.
 * @throws {Error} If Jest cannot be changed like this.
 */
export async function putAroundTeardowns(
  config: Config.ProjectConfig,
  files: ReadonlySet<string>,
  around: AroundTeardown,
): Promise<void> {
  const { createScriptTransformer } = fromJest(
    '@jest/transform',
    config.rootDir,
  )('@jest/transform') as typeof import('@jest/transform');
  const prototype = Object.getPrototypeOf(await createScriptTransformer(config)) as Transformer;
  const { requireAndTranspileModule: run } = prototype;
  if (typeof run !== 'function')
    throw new TypeError('a transformer has no method requireAndTranspileModule');
  const isNew = prototype[AROUND] === undefined;
  prototype[AROUND] = (file, work) => (files.has(file) ? around(file, work) : work());
  if (!isNew) return;
  prototype.requireAndTranspileModule = function (this: Transformer, file, ...rest) {
    const work = (): Promise<unknown> => run.call(this, file, ...rest);
    return this[AROUND]?.(file, work) ?? work();
  };
}
