import * as path from 'node:path';
import type { Config } from '@jest/types';
import { isPlugPoint } from '../../config/plug-points';
import { shortHash } from '../../dependencies/files/content';
import { PackageReader } from '../../dependencies/packages/packages';
import { asUserWroteIt } from '../../run/handover';
import { fromJest } from '../../run/user-jest';
import type { Store } from '../../store';
import type { Environment, EnvironmentKey } from '../../records/types';
import { snapshotProcess } from '../../workspace/runtime-fingerprint';
import { projectName } from './project';
import type { RunRequest } from '../run-request';
import { toolChainHash, type ToolChainInput } from '../../workspace/tool-chain';

/** The parts of a run that decide its environments. */
export interface EnvironmentPlace extends Pick<
  RunRequest,
  'root' | 'options' | 'composition' | 'globalKeys' | 'started'
> {
  /** An existing reader of installed packages, to reuse its cache. */
  packages?: PackageReader;
}

/**
 * Returns the path of the cache of installed packages, in Jest's cache folder. Null if Jest may not cache.
 * @param root Absolute path of the root.
 */
export function packageCache(
  root: string,
  configs: readonly Pick<Config.ProjectConfig, 'cache' | 'cacheDirectory'>[],
): string | null {
  const [config] = configs;
  return config?.cache === true
    ? path.join(config.cacheDirectory, `testmon-packages-${shortHash(root)}.json`)
    : null;
}

/** The environment of a project in a run. */
export interface FoundEnvironment {
  environment: Environment;
  /**
   * False if a read-only database contains only records of another tool chain. Workers may use this row, but nothing
   * may be selected by it.
   */
  isCurrent: boolean;
}

/**
 * Finds or creates the environment of each project, in the order of the configs. In a read-only database they must
 * exist, possibly with the hash of another tool chain.
 * @throws {StoreError} If one is missing, or the database fails.
 */
export function findEnvironments(
  store: Store,
  place: EnvironmentPlace,
  configs: readonly Config.ProjectConfig[],
): FoundEnvironment[] {
  return environmentKeys(place, configs).map((key) => {
    const environment = store.findOrCreateEnvironment(key, Date.now());
    return { environment, isCurrent: environment.hash === key.hash };
  });
}

/** The id of an environment without a row. No row ever has it. */
export const NO_ROW = 0;

/** Like `findEnvironments`, for callers that record nothing. An unknown environment gets no row. */
export function knownEnvironments(
  store: Store,
  place: EnvironmentPlace,
  configs: readonly Config.ProjectConfig[],
): FoundEnvironment[] {
  return environmentKeys(place, configs).map((key) => ({
    environment: store.knownEnvironment(key) ?? { ...key, id: NO_ROW },
    isCurrent: true,
  }));
}

/**
 * Returns the key of each project's environment, in the order of the configs.
 * @param cwd Absolute path of the folder that Jest is started in.
 */
export function environmentKeys(
  place: EnvironmentPlace,
  configs: readonly Config.ProjectConfig[],
  cwd: string = process.cwd(),
): EnvironmentKey[] {
  const { root, options } = place;
  const names = new Map<string, number>();
  return toolChainInputs(place, configs, cwd).map((input) => {
    const base = projectName(input.config, root);
    const nth = (names.get(base) ?? 0) + 1;
    names.set(base, nth);
    return {
      name: options.environmentName,
      project: nth === 1 ? base : `${base} #${nth}`,
      nodeMajor: Number(process.versions.node.split('.')[0]),
      platform: process.platform,
      hash: toolChainHash(input),
    };
  });
}

/** Returns everything that shapes the results of each project, in the order of the configs. */
export function toolChainInputs(
  {
    root,
    options,
    composition,
    globalKeys,
    started,
    packages = new PackageReader(root),
  }: EnvironmentPlace,
  configs: readonly Config.ProjectConfig[],
  cwd: string = process.cwd(),
): ToolChainInput[] {
  const { version } = fromJest('jest', root)('jest/package.json') as { version: string };
  const begun = started ?? snapshotProcess(root, cwd);
  return configs.map((config) => ({
    config: { ...asUserWroteIt(config), globalSetup: undefined },
    jestVersion: version,
    globalKeys,
    started: begun,
    globalHooks: usersOwn([
      ...[composition?.globalSetup, config.globalSetup],
      ...[composition?.effective.globalTeardown, config.globalTeardown],
    ]),
    typeErrors: options.typeErrors,
    root,
    cwd,
    packages,
  }));
}

/**
 * Returns the global setups or teardowns that the user wrote. Jest runs that of a project in addition to that of the
 * root.
 */
export function usersOwn(files: readonly (string | null | undefined)[]): string[] {
  return [...new Set(files.flatMap((file) => (isPlugPoint(file) ? [] : (file ?? []))))];
}
