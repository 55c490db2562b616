import { REGISTRY } from '../blocks';
import { define } from '../interception/patched';

/** One file's probes: a byte for each block, 1 once the block ran. */
export interface FileProbes {
  /** The metadata text with which the file's probes registered: see `blocks/metadata`. */
  metadata: string;
  probes: Uint8Array;
}

/**
 * What the probes of one test environment report to. Files register themselves when they are loaded. They are kept in
 * a list, because every test boundary goes through all of them.
 */
export class ProbeRegistry {
  readonly files: FileProbes[] = [];
  readonly #byMetadata = new Map<string, Uint8Array>();

  private constructor(existing: Record<string, Uint8Array>) {
    for (const metadata in existing) {
      const probes = existing[metadata];
      if (probes !== undefined) this.#add(metadata, probes);
    }
  }

  /**
   * Puts a registry where the probes of an environment look for it. A test can neither delete nor enumerate it, and
   * the test may freeze all globals without harm. Files that were loaded earlier are kept.
   * @param global The environment's global object.
   */
  static of(global: object): ProbeRegistry {
    const existing = (global as Record<string, unknown>)[REGISTRY];
    // jest-environment-node copies the globals of the worker, where modules of the tool chain may have probes.
    const isWorkers = existing === (globalThis as Record<string, unknown>)[REGISTRY];
    const isProbes = typeof existing === 'object' && existing !== null && !isWorkers;
    const registry = new ProbeRegistry(isProbes ? (existing as Record<string, Uint8Array>) : {});
    define('probeRegistry', global, REGISTRY, {
      value: registry.#facade(),
      enumerable: false,
      configurable: false,
      writable: false,
    });
    return registry;
  }

  #add(metadata: string, probes: Uint8Array): void {
    this.#byMetadata.set(metadata, probes);
    this.files.push({ metadata, probes });
  }

  /** What the code of the probes expects: an object from metadata text to bytes (see `blocks/prelude`). */
  #facade(): object {
    return new Proxy(Object.create(null) as object, {
      get: (_target, metadata) =>
        typeof metadata === 'string' ? this.#byMetadata.get(metadata) : undefined,
      set: (_target, metadata, probes) => {
        if (typeof metadata === 'string') this.#add(metadata, probes as Uint8Array);
        return true;
      },
    });
  }
}
