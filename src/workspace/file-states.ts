import type { FileState, Store } from '../store';

/** Up to this many files are looked up one by one. For more, reading the whole table is faster. */
const MAX_STATES_PER_RUN = 100;

/**
 * The recorded states (size, times, inode, content hash) of the files on this machine, read from the database on
 * demand.
 */
export class FileStates {
  readonly #store: () => Store | null;
  #all: Map<string, FileState> | null = null;
  #asked = 0;

  /**
   * @param store Returns the open database, or null. A function, because a damaged database may be replaced during a
   *   run.
   */
  constructor(store: () => Store | null) {
    this.#store = store;
  }

  /**
   * Returns the recorded state of a file.
   * @param name Stored path.
   */
  get(name: string): FileState | undefined {
    if (this.#all !== null) return this.#all.get(name);
    this.#asked += 1;
    if (this.#asked <= MAX_STATES_PER_RUN) return this.#store()?.fileState(name);
    this.#all = this.#store()?.fileStates() ?? new Map<string, FileState>();
    return this.#all.get(name);
  }
}
