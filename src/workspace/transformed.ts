import * as fs from 'node:fs';
import * as vm from 'node:vm';
import type { ScriptTransformer } from '@jest/transform';
import type { Config } from '@jest/types';
// Not by way of the folder's index: its parser is of no use where nothing is parsed.
import { decodeMetadata, type ProbeMetadata } from '../blocks/probes/metadata';
import { findMetadata } from '../blocks/probes/prelude';
import { contentHash } from '../dependencies/files/content';
import { runCache } from '../dependencies/run-cache';
import { fromStored } from '../dependencies/files/paths';
import { fromJest } from '../run/user-jest';
import type { ModuleForm } from '../records/types';
import { swallowed } from '../terminal/debug';

/** By id, the projects that this process has selected for. Of the process, as is what Jest keeps of transforms. */
const ranBefore = new Set<string>();

/**
 * Transforms files of one project through Jest's own cached transform, so that a worker that needs them later finds
 * them in the cache.
 */
export class ProjectTransform {
  readonly #config: Config.ProjectConfig;
  readonly #root: string;
  #transformer: Promise<ScriptTransformer> | null = null;

  constructor(config: Config.ProjectConfig, root: string) {
    this.#config = config;
    this.#root = root;
  }

  /**
   * The metadata that a file's probes carry now.
   * @returns Null where it does not transform, or transforms into something that cannot carry probes.
   */
  async metadata(name: string, form: ModuleForm): Promise<ProbeMetadata | null> {
    try {
      if (form === 'node') return await this.#asWritten(name);
      this.#transformer ??= this.#load();
      const transformer = await this.#transformer;
      const file = fromStored(this.#root, name);
      const options = form === 'module' ? MODULE_OPTIONS : COMMONJS_OPTIONS;
      const { code } =
        form === 'module'
          ? await transformer.transformAsync(file, options)
          : transformer.transform(file, options);
      const metadata = findMetadata(code);
      return metadata === null ? null : decodeMetadata(metadata);
    } catch (error) {
      // It no longer transforms: whoever ran it is affected, and the test run will show the error.
      swallowed('workspace', error, `transforming ${name}`);
      return null;
    }
  }

  /**
   * Has what this process transformed for an earlier run asked for anew. Jest keeps it in memory for as long as the file
   * itself is the same, whatever else it was made from; only its cache on disk knows more.
   */
  async forgetEarlierRuns(): Promise<void> {
    runCache.startRun();
    if (!ranBefore.has(this.#config.id)) {
      ranBefore.add(this.#config.id);
      return;
    }
    try {
      this.#transformer ??= this.#load();
      const { _cache: cache } = (await this.#transformer) as unknown as {
        _cache?: { transformedFiles?: unknown };
      };
      if (cache?.transformedFiles instanceof Map) cache.transformedFiles.clear();
    } catch (error) {
      // It cannot be loaded any more: the test run will show the error.
      swallowed('workspace', error, 'loading the transformer');
    }
  }

  /** What Node runs without a transformer. */
  async #asWritten(name: string): Promise<ProbeMetadata | null> {
    const { readNodeFile } = await import('../blocks/node-file.js');
    const content = fs.readFileSync(fromStored(this.#root, name));
    const options = { path: name, contentHash: contentHash(content), root: this.#root };
    return readNodeFile(content.toString(), options)?.metadata ?? null;
  }

  async #load(): Promise<ScriptTransformer> {
    const { createScriptTransformer } = fromJest(
      '@jest/transform',
      this.#root,
    )('@jest/transform') as typeof import('@jest/transform');
    return createScriptTransformer(this.#config);
  }
}

/** As jest-runtime asks for them: `transformFile` and `transformFileAsync`. */
const BARE = {
  isInternalModule: false,
  changedFiles: undefined,
  collectCoverage: false,
  collectCoverageFrom: [],
  coverageProvider: 'babel' as const,
  sourcesRelatedToTestsInChangedFiles: undefined,
};

const COMMONJS_OPTIONS = {
  ...BARE,
  supportsDynamicImport:
    typeof (vm as { SyntheticModule?: unknown }).SyntheticModule === 'function',
  supportsExportNamespaceFrom: false,
  supportsStaticESM: false,
  supportsTopLevelAwait: false,
};

const MODULE_OPTIONS = {
  ...BARE,
  supportsDynamicImport: true,
  supportsExportNamespaceFrom: true,
  supportsStaticESM: true,
  supportsTopLevelAwait: true,
};
