import type { FileState, Store } from '../store';

/** Up to this many files are looked up one by one; for more, reading all is faster. */
const MAX_STATES_PER_RUN = 100;

/** What was last seen of the files on this machine, read as far as it is asked for. */
export class FileStates {
  readonly #store: () => Store | null;
  #all: Map<string, FileState> | null = null;
  #asked = 0;

  /** @param store The database at hand, if there is one: a damaged one may be replaced meanwhile. */
  constructor(store: () => Store | null) {
    this.#store = store;
  }

  /** @param name Stored path. */
  get(name: string): FileState | undefined {
    if (this.#all !== null) return this.#all.get(name);
    this.#asked += 1;
    if (this.#asked <= MAX_STATES_PER_RUN) return this.#store()?.fileState(name);
    this.#all = this.#store()?.fileStates() ?? new Map<string, FileState>();
    return this.#all.get(name);
  }
}
