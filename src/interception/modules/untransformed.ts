import { withOriginals } from '../../run/own-node';
import { replace, type FunctionTable } from '../patched';
import { loadedModulesAt } from './loaded-modules';

/**
 * In a project without transformers, Jest runs files as they are written. Our transformer makes Jest hash these files
 * and cache the output on disk. Jest does so with functions of Node that a test may have replaced by then. Example: a
 * test makes `crypto.createHash` throw, and then requires a module. For such a file, Jest gets the original
 * functions.
 */

const MARK = Symbol.for('jest-testmon.untransformed');

interface ScriptTransformer extends FunctionTable {
  [MARK]?: boolean;
}

/** Watches all loaded copies of `@jest/transform`. Their class is not exported, so it is taken from an object of it. */
export async function watchUntransformed(isUntransformed: IsUntransformed): Promise<void> {
  for (const module of loadedModulesAt('@jest', 'transform', 'build', 'index.js')) {
    const { exports } = module as { exports: FunctionTable & { [MARK]?: boolean } };
    if (exports[MARK] === true || typeof exports['createScriptTransformer'] !== 'function')
      continue;
    Object.defineProperty(exports, MARK, { value: true });
    const make = exports['createScriptTransformer'] as (config: object) => Promise<object>;
    const prototype = Object.getPrototypeOf(await make({ transform: [] })) as ScriptTransformer;
    watchTransform(prototype, isUntransformed);
  }
}

/** Whether a file would run as it is written without jest-testmon. @param config The config of its project. */
export type IsUntransformed = (config: object, file: string) => boolean;

type Transform = (this: { _config?: object }, ...args: unknown[]) => unknown;

function watchTransform(prototype: ScriptTransformer, isUntransformed: IsUntransformed): void {
  const { transform } = prototype;
  if (typeof transform !== 'function') return;
  const call = transform as Transform;
  const watched: Transform = function (...args) {
    const [file] = args;
    const { _config: config } = this;
    return typeof file === 'string' && config !== undefined && isUntransformed(config, file)
      ? withOriginals(() => Reflect.apply(call, this, args), 'transforms')
      : Reflect.apply(call, this, args);
  };
  replace('scriptTransformer', prototype, 'transform', watched);
}
