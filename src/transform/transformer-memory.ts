import * as path from 'node:path';
import { packageFolder } from '../dependencies/files/paths';
import { isWatchedConfig, type ConfigFolders } from '../dependencies/packages/tool-configs';
import { getOrCreate } from '../dependencies/get-or-create';
import { inputValues, type TransformInput } from './input-values';
import { NOTHING_READ, type TransformerReads } from './transformer-reads';

/**
 * Knows what one transformer of this process has read. The transformer may have this in memory while it transforms
 * the next file.
 */
export class TransformerMemory {
  /** What the transformer read while it was loaded. This may influence all its outputs. */
  readonly #early = new Map<string, TransformInput>();
  /** By file: what the transformer read when it made the file's cache key. */
  readonly #readForKey = new Map<string, TransformerReads>();
  /** What the transformer read once, for any file, and has not read again. */
  readonly #kept = new Map<string, Kept>();
  /** What the transformer reads each time that it needs it. */
  readonly #readAgain = new Set<string>();
  readonly #modules: LoadedModules;

  /** @param modules The modules that any transformer of this process loaded. */
  constructor(modules: LoadedModules) {
    this.#modules = modules;
  }

  /**
   * Notes that the transformer was loaded.
   * @param reads What it read while it was loaded.
   */
  loadedEarly(reads: TransformerReads): void {
    for (const file of reads.modules)
      if (packageFolder(file) === null) this.#early.set(file, inputValues.loaded(file));
    for (const file of reads.files) this.#early.set(file, inputValues.loaded(file));
    for (const file of reads.looked)
      if (packageFolder(file) === null)
        getOrCreate(this.#early, file, () => inputValues.presence(file));
    for (const folder of reads.packages) this.#early.set(folder, inputValues.presence(folder));
    for (const folder of reads.folders)
      if (packageFolder(folder) === null)
        this.#early.set(folder + path.sep, inputValues.listing(folder));
  }

  /** All that every output depends on, as a text for each cache key. */
  key(): string {
    return JSON.stringify([...this.#early.values()]);
  }

  /**
   * Notes that the transformer made the cache key of a file.
   * @param reads What it read for that.
   */
  readForKey(file: string, reads: TransformerReads): void {
    this.#modules.note(reads);
    const { files, folders, missing, looked, packages } = reads;
    if ([files, folders, missing, looked, packages].some((names) => names.length > 0))
      this.#readForKey.set(file, reads);
  }

  /**
   * Returns what the output of a file depends on besides the file, as far as this was seen.
   * @param code The file's source.
   * @param again Transforms the file once more. Null if that would be of no use.
   */
  inputs(
    code: string,
    file: string,
    folders: ConfigFolders,
    reads: TransformerReads,
    again: (() => TransformerReads) | null,
  ): TransformInput[] {
    this.#modules.note(reads);
    const ofKey = this.#readForKey.get(file) ?? NOTHING_READ;
    const isRead = (name: string): boolean =>
      name !== file && !isWatchedConfig(name, file, folders);
    const counts = (name: string): boolean => packageFolder(name) === null && isRead(name);
    const inputs = new Map<string, TransformInput>();
    const sought = new Set([...ofKey.packages, ...reads.packages]);
    for (const name of sought) inputs.set(name, inputValues.presence(name));
    for (const { files, folders: listed, looked, missing } of [ofKey, reads]) {
      for (const name of looked) if (counts(name)) inputs.set(name, inputValues.presence(name));
      for (const name of missing) if (counts(name)) inputs.set(name, inputValues.presence(name));
      for (const name of listed) if (counts(name)) inputs.set(name, inputValues.listing(name));
      for (const name of files) if (isRead(name)) inputs.set(name, inputValues.file(name));
    }
    const own = new Set([...ofKey.own, ...reads.own, ...sought].filter((name) => inputs.has(name)));
    const words = new Set(code.match(WORDS));
    const isNamed = (name: string): boolean =>
      words.has(stemOf(name)) || stemOf(name) === stemOf(file);
    // Transforms the file once more: what the transformer does not read again, it keeps in memory.
    const isUnsure = (name: string): boolean => !this.#kept.has(name) && !this.#readAgain.has(name);
    if (again !== null && [...own].some(isUnsure))
      for (const name of namesAgain(again())) if (own.has(name)) this.#readAgain.add(name);
    for (const [name, kept] of this.#kept) {
      if (own.has(name)) this.#readAgain.add(name);
      else if (!kept.isNamed || words.has(stemOf(name))) inputs.set(name, kept.input);
    }
    for (const name of this.#readAgain) this.#kept.delete(name);
    for (const name of own) {
      const input = inputs.get(name);
      if (input === undefined || this.#readAgain.has(name)) continue;
      if (input.kind === 'absent' && !sought.has(name)) continue;
      this.#kept.set(name, { input, isNamed: isNamed(name) });
    }
    const early = [...this.#early.values()].filter(({ name }) => name !== file);
    return [...inputs.values(), ...this.#modules.inputs(), ...early];
  }
}

/** What a transformer may have kept of a file or a folder. */
interface Kept {
  input: TransformInput;
  /**
   * Whether the source that it was read for names it. Then it does not matter for sources that do not name it.
   * Otherwise it belongs to the transformer, such as a config file.
   */
  isNamed: boolean;
}

function namesAgain({ own, packages }: TransformerReads): string[] {
  return [...own, ...packages];
}

const WORDS = /[\w$@-]+/g;

/** The name of a file up to the first dot, without the dot of a hidden file. */
function stemOf(file: string): string {
  return /^\.?[^.]*/.exec(path.basename(file))?.[0].replace(/^\./, '') ?? '';
}

/** Modules of the project that transformers loaded in this process. They may influence all later outputs. */
class LoadedModules {
  readonly #inputs = new Map<string, TransformInput>();

  note({ modules }: Pick<TransformerReads, 'modules'>): void {
    for (const file of modules)
      if (packageFolder(file) === null && !this.#inputs.has(file))
        this.#inputs.set(file, inputValues.loaded(file));
  }

  inputs(): Iterable<TransformInput> {
    return this.#inputs.values();
  }
}

/** The memories of all transformers of a process. */
class TransformerMemories {
  readonly #modules = new LoadedModules();
  readonly #byTransformer = new Map<string | null, TransformerMemory>();

  /** @param transformer Absolute path. Null if the user has none. */
  of(transformer: string | null): TransformerMemory {
    return getOrCreate(
      this.#byTransformer,
      transformer,
      () => new TransformerMemory(this.#modules),
    );
  }
}

/** The only instance of this process. A process loads a transformer once, but wraps it again for each test file. */
export const transformerMemories = new TransformerMemories();
