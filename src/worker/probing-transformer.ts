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
import { contentHash } from '../dependencies/content';
import { packageFolder, packageRoot, realPath, toStored } from '../dependencies/paths';
import { remembered } from '../dependencies/remembered';
import { asUserWroteIt, type TransformHandover } from '../run/handover';
import { OWN_FOLDER } from '../run/own-frames';
import { compiledWith, inlinedKey, inlinesAcrossFiles, reachableConstants } from './inlined';
import { keepSources } from './kept-sources';
import { unobserved, watchSources } from './observer';
import type { OtherSources } from './other-sources';
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
  if (file === null) return probing(identity, handover, []);
  const { result: inner, reads } = await asyncTransformerReads(() =>
    loadTransformer(file, options),
  );
  const early = remembered(readEarly, file, () => new Set());
  for (const name of reads.files) if (isInlined(name, null)) early.add(name);
  return probing(inner, handover, [...early]);
}

/** By transformer: what it read as it was loaded. This process loads it once, and is asked for it for each test file. */
const readEarly = new Map<string, Set<string>>();

/** Stands in where no transformer of the user's applies. */
const identity: SyncTransformer<unknown> = {
  process: (code) => ({ code }),
};

/** @param early What the transformer read as it was loaded, absolute paths: it may shape all that it transforms. */
function probing(
  inner: AnyTransformer,
  handover: TransformHandover,
  early: readonly string[],
): ProbingTransformer {
  const own = (options: Options): Options => {
    watchSources(options.cacheFS);
    return handover.path === null ? options : userOptions(options, handover);
  };
  const wrapped: ProbingTransformer = { canInstrument: inner.canInstrument === true };
  const { process, processAsync } = inner;
  const wholePrograms = inlinesAcrossFiles(handover.path);
  // A compiler of whole programs reads very many files, and what it takes from them is known.
  const watching = <T>(options: Options, work: () => T): { result: T; reads: TransformerReads } =>
    wholePrograms
      ? { result: unobserved(work), reads: NOTHING_READ }
      : transformerReads(rootOf(options.config), work);
  const watchingAsync = async <T>(
    work: () => Promise<T>,
  ): Promise<{ result: T; reads: TransformerReads }> =>
    wholePrograms ? { result: await work(), reads: NOTHING_READ } : asyncTransformerReads(work);
  if (process !== undefined) {
    wrapped.process = (code, file, options) => {
      if (isOurs(file)) return { code };
      return unobserved(() => {
        const { result, reads } = watching<TransformedSource>(options, () =>
          process.call(inner, code, file, own(options)),
        );
        return withProbes(code, file, options, result, sources(code, file, result, reads));
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
        withProbes(code, file, options, result, sources(code, file, result, reads)),
      );
    };
  }
  /** By file: what its key was made of. A transformer may keep that in memory, and transform with it. */
  const readForKey = new Map<string, TransformerReads>();
  const noteKey = (file: string, reads: TransformerReads): void => {
    noteModules(reads);
    if (reads.files.length + reads.folders.length + reads.missing.length > 0)
      readForKey.set(file, reads);
  };
  /** What a file transforms to depends on besides itself. */
  const sources = (
    code: string,
    file: string,
    result: TransformedSource,
    reads: TransformerReads,
  ): Partial<OtherSources> => {
    if (wholePrograms) return compiledWith(code, file, result?.code ?? null);
    noteModules(reads);
    const ofKey = readForKey.get(file) ?? NOTHING_READ;
    return {
      inlined: [
        ...[...reads.files, ...ofKey.files].filter((name) => isInlined(name, file)),
        ...loadedModules,
        ...early,
      ],
      listed: [...reads.folders, ...ofKey.folders].filter(
        (folder) => packageFolder(folder) === null,
      ),
      missing: [...reads.missing, ...ofKey.missing].filter((name) => isInlined(name, file)),
    };
  };
  wrapped.getCacheKey = (code, file, options) =>
    cacheKey(
      options.instrument,
      wholePrograms ? unobserved(() => inlinedKey(reachableConstants(code, file))) : '',
      inner.getCacheKey === undefined || isOurs(file)
        ? defaultCacheKey(code, file, options)
        : unobserved(() => {
            const { result, reads } = watching(options, () =>
              inner.getCacheKey?.call(inner, code, file, own(options)),
            );
            noteKey(file, reads);
            return result ?? '';
          }),
    );
  if (inner.getCacheKeyAsync !== undefined) {
    const keyOf = async (code: string, file: string, options: Options): Promise<string> => {
      const { result, reads } = await watchingAsync(
        async () => await inner.getCacheKeyAsync?.call(inner, code, file, own(options)),
      );
      noteKey(file, reads);
      return result ?? '';
    };
    wrapped.getCacheKeyAsync = async (code, file, options) =>
      cacheKey(
        options.instrument,
        '',
        isOurs(file)
          ? defaultCacheKey(code, file, options)
          : await unobserved(() => keyOf(code, file, options)),
      );
  }
  return wrapped;
}

/** Modules of the project that a transformer loaded in this process: they may shape all that it transforms later. */
const loadedModules = new Set<string>();

function noteModules({ modules }: Pick<TransformerReads, 'modules'>): void {
  for (const file of modules) if (isInlined(file, null)) loadedModules.add(file);
}

/**
 * What a transformer reads on the way is another file's content, but for its configuration and installed packages.
 * @param file The file that is transformed: a configuration lies in a folder on the way from it. Null where all files are.
 */
function isInlined(name: string, file: string | null): boolean {
  return (
    name !== file &&
    packageFolder(name) === null &&
    !/(?:^|[\\/])(?:\.|package\.json$|[jt]sconfig[^\\/]*\.json$|babel\.config\.|jest\.config\.|browserslist$)/.test(
      file === null
        ? path.basename(name)
        : path.relative(path.dirname(file), name).replace(/^(?:\.\.[\\/])+/, ''),
    )
  );
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
  others: Partial<OtherSources>,
): TransformedSource {
  if (packageFolder(file) !== null || typeof transformed?.code !== 'string') return transformed;
  // Coverage must report on the user's code alone, so under it files are depended upon whole.
  const bare = options.instrument || probesAreOff() || !PROGRAM.test(file);
  const probed = bare ? null : probedForm(source, file, options, transformed, others);
  if (probed !== null) return probed;
  const { inlined = [], listed = [], missing = [] } = others;
  if (inlined.length + listed.length + missing.length > 0) {
    const { cacheDirectory } = options.config;
    keepSources(
      { cacheDirectory, file, contentHash: contentHash(source) },
      { inlined, listed, missing },
    );
  }
  return transformed;
}

/** @returns Null for what is not JavaScript that we can parse: it runs as it is and counts as a whole file. */
function probedForm(
  source: string,
  file: string,
  options: Options,
  transformed: TransformedSource,
  others: Partial<OtherSources>,
): TransformedSource | null {
  const root = rootOf(options.config);
  const extras = Object.entries(others)
    .filter(([, names]) => names.length > 0)
    .map(([key, names]) => [key, names.map((name) => toStored(root, realPath(name)))] as const);
  try {
    const { code, map } = insertProbes(transformed.code, {
      form: options.supportsStaticESM ? 'module' : 'commonjs',
      root,
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
  const told = process.env.TESTMON_ROOT;
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
  return process.env.TESTMON_PROBES === 'off';
}

function cacheKey(instrument: boolean, inlined: string, inner: string): string {
  const shape = [
    inlined,
    PROBES_VERSION,
    FINGERPRINTS_VERSION,
    process.env.TESTMON_ROOT ?? '',
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
