import type { Config } from '@jest/types';
import { shortHash } from '../dependencies/files/content';
import { userTransformers } from '../run/handover';

/** Those of a project whose questions for variables are noted together: its transformers and its resolver. */
export interface ToolChain {
  /** Of Jest; absolute. Many projects may share it. */
  cacheDirectory: string;
  /** The same for projects with the same root, transformers and resolver; null where a project has none of these. */
  id: string | null;
}

/** Jest keeps one object for the config of a project. */
const toolChains = new WeakMap<object, ToolChain>();

/**
 * What asks for variables in a project. Jest's cache directory is the same for all projects of a user, so what is asked
 * for in one project must not count for another.
 * @param root Absolute path; stored paths are relative to it. It is part of each key in Jest's cache, so projects of
 *   different roots share no output.
 */
export function toolChainOf(
  config: Pick<Config.ProjectConfig, 'cacheDirectory' | 'transform' | 'resolver'>,
  root: string,
): ToolChain {
  const known = toolChains.get(config);
  if (known !== undefined) return known;
  const { cacheDirectory, resolver } = config;
  const tools = [...userTransformers(config), ...(typeof resolver === 'string' ? [resolver] : [])];
  const id = tools.length === 0 ? null : shortHash(JSON.stringify([root, ...tools]));
  const toolChain = { cacheDirectory, id };
  toolChains.set(config, toolChain);
  return toolChain;
}
