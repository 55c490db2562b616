import type { Config } from '@jest/types';
import { PackageReader } from '../dependencies/packages';
import { asUserWroteIt } from '../run/handover';
import { fromJest } from '../run/user-jest';
import type { Store } from '../store';
import type { Environment } from '../store/types';
import { projectName } from './project';
import type { RunRequest } from './run-request';
import { toolChainHash } from './tool-chain';

/**
 * Finds or creates the environment of each project of a run, in the order of the configs. In a database that is
 * read-only they must be there already.
 * @throws {StoreError} Where one is not, or the database fails.
 */
export function findEnvironments(
  store: Store,
  { root, options, composition }: RunRequest,
  configs: readonly Config.ProjectConfig[],
): Environment[] {
  const { version } = fromJest('jest', root)('jest/package.json') as { version: string };
  const packages = new PackageReader(root);
  const names = new Map<string, number>();
  return configs.map((config) => {
    const base = projectName(config, root);
    const nth = (names.get(base) ?? 0) + 1;
    names.set(base, nth);
    return store.findOrCreateEnvironment(
      {
        name: options.environmentName,
        project: nth === 1 ? base : `${base} #${nth}`,
        nodeMajor: Number(process.versions.node.split('.')[0]),
        platform: process.platform,
        hash: toolChainHash({
          config: { ...asUserWroteIt(config), globalSetup: undefined },
          jestVersion: version,
          globalSetup: composition?.globalSetup ?? config.globalSetup ?? null,
          typeErrors: options.typeErrors,
          root,
          packages,
        }),
      },
      Date.now(),
    );
  });
}
