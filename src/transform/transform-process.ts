import * as os from 'node:os';
import type { Config } from '@jest/types';
import { packageRoot, realPath, repositoryRoot } from '../dependencies/files/paths';
import { getOrCreate } from '../dependencies/get-or-create';
import type { WorkspacePaths } from '../dependencies/files/workspace-paths';
import { asUserWroteIt } from '../run/handover';
import { announced, ROOT_VARIABLE } from '../run/run-variables';

/**
 * What this process keeps for the transformers that it wraps. Jest wraps each transformer again for every test file.
 */
class TransformProcess {
  #compilesWithPlugins = false;
  #isWatched = false;
  /** By `rootDir`: the root of its package. */
  readonly #packageRoots = new Map<string, string>();
  /** By root. */
  readonly #workspaces = new Map<string, WorkspacePaths>();
  /** By Jest's config. A config must stay the same object, because transformers compare it by identity. */
  readonly #configs = new WeakMap<Config.ProjectConfig, Config.ProjectConfig>();

  /**
   * Whether a compiler of this process has plug-ins. A plug-in may write anything that it finds out about a type into
   * an output.
   */
  get compilesWithPlugins(): boolean {
    return this.#compilesWithPlugins;
  }

  /** Notes that a compiler has plug-ins. From now on, an output depends on everything that its source imports. */
  notePlugins(): void {
    this.#compilesWithPlugins = true;
  }

  /** Runs the function on the first call, and does nothing on later calls. */
  watchOnce(watch: () => void): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    watch();
  }

  /**
   * The root that stored paths are relative to. The controller announces it. Without a controller, it is the root of
   * the package.
   */
  rootOf({ rootDir }: Config.ProjectConfig): string {
    return (
      announced(ROOT_VARIABLE) ??
      getOrCreate(this.#packageRoots, rootDir, () => packageRoot(realPath(rootDir)))
    );
  }

  /** The repository around a root, and the folder of temporary files. */
  workspaceOf(root: string): WorkspacePaths {
    return getOrCreate(this.#workspaces, root, () => ({
      workspace: repositoryRoot(root),
      temporary: realPath(os.tmpdir()),
    }));
  }

  /** A project's config without the changes that jest-testmon made. */
  configAsUserWroteIt(given: Config.ProjectConfig): Config.ProjectConfig {
    let config = this.#configs.get(given);
    if (config === undefined) {
      config = asUserWroteIt(given);
      this.#configs.set(given, config);
    }
    return config;
  }
}

/** The only instance of this process. */
export const transformProcess = new TransformProcess();
