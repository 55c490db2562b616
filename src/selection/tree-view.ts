import type { LoadedVersion, SelectionData } from '../records/types';
import type { BlockPresence, View } from './match';

/** Caches which recorded file versions and dependencies of a project match the working tree. */
export class TreeView implements View {
  readonly #data: Pick<SelectionData, 'versions'>;
  readonly #holds: (dependency: number) => boolean;
  readonly #presences = new Map<number, BlockPresence>();
  #whole = new Int32Array(0);
  #held = new Uint8Array(0);

  /** @param holds Finds out whether a dependency holds. Called once per dependency. */
  constructor(data: Pick<SelectionData, 'versions'>, holds: (dependency: number) => boolean) {
    this.#data = data;
    this.#holds = holds;
  }

  get whole(): Int32Array {
    return this.#whole;
  }

  get held(): Uint8Array {
    return this.#held;
  }

  /** Sets the presence of a version. A version without one has no block in the working tree. */
  note({ id, bitLimit }: LoadedVersion, standing: BlockPresence): void {
    if (standing !== 'all' || id >= MAX_TABLE_ID) {
      this.#presences.set(id, standing);
      return;
    }
    if (id >= this.#whole.length) {
      const grown = new Int32Array(lengthFor(id)).fill(-1);
      grown.set(this.#whole);
      this.#whole = grown;
    }
    this.#whole[id] = bitLimit;
  }

  presence(version: number): BlockPresence {
    if ((this.#whole[version] ?? -1) >= 0) return 'all';
    return this.#presences.get(version) ?? 'none';
  }

  bitLimit(version: number): number {
    return this.#data.versions.get(version)?.bitLimit ?? 0;
  }

  holds(dependency: number): boolean {
    if (dependency >= MAX_TABLE_ID) return this.#holds(dependency);
    if (dependency >= this.#held.length) {
      const grown = new Uint8Array(lengthFor(dependency));
      grown.set(this.#held);
      this.#held = grown;
    }
    const known = this.#held[dependency];
    if (known !== UNKNOWN) return known === HOLDS;
    const holds = this.#holds(dependency);
    this.#held[dependency] = holds ? HOLDS : FAILS;
    return holds;
  }
}

/** Ids count from 1. A larger id can only come from a foreign database, and would make the tables huge. */
const MAX_TABLE_ID = 1 << 24;

/** The table length for an id, with room to grow. */
function lengthFor(id: number): number {
  return Math.min(MAX_TABLE_ID, 2 * id + 1_024);
}

const UNKNOWN = 0;
const HOLDS = 1;
const FAILS = 2;
