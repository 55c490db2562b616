import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type {
  AsyncTransformer,
  SyncTransformer,
  TransformedSource,
  TransformOptions,
} from '@jest/transform';
import type { Config } from '@jest/types';
import { findMapReference, FINGERPRINTS_VERSION, insertProbes } from '../blocks';
import { contentHash } from '../dependencies/files/content';
import { packageFolder, packageRoot, realPath, toStored } from '../dependencies/files/paths';
import { getOrCreate } from '../dependencies/get-or-create';
import { asUserWroteIt, type TransformHandover } from '../run/handover';
import { OWN_FOLDER } from '../run/own-frames';
import { announced, PROBES_VARIABLE, ROOT_VARIABLE } from '../run/run-variables';
import { besidesProgram, hasCompilerPlugins } from './compiler-plugins';
import {
  compiledWith,
  compilesWithPlugins,
  inlinedInput,
  inlinedKey,
  inlinesAcrossFiles,
  reachableConstants,
} from './inlined-sources';
import { unobserved, watchSources } from '../interception/observer';
import type { OutputInputs } from './output-inputs';
import { withWatchedVariables, withWatchedVariablesAsync } from '../interception/tool-variables';
import { noteTransformed, transformKey, type TransformInput } from './transform-inputs';
import { TransformerMemory } from './transformer-memory';
import {
  asyncTransformerReads,
  NOTHING_READ,
  transformerReads,
  watchTransformers,
  type TransformerReads,
} from './transformer-reads';
import { loadTransformer, type AnyTransformer } from './user-transformer';

/** Jest looks for each method before it calls it, so only those that the user's transformer has are there. */
export type ProbingTransformer = Partial<SyncTransformer<unknown>> &
  Partial<AsyncTransformer<unknown>>;

type Options = TransformOptions<unknown>;

/** Raised when the same source would get other probes, so that Jest's cache forgets the old ones. */
const PROBES_VERSION = '4';

/** Jest gives `.json` to transformers, but it is no program. */
const PROGRAM =
  /\.(?:[cm]?[jt]sx?|vue|svelte|coffee|mdx?|es6|js\.flow)$|^(?!.*\.(?:json|node|wasm)$).*$/;

/**
 * Puts probes behind the user's transformer.
 * @throws What loading the user's transformer throws, for Jest to show.
 */
export async function wrapTransformer(handover: TransformHandover): Promise<ProbingTransformer> {
  const { path: file, options, collect } = handover;
  if (collect === false)
    return (file === null ? null : await loadTransformer(file, options)) ?? identity;
  watchTransformers();
  if (file === null) return probing(identity, handover);
  const { result: inner, reads } = await asyncTransformerReads(() =>
    withWatchedVariablesAsync(() => loadTransformer(file, options)),
  );
  memoryOf(file).loadedEarly(reads);
  return probing(inner, handover);
}

/** By transformer: this process loads it once, and is asked for it for each test file. */
const memories = new Map<string | null, TransformerMemory>();

function memoryOf(file: string | null): TransformerMemory {
  return getOrCreate(memories, file, () => new TransformerMemory());
}

/** Stands in where no transformer of the user's applies. */
const identity: SyncTransformer<unknown> = {
  process: (code) => ({ code }),
};

function probing(inner: AnyTransformer, handover: TransformHandover): ProbingTransformer {
  const own = (options: Options): Options => {
    watchSources(options.cacheFS);
    return handover.path === null ? options : userOptions(options, handover);
  };
  const wrapped: ProbingTransformer = { canInstrument: inner.canInstrument === true };
  const { process, processAsync } = inner;
  const wholePrograms = inlinesAcrossFiles(handover.path);
  const memory = memoryOf(handover.path);
  // A compiler of whole programs reads very many files, and what it takes from them is known.
  let plugins: boolean | null = wholePrograms ? null : false;
  const hasPlugins = ({ config }: Options): boolean => {
    plugins ??= hasCompilerPlugins(handover.options, config.rootDir);
    if (plugins) compilesWithPlugins();
    return plugins;
  };
  const watching = <T>(options: Options, work: () => T): { result: T; reads: TransformerReads } =>
    withWatchedVariables(() => {
      if (wholePrograms && !hasPlugins(options))
        return { result: unobserved(work), reads: NOTHING_READ };
      const { result, reads } = transformerReads(rootOf(options.config), work);
      if (!wholePrograms) return { result, reads };
      const [files, own] = [besidesProgram(reads.files), besidesProgram(reads.own)];
      return { result, reads: { ...NOTHING_READ, files, own, modules: reads.modules } };
    });
  const watchingAsync = <T>(
    work: () => Promise<T>,
  ): Promise<{ result: T; reads: TransformerReads }> =>
    withWatchedVariablesAsync(async () =>
      wholePrograms ? { result: await work(), reads: NOTHING_READ } : asyncTransformerReads(work),
    );
  if (process !== undefined) {
    wrapped.process = (code, file, options) => {
      if (isOurs(file)) return { code };
      return unobserved(() => {
        const transform = () =>
          watching<TransformedSource>(options, () => process.call(inner, code, file, own(options)));
        const { result, reads } = transform();
        const again = () => {
          try {
            return transform().reads;
          } catch {
            // It makes an output once alone.
            return NOTHING_READ;
          }
        };
        const others = sources(code, file, options, result, reads, again);
        return withProbes(code, file, options, result, others);
      });
    };
  }
  if (processAsync !== undefined) {
    wrapped.processAsync = async (code, file, options) => {
      if (isOurs(file)) return { code };
      const { result, reads } = await unobserved(() =>
        watchingAsync(() => processAsync.call(inner, code, file, own(options))),
      );
      return unobserved(() =>
        withProbes(code, file, options, result, sources(code, file, options, result, reads, null)),
      );
    };
  }
  const foldersOf = ({ config }: Options) => ({ root: rootOf(config), rootDir: config.rootDir });
  /** What a file transforms to depends on besides itself. */
  const sources = (
    code: string,
    file: string,
    options: Options,
    result: TransformedSource,
    reads: TransformerReads,
    again: (() => TransformerReads) | null,
  ): Partial<OutputInputs> => {
    const found = memory.inputs(code, file, foldersOf(options), reads, again);
    const inputs = [...noteTransformed(options.config.cacheDirectory, file, found)];
    if (!wholePrograms) return { inputs };
    const { inlined, ...declared } = compiledWith(code, file, result?.code ?? null);
    return { ...declared, inputs: [...inputs, ...inlined.map(inlinedInput)] };
  };
  const keyOf = (code: string, file: string, options: Options, key: string): string =>
    transformKey(
      options.config.cacheDirectory,
      file,
      cacheKey(
        options.instrument,
        memory.key() + (wholePrograms ? inlinedKey(reachableConstants(code, file)) : ''),
        key,
      ),
    );
  wrapped.getCacheKey = (code, file, options) =>
    isOurs(file)
      ? cacheKey(options.instrument, '', defaultCacheKey(code, file, options))
      : unobserved(() => {
          const { getCacheKey } = inner;
          if (getCacheKey === undefined)
            return keyOf(code, file, options, defaultCacheKey(code, file, options));
          const { result, reads } = watching(options, () =>
            getCacheKey.call(inner, code, file, own(options)),
          );
          memory.readForKey(file, reads);
          return keyOf(code, file, options, result);
        });
  const { getCacheKeyAsync } = inner;
  if (getCacheKeyAsync !== undefined) {
    wrapped.getCacheKeyAsync = async (code, file, options) => {
      if (isOurs(file))
        return cacheKey(options.instrument, '', defaultCacheKey(code, file, options));
      const { result, reads } = await unobserved(() =>
        watchingAsync(async () => await getCacheKeyAsync.call(inner, code, file, own(options))),
      );
      memory.readForKey(file, reads);
      return unobserved(() => keyOf(code, file, options, result));
    };
  }
  return wrapped;
}

/**
 * Jest transpiles what it requires for a test file, our plug points included, unless they lie in `node_modules`. The
 * user's transformer is not asked: ts-jest keeps the options that it is called with first.
 */
function isOurs(file: string): boolean {
  return file.startsWith(OWN_FOLDER);
}

/** The probed form of what the user's transformer made, or that itself where probes have no place. */
function withProbes(
  source: string,
  file: string,
  options: Options,
  transformed: TransformedSource,
  others: Partial<OutputInputs>,
): TransformedSource {
  if (packageFolder(file) !== null || typeof transformed?.code !== 'string') return transformed;
  // Coverage must report on the user's code alone, so under it files are depended upon whole.
  const bare = options.instrument || probesAreOff() || !PROGRAM.test(file);
  const probed = bare ? null : probedForm(source, file, options, transformed, others);
  return probed ?? transformed;
}

/** @returns Null for what is not JavaScript that we can parse: it runs as it is and counts as a whole file. */
function probedForm(
  source: string,
  file: string,
  options: Options,
  transformed: TransformedSource,
  others: Partial<OutputInputs>,
): TransformedSource | null {
  const root = rootOf(options.config);
  const extras = Object.entries(others)
    .filter(([, names]) => names.length > 0)
    .map(([key, names]) => [key, names.map((name) => asStored(root, name))] as const);
  try {
    const { code, map } = insertProbes(transformed.code, {
      form: options.supportsStaticESM ? 'module' : 'commonjs',
      root,
      injected: options.config.sandboxInjectedGlobals,
      path: toStored(root, realPath(file)),
      filename: file,
      contentHash: contentHash(source),
      map: transformed.map ?? externalMap(transformed.code, file),
      ...(extras.length > 0 && { extras: Object.fromEntries(extras) }),
    });
    return { ...transformed, code, map: map as TransformedSource['map'] };
  } catch {
    return null;
  }
}

function asStored(root: string, other: string | TransformInput): string | TransformInput {
  if (typeof other === 'string') return toStored(root, realPath(other));
  const { kind, name, value } = other;
  return kind === 'variable' ? other : { kind, name: toStored(root, realPath(name)), value };
}

/** Code that was compiled beforehand names its source map in a file beside it; stack traces follow it. */
function externalMap(code: string, file: string): object | null {
  const reference = findMapReference(code);
  if (reference === null || /^[a-z]+:/i.test(reference)) return null;
  try {
    const place = path.resolve(path.dirname(file), reference);
    const map = JSON.parse(fs.readFileSync(place, 'utf8')) as {
      sources?: string[];
      sourceRoot?: string;
    };
    const base = path.resolve(path.dirname(place), map.sourceRoot ?? '');
    return {
      ...map,
      sourceRoot: '',
      sources: map.sources?.map((source) => path.resolve(base, source)),
    };
  } catch {
    return null;
  }
}

const roots = new Map<string, string>();

/** The root that stored paths are relative to. The controller tells it; a lone transform finds the package. */
function rootOf(config: Config.ProjectConfig): string {
  const told = announced(ROOT_VARIABLE);
  if (told !== undefined) return told;
  let root = roots.get(config.rootDir);
  if (root === undefined) {
    root = packageRoot(realPath(config.rootDir));
    roots.set(config.rootDir, root);
  }
  return root;
}

const restored = new WeakMap<Config.ProjectConfig, Config.ProjectConfig>();

/** The options as the user's transformer would get them without us; equal configs stay the same object. */
function userOptions(options: Options, handover: TransformHandover): Options {
  let config = restored.get(options.config);
  if (config === undefined) {
    config = asUserWroteIt(options.config);
    restored.set(options.config, config);
  }
  return { ...options, config, transformerConfig: handover.options ?? {} };
}

/** The controller switches probes off for a run with coverage. */
function probesAreOff(): boolean {
  return announced(PROBES_VARIABLE) === 'off';
}

function cacheKey(instrument: boolean, inlined: string, inner: string): string {
  const shape = [
    inlined,
    PROBES_VERSION,
    FINGERPRINTS_VERSION,
    announced(ROOT_VARIABLE) ?? '',
    instrument || probesAreOff() ? 'bare, sources kept' : 'probes',
  ];
  return createHash('sha1')
    .update(`testmon ${shape.join(' ')}\0`)
    .update(inner)
    .digest('hex')
    .slice(0, 32);
}

/** What Jest hashes where a transformer has no `getCacheKey`. Source: `ScriptTransformer._buildCacheKeyFromFileInfo`. */
function defaultCacheKey(code: string, file: string, options: Options): string {
  return [
    code,
    options.configString,
    options.instrument ? 'instrument' : '',
    path.normalize(file),
  ].join('\0');
}
