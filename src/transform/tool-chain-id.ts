import type { Config } from '@jest/types';
import { shortHash } from '../dependencies/files/content';
import { userTransformers } from '../run/handover';

/** The tools of a project whose requests for variables are noted together: its transformers and its resolver. */
export interface ToolChain {
  /** Jest's cache directory, an absolute path. Many projects may share it. */
  cacheDirectory: string;
  /**
   * The same for projects with the same root, transformers and resolver. Null if a project has no transformer and no
   * resolver.
   */
  id: string | null;
}

/** By config. Jest keeps one object for the config of a project. */
const toolChains = new WeakMap<object, ToolChain>();

/**
 * Returns the tools of a project that may ask for variables. All projects of a user share Jest's cache directory.
 * Without the id, variables that one project asked for would count for another.
 * @param root The root that stored paths are relative to, an absolute path. It is part of each key in Jest's cache,
 *   so projects with different roots share no output.
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
