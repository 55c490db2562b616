import { REGISTRY } from '../blocks';
import { define } from '../interception/patched';

/** One file's probes: a byte per block, 1 once it ran. */
export interface FileProbes {
  /** The text that the file's probes registered under: see `blocks/metadata`. */
  metadata: string;
  probes: Uint8Array;
}

/**
 * What the probes of one test environment report to. Files register themselves when they are loaded; the list of
 * them is at hand because it is gone through at every test boundary.
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
   * Puts a registry where the probes of an environment look for one, so that a test can neither delete nor enumerate
   * it, and freezing all globals does not stop it. Files that were loaded before are taken over.
   * @param global The environment's global object.
   */
  static of(global: object): ProbeRegistry {
    const existing = (global as Record<string, unknown>)[REGISTRY];
    // jest-environment-node copies the globals of the worker itself, where the tool chain's own modules may have probes.
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

  /** What the code that probes carry expects: an object from metadata text to bytes (see `blocks/prelude`). */
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
