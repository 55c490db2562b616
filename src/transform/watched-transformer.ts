import type { Config } from '@jest/types';
import { unobserved } from '../interception/observer';
import {
  withWatchedVariables,
  withWatchedVariablesAsync,
} from '../interception/variables/tool-variables';
import type { TransformHandover } from '../run/handover';
import { besidesProgram, compilerTraits, type CompilerTraits } from './compiler-traits';
import { inlinesAcrossFiles, readsTypes } from './inlined-sources';
import { transformProcess } from './transform-process';
import {
  asyncTransformerReads,
  NOTHING_READ,
  transformerReads,
  type TransformerReads,
} from './transformer-reads';

/** What a call of a transformer returned, and what the transformer read during the call. */
export interface WatchedCall<T> {
  result: T;
  reads: TransformerReads;
}

/** Calls one transformer of the user, and sees what it reads and which variables it asks for. */
export class TransformerWatch {
  /**
   * Whether it compiles whole programs. Such a compiler reads many files, so it is not watched: `inlined-sources.ts`
   * finds out what it takes from them. Only a compiler with plug-ins is watched.
   */
  readonly compilesPrograms: boolean;
  readonly #options: TransformHandover['options'];
  /** Whether it may take something from the types of packages. */
  readonly #readsTypes: boolean;
  #traits: CompilerTraits | null = null;

  constructor({ path: file, options }: TransformHandover) {
    this.compilesPrograms = inlinesAcrossFiles(file);
    this.#readsTypes = readsTypes(file);
    this.#options = options;
  }

  /** @param root Absolute path of the root that stored paths are relative to. */
  call<T>(config: Config.ProjectConfig, root: string, work: () => T): WatchedCall<T> {
    return withWatchedVariables(() => {
      if (!this.compilesPrograms) return transformerReads(root, work);
      if (!this.#looksForPlugins(config)) return { result: unobserved(work), reads: NOTHING_READ };
      const { result, reads } = transformerReads(root, work);
      const [files, own] = [besidesProgram(reads.files), besidesProgram(reads.own)];
      return { result, reads: { ...NOTHING_READ, files, own, modules: reads.modules } };
    });
  }

  /** Like `call`, for an asynchronous transformer. */
  callAsync<T>(work: () => Promise<T>): Promise<WatchedCall<T>> {
    return withWatchedVariablesAsync(async () =>
      this.compilesPrograms
        ? { result: await work(), reads: NOTHING_READ }
        : asyncTransformerReads(work),
    );
  }

  /** How it takes something from the types of packages. Null if it does not. */
  typesOfPackages(config: Config.ProjectConfig): CompilerTraits | null {
    return this.#readsTypes && !this.#traitsOf(config).isIsolated ? this.#traitsOf(config) : null;
  }

  #looksForPlugins(config: Config.ProjectConfig): boolean {
    const { hasPlugins } = this.#traitsOf(config);
    if (hasPlugins) transformProcess.notePlugins();
    return hasPlugins;
  }

  #traitsOf({ rootDir }: Config.ProjectConfig): CompilerTraits {
    return (this.#traits ??= compilerTraits(this.#options, rootDir));
  }
}
