import * as path from 'node:path';
import { packageFolder } from '../dependencies/files/paths';
import { isWatchedConfig, type ConfigFolders } from '../dependencies/packages/tool-configs';
import {
  fileInput,
  listingInput,
  loadedInput,
  presence,
  type TransformInput,
} from './transform-inputs';
import { NOTHING_READ, type TransformerReads } from './transformer-reads';

/** Modules of the project that a transformer loaded in this process: they may shape all that it transforms later. */
const modules = new Map<string, TransformInput>();

/**
 * What one transformer of this process has looked at, and so may have in memory while it transforms the next file.
 */
export class TransformerMemory {
  /** What it read as it was loaded: it may shape all that it transforms. */
  readonly #early = new Map<string, TransformInput>();
  /** By file: what its key was made of. */
  readonly #readForKey = new Map<string, TransformerReads>();
  /** What it read once, whatever for, and has not read again. */
  readonly #kept = new Map<string, Kept>();
  /** What it reads each time that it needs it. */
  readonly #readAgain = new Set<string>();

  loadedEarly(reads: TransformerReads): void {
    for (const file of [...reads.files, ...reads.modules])
      if (packageFolder(file) === null) this.#early.set(file, loadedInput(file));
  }

  /** A hash is made of it: what all outputs depend on. */
  key(): string {
    return JSON.stringify([...this.#early.values()]);
  }

  readForKey(file: string, reads: TransformerReads): void {
    noteModules(reads);
    if (reads.files.length + reads.folders.length + reads.missing.length + reads.looked.length > 0)
      this.#readForKey.set(file, reads);
  }

  /**
   * What the output of a file depends on besides the file, as far as it was seen.
   * @param code The file's source.
   * @param again Transforms the file once more; null where that would be of no use.
   */
  inputs(
    code: string,
    file: string,
    folders: ConfigFolders,
    reads: TransformerReads,
    again: (() => TransformerReads) | null,
  ): TransformInput[] {
    noteModules(reads);
    const ofKey = this.#readForKey.get(file) ?? NOTHING_READ;
    const counts = (name: string): boolean =>
      name !== file && packageFolder(name) === null && !isWatchedConfig(name, file, folders);
    const inputs = new Map<string, TransformInput>();
    for (const { files, folders: listed, looked, missing } of [ofKey, reads]) {
      for (const name of looked) if (counts(name)) inputs.set(name, presence(name));
      for (const name of missing) if (counts(name)) inputs.set(name, presence(name));
      for (const name of listed) if (counts(name)) inputs.set(name, listingInput(name));
      for (const name of files) if (counts(name)) inputs.set(name, fileInput(name));
    }
    const own = new Set([...ofKey.own, ...reads.own].filter(counts));
    const words = new Set(code.match(WORDS));
    const isNamed = (name: string): boolean =>
      words.has(stemOf(name)) || stemOf(name) === stemOf(file);
    // Whether it keeps in memory what it read shows in whether it reads that again for the same file.
    const isUnsure = (name: string): boolean => !this.#kept.has(name) && !this.#readAgain.has(name);
    if (again !== null && [...own].some(isUnsure))
      for (const name of again().own) if (own.has(name)) this.#readAgain.add(name);
    for (const [name, kept] of this.#kept) {
      if (own.has(name)) this.#readAgain.add(name);
      else if (!kept.isNamed || words.has(stemOf(name))) inputs.set(name, kept.input);
    }
    for (const name of this.#readAgain) this.#kept.delete(name);
    for (const name of own) {
      const input = inputs.get(name);
      if (input === undefined || this.#readAgain.has(name) || input.kind === 'absent') continue;
      this.#kept.set(name, { input, isNamed: isNamed(name) });
    }
    const early = [...this.#early.values()].filter(({ name }) => name !== file);
    return [...inputs.values(), ...modules.values(), ...early];
  }
}

/** What a transformer may have kept of a file or a folder. */
interface Kept {
  input: TransformInput;
  /** Whether what it was read for names it: it is of no use for what does not. Else it is the transformer's own. */
  isNamed: boolean;
}

const WORDS = /[\w$@-]+/g;

/** The name of a file up to its first dot, which may hide it. */
function stemOf(file: string): string {
  return /^\.?[^.]*/.exec(path.basename(file))?.[0].replace(/^\./, '') ?? '';
}

function noteModules(reads: Pick<TransformerReads, 'modules'>): void {
  for (const file of reads.modules)
    if (packageFolder(file) === null && !modules.has(file)) modules.set(file, loadedInput(file));
}
