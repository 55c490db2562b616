import * as fs from 'node:fs';
import * as vm from 'node:vm';
import type { ScriptTransformer } from '@jest/transform';
import type { Config } from '@jest/types';
// Not imported from the index of `blocks/`, because that would load the parser.
import { decodeMetadata, type ProbeMetadata } from '../blocks/probes/metadata';
import { findMetadata } from '../blocks/probes/prelude';
import { contentHash } from '../dependencies/files/content';
import { runCache } from '../dependencies/run-cache';
import { fromStored } from '../dependencies/files/paths';
import { fromJest } from '../run/user-jest';
import type { ModuleForm } from '../records/types';
import { swallowed } from '../terminal/debug';

/**
 * The ids of the projects that this process has already selected for. Global state, like Jest's own memory of
 * transformed files.
 */
const ranBefore = new Set<string>();

/**
 * Transforms the files of one project through Jest's own cached transform, so that workers find the results in Jest's
 * cache.
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
   * Returns the probe metadata of a file as it is now.
   * @param name Stored path.
   * @param text Takes the place of the file's content, if given.
   * @returns Null if the file does not transform, or its output cannot carry probes.
   */
  async metadata(name: string, form: ModuleForm, text?: string): Promise<ProbeMetadata | null> {
    try {
      if (form === 'node') return await this.#asWritten(name, text);
      this.#transformer ??= this.#load();
      const transformer = await this.#transformer;
      const file = fromStored(this.#root, name);
      const options = form === 'module' ? MODULE_OPTIONS : COMMONJS_OPTIONS;
      const { code } = await transformed(transformer, file, options, text);
      const metadata = findMetadata(code);
      return metadata === null ? null : decodeMetadata(metadata);
    } catch (error) {
      // The file no longer transforms. So every test file that ran it is affected, and the test run shows the error.
      swallowed('workspace', error, `transforming ${name}`);
      return null;
    }
  }

  /**
   * Returns a file as Jest runs it in a run with coverage.
   * @param name Stored path.
   * @throws If the file does not transform.
   */
  async covered(
    name: string,
    form: Exclude<ModuleForm, 'node'>,
    coverage: CoverageOptions,
  ): Promise<TransformOutput> {
    this.#transformer ??= this.#load();
    const transformer = await this.#transformer;
    const file = fromStored(this.#root, name);
    const options = form === 'module' ? MODULE_OPTIONS : COMMONJS_OPTIONS;
    return transformed(transformer, file, { ...options, ...coverage });
  }

  /**
   * Returns a file as Jest transforms it for a coverage report if nothing loads it. Source: @jest/reporters,
   * `generateEmptyCoverage`.
   * @param name Stored path.
   * @returns Null if the report is not to cover it.
   * @throws If the file does not transform.
   */
  async untestedCode(name: string, coverage: CoverageOptions): Promise<string | null> {
    if (!this.isCovered(name, coverage)) return null;
    const file = fromStored(this.#root, name);
    this.#transformer ??= this.#load();
    const transformer = await this.#transformer;
    const options = { ...UNTESTED_OPTIONS, instrument: true };
    return (await transformer.transformSourceAsync(file, fs.readFileSync(file, 'utf8'), options))
      .code;
  }

  /** Whether a coverage report is to cover a file that nothing loads. @param name Stored path. */
  isCovered(name: string, coverage: CoverageOptions): boolean {
    const { shouldInstrument } = this.#jestTransform();
    return shouldInstrument(fromStored(this.#root, name), coverage, this.#config);
  }

  /**
   * Makes Jest ask its disk cache again for files that this process transformed in an earlier run, as in watch mode.
   * In memory, Jest keeps a result until the file itself changes, although it may also depend on other files. The key
   * of the disk cache includes them.
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
      // The transformer cannot be loaded any more. The test run shows the error.
      swallowed('workspace', error, 'loading the transformer');
    }
  }

  /** The metadata of a file, or of a text in its place, that Node loads without a transformer. */
  async #asWritten(name: string, text?: string): Promise<ProbeMetadata | null> {
    const { readNodeFile } = await import('../blocks/node-file.js');
    const content =
      text === undefined ? fs.readFileSync(fromStored(this.#root, name)) : Buffer.from(text);
    const options = { path: name, contentHash: contentHash(content), root: this.#root };
    return readNodeFile(content.toString(), options)?.metadata ?? null;
  }

  async #load(): Promise<ScriptTransformer> {
    return this.#jestTransform().createScriptTransformer(this.#config);
  }

  #jestTransform(): typeof import('@jest/transform') {
    return fromJest(
      '@jest/transform',
      this.#root,
    )('@jest/transform') as typeof import('@jest/transform');
  }
}

/** The output for a file, or for a text in its place. */
async function transformed(
  transformer: ScriptTransformer,
  file: string,
  options: TransformingOptions,
  text?: string,
): Promise<TransformOutput> {
  if (options.supportsStaticESM)
    return text === undefined
      ? transformer.transformAsync(file, options)
      : transformer.transformSourceAsync(file, text, { ...options, instrument: false });
  return text === undefined
    ? transformer.transform(file, options)
    : transformer.transformSource(file, text, { ...options, instrument: false });
}

/** What Jest makes of a file. Source: @jest/transform, `TransformResult`. */
export type TransformOutput = Awaited<ReturnType<ScriptTransformer['transformAsync']>>;

/** What Jest tells its transformers of coverage. Source: jest-runtime, `ShouldInstrumentOptions`. */
export interface CoverageOptions {
  changedFiles: Set<string> | undefined;
  collectCoverage: boolean;
  collectCoverageFrom: string[];
  coverageProvider: 'babel' | 'v8';
  /** The `rootDir` of the root config. Jest 29 does not know it. */
  globalRootDir?: string;
  sourcesRelatedToTestsInChangedFiles: Set<string> | undefined;
}

type TransformingOptions = CoverageOptions & Omit<typeof COMMONJS_OPTIONS, keyof CoverageOptions>;

/** The options that jest-runtime passes in `transformFile` and `transformFileAsync`. */
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

/** The options that Jest's coverage reporter passes. */
const UNTESTED_OPTIONS = {
  supportsDynamicImport: true,
  supportsExportNamespaceFrom: true,
  supportsStaticESM: true,
  supportsTopLevelAwait: true,
};
