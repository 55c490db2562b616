import type {
  AsyncTransformer,
  SyncTransformer,
  TransformedSource,
  TransformOptions,
} from '@jest/transform';
import { unobserved, watchSources } from '../interception/observer';
import { withWatchedVariablesAsync } from '../interception/variables/tool-variables';
import type { TransformHandover } from '../run/handover';
import { OWN_FOLDER } from '../run/own-frames';
import { swallowed } from '../terminal/debug';
import { defaultKey, probedKey } from './cache-key';
import {
  compiledWith,
  inlinedInput,
  inlinedKey,
  reachableConstants,
  wasEdited,
} from './inlined-sources';
import { inputValues } from './input-values';
import type { OutputInputs } from './output-inputs';
import { takenFromPackages } from './package-declarations';
import { withProbes } from './probed-output';
import { toolChainOf } from './tool-chain-id';
import { transformInputs } from './transform-inputs';
import { transformProcess } from './transform-process';
import { transformerMemories, type TransformerMemory } from './transformer-memory';
import {
  asyncTransformerReads,
  NOTHING_READ,
  watchTransformers,
  type TransformerReads,
} from './transformer-reads';
import { loadTransformer, type AnyTransformer } from './user-transformer';
import { TransformerWatch, type WatchedCall } from './watched-transformer';

/**
 * A transformer for Jest. Jest checks whether a method exists before it calls it, so this has only the methods that
 * the user's transformer has.
 */
export type ProbingTransformer = Partial<SyncTransformer<unknown>> &
  Partial<AsyncTransformer<unknown>>;

type Options = TransformOptions<unknown>;

/**
 * Wraps the user's transformer: its output gets probes.
 * @throws What loading the user's transformer throws. Jest shows it.
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
  transformerMemories.of(file).loadedEarly(reads);
  return probing(inner, handover);
}

/** Used if the user has no transformer. */
const identity: SyncTransformer<unknown> = {
  process: (code) => ({ code }),
};

function probing(inner: AnyTransformer, handover: TransformHandover): ProbingTransformer {
  const probed = new ProbedTransform(inner, handover);
  const { process, processAsync, getCacheKey, getCacheKeyAsync } = inner;
  return {
    // If the user's transformer does not instrument for coverage, jest-testmon does it before it inserts probes.
    canInstrument: true,
    getCacheKey: (...args) => probed.key(getCacheKey, ...args),
    ...(process !== undefined && { process: (...args) => probed.transform(process, ...args) }),
    ...(processAsync !== undefined && {
      processAsync: (...args) => probed.transformAsync(processAsync, ...args),
    }),
    ...(getCacheKeyAsync !== undefined && {
      getCacheKeyAsync: (...args) => probed.keyAsync(getCacheKeyAsync, ...args),
    }),
  };
}

/**
 * One transformer of the user, whose output gets probes. The methods take the arguments that Jest passes to a
 * transformer.
 */
class ProbedTransform {
  readonly #inner: AnyTransformer;
  readonly #handover: TransformHandover;
  readonly #memory: TransformerMemory;
  readonly #watch: TransformerWatch;

  constructor(inner: AnyTransformer, handover: TransformHandover) {
    this.#inner = inner;
    this.#handover = handover;
    this.#memory = transformerMemories.of(handover.path);
    this.#watch = new TransformerWatch(handover);
  }

  transform(
    process: SyncTransformer<unknown>['process'],
    code: string,
    file: string,
    options: Options,
  ): TransformedSource {
    if (isOurs(file)) return { code };
    return unobserved(() => {
      const call = (): WatchedCall<TransformedSource> =>
        this.#call(options, () => process.call(this.#inner, code, file, this.#toInner(options)));
      const { result, reads } = call();
      const readAgain = (): TransformerReads => {
        try {
          return call().reads;
        } catch (error) {
          swallowed('transform', error, `transforming ${file} twice; it makes an output only once`);
          return NOTHING_READ;
        }
      };
      return this.#withProbes(code, file, options, { result, reads }, readAgain);
    });
  }

  async transformAsync(
    process: AsyncTransformer<unknown>['processAsync'],
    code: string,
    file: string,
    options: Options,
  ): Promise<TransformedSource> {
    if (isOurs(file)) return { code };
    const call = await unobserved(() =>
      this.#watch.callAsync(() => process.call(this.#inner, code, file, this.#toInner(options))),
    );
    return unobserved(() => this.#withProbes(code, file, options, call, null));
  }

  key(
    getCacheKey: SyncTransformer<unknown>['getCacheKey'],
    code: string,
    file: string,
    options: Options,
  ): string {
    if (isOurs(file)) return this.#ownKey(code, file, options);
    return unobserved(() => {
      if (getCacheKey === undefined)
        return this.#keyFrom(code, file, options, defaultKey(code, file, options));
      const { result, reads } = this.#call(options, () =>
        getCacheKey.call(this.#inner, code, file, this.#toInner(options)),
      );
      this.#memory.readForKey(file, reads);
      return this.#keyFrom(code, file, options, result);
    });
  }

  async keyAsync(
    getCacheKey: NonNullable<AnyTransformer['getCacheKeyAsync']>,
    code: string,
    file: string,
    options: Options,
  ): Promise<string> {
    if (isOurs(file)) return this.#ownKey(code, file, options);
    const { result, reads } = await unobserved(() =>
      this.#watch.callAsync(async () =>
        getCacheKey.call(this.#inner, code, file, this.#toInner(options)),
      ),
    );
    this.#memory.readForKey(file, reads);
    return unobserved(() => this.#keyFrom(code, file, options, result));
  }

  /** The options that the user's transformer would get without jest-testmon. */
  #toInner(options: Options): Options {
    watchSources(options.cacheFS);
    if (this.#handover.path === null) return options;
    const config = transformProcess.configAsUserWroteIt(options.config);
    return { ...options, config, transformerConfig: this.#handover.options ?? {} };
  }

  #call<T>({ config }: Options, work: () => T): WatchedCall<T> {
    return this.#watch.call(config, transformProcess.rootOf(config), work);
  }

  /** @param readAgain Transforms the file once more and returns what was read. Null if that would be of no use. */
  #withProbes(
    source: string,
    file: string,
    options: Options,
    { result: output, reads }: WatchedCall<TransformedSource>,
    readAgain: (() => TransformerReads) | null,
  ): TransformedSource {
    const inputs = this.#inputs(source, file, options, { result: output, reads }, readAgain);
    return withProbes(
      {
        source,
        file,
        options,
        output,
        inputs,
        isInstrumented: this.#inner.canInstrument === true,
        isTransformed: this.#handover.path !== null,
      },
      transformProcess.rootOf(options.config),
    );
  }

  /** Returns what the output of a file depends on besides the file. */
  #inputs(
    code: string,
    file: string,
    { config }: Options,
    { result, reads }: WatchedCall<TransformedSource>,
    readAgain: (() => TransformerReads) | null,
  ): Partial<OutputInputs> {
    const folders = { root: transformProcess.rootOf(config), rootDir: config.rootDir };
    const found = this.#memory.inputs(code, file, folders, reads, readAgain);
    const toolChain = toolChainOf(config, folders.root);
    if (!this.#watch.compilesPrograms)
      return { inputs: [...transformInputs.note(toolChain, file, found)] };
    const output = result?.code ?? null;
    const compiled = compiledWith(code, file, output);
    const traits = this.#watch.typesOfPackages(config);
    // Whether packages count is known only now, so this is noted beside Jest's cache.
    const ofPackages =
      output === null || traits === null
        ? []
        : takenFromPackages(code, file, output, compiled, traits).map((name) =>
            inputValues.file(name),
          );
    const inputs = transformInputs.note(toolChain, file, [...found, ...ofPackages]);
    const { inlined, ...declarations } = compiled;
    const ofPrograms = [...inlined, ...declarations.types.filter(wasEdited)];
    return { ...declarations, inputs: [...inputs, ...ofPrograms.map(inlinedInput)] };
  }

  /** @param inner The key that the user's transformer returned, or Jest's default key. */
  #keyFrom(code: string, file: string, options: Options, inner: string): string {
    const inlined = this.#watch.compilesPrograms ? inlinedKey(reachableConstants(code, file)) : '';
    const key = probedKey(options, this.#memory.key() + inlined, inner);
    const { config } = options;
    return transformInputs.key(toolChainOf(config, transformProcess.rootOf(config)), file, key);
  }

  #ownKey(code: string, file: string, options: Options): string {
    return probedKey(options, '', defaultKey(code, file, options));
  }
}

/**
 * Whether a file belongs to jest-testmon. Jest transforms the modules that it requires for a test file. These include
 * our plug points, unless they are in `node_modules`. The user's transformer must not be called for them: ts-jest
 * keeps the options of its first call.
 */
function isOurs(file: string): boolean {
  return file.startsWith(OWN_FOLDER);
}
