import { stemFor } from '../blocks/probes/prelude';
import type { Accumulator } from './accumulator';
import { ProbeRegistry, type FileProbes } from './probe-registry';

/** The probes of a file. */
interface NamedProbes {
  /** The file's stored path. */
  name: string;
  probes: Uint8Array;
}

/** Reads the probes of one test environment at each test boundary. */
export class ProbeReader {
  readonly #registry: ProbeRegistry;
  /** Returns the stored path of the file that a metadata string belongs to. */
  readonly nameOf: (metadata: string) => string;
  /** The probes of the first `#indexed` files, by the stem with which the name of each file's variable begins. */
  readonly #byStem = new Map<string, NamedProbes[]>();
  #indexed = 0;
  #filesAtLastDrain = 0;

  /**
   * @param global The global object of the test environment, where probes keep their bytes.
   * @param nameOf See the field.
   */
  constructor(global: object, nameOf: (metadata: string) => string) {
    this.#registry = ProbeRegistry.of(global);
    this.nameOf = nameOf;
  }

  /** The metadata strings of all files that have run so far, in the order of their first run. */
  get metadata(): string[] {
    return this.#registry.files.map(({ metadata }) => metadata);
  }

  /** The files that have run so far, in the order of their first run. */
  get files(): readonly FileProbes[] {
    return this.#registry.files;
  }

  /** How many files had run when the probes were last drained. */
  get filesAtLastDrain(): number {
    return this.#filesAtLastDrain;
  }

  /** The stored paths of the files that ran after the first `count` files. */
  filesAfter(count: number): string[] {
    return this.#registry.files.slice(count).map(({ metadata }) => this.nameOf(metadata));
  }

  /** Moves what the probes saw into an accumulator, and clears them. */
  drain(into: Accumulator): void {
    const { files } = this.#registry;
    for (const { metadata, probes } of files) into.drain(metadata, probes);
    this.#filesAtLastDrain = files.length;
  }

  /**
   * Marks blocks as executed because code converted the function around them to text.
   * @param blocks The result of `blocksIn`.
   * @returns The stored paths of the modules whose whole text was shown.
   */
  markShown(blocks: readonly [stem: string, block: number][]): Set<string> {
    const whole = new Set<string>();
    for (const [stem, block] of blocks) {
      for (const { name, probes } of this.#probesOf(stem)) {
        if (block < probes.length) probes[block] = 1;
        if (block === 0) whole.add(name);
      }
    }
    return whole;
  }

  /** The probes of the files whose variable's name begins with this stem. Nearly always one file. */
  #probesOf(stem: string): readonly NamedProbes[] {
    const { files } = this.#registry;
    for (const { metadata, probes } of files.slice(this.#indexed)) {
      const name = this.nameOf(metadata);
      const key = stemFor(name);
      const known = this.#byStem.get(key);
      if (known === undefined) this.#byStem.set(key, [{ name, probes }]);
      else known.push({ name, probes });
    }
    this.#indexed = files.length;
    return this.#byStem.get(stem) ?? [];
  }
}
