import * as os from 'node:os';
import type { Config } from '@jest/types';
import { packageRoot, realPath, repositoryRoot } from '../dependencies/files/paths';
import { getOrCreate } from '../dependencies/get-or-create';
import type { WorkspacePaths } from '../dependencies/files/workspace-paths';
import { asUserWroteIt } from '../run/handover';
import { announced, ROOT_VARIABLE } from '../run/run-variables';

/** What this process keeps of the transformers that it wraps. Jest wraps each of them anew for every test file. */
class TransformProcess {
  #compilesWithPlugins = false;
  #isWatched = false;
  /** By `rootDir`: the root of its package. */
  readonly #packageRoots = new Map<string, string>();
  /** By root. */
  readonly #workspaces = new Map<string, WorkspacePaths>();
  /** A config stays one object: transformers compare it by identity. */
  readonly #configs = new WeakMap<Config.ProjectConfig, Config.ProjectConfig>();

  /** A compiler of this process has plug-ins, which may write into an output whatever they find out about a type. */
  get compilesWithPlugins(): boolean {
    return this.#compilesWithPlugins;
  }

  /** A compiler with plug-ins was seen. From now on, all that a source imports counts as a whole. */
  notePlugins(): void {
    this.#compilesWithPlugins = true;
  }

  /** Runs a function the first time, and does nothing afterwards. */
  watchOnce(watch: () => void): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    watch();
  }

  /** The root that stored paths are relative to. The controller tells it; a lone transform finds the package. */
  rootOf({ rootDir }: Config.ProjectConfig): string {
    return (
      announced(ROOT_VARIABLE) ??
      getOrCreate(this.#packageRoots, rootDir, () => packageRoot(realPath(rootDir)))
    );
  }

  /** Where the repository around a root lies, and where temporary files do. */
  workspaceOf(root: string): WorkspacePaths {
    return getOrCreate(this.#workspaces, root, () => ({
      workspace: repositoryRoot(root),
      temporary: realPath(os.tmpdir()),
    }));
  }

  /** A project's config without what jest-testmon put into it. */
  configAsUserWroteIt(given: Config.ProjectConfig): Config.ProjectConfig {
    let config = this.#configs.get(given);
    if (config === undefined) {
      config = asUserWroteIt(given);
      this.#configs.set(given, config);
    }
    return config;
  }
}

/** The one of this process. */
export const transformProcess = new TransformProcess();
