/**
 * The user's global teardowns of a run. What they read counts for its records, and they run after Jest has told its
 * reporters that the run is complete. So the end of the run is held back until they are over.
 */
export class Teardowns {
  readonly #left: Set<string>;
  #conclude: (() => void) | null = null;

  /** @param files Absolute paths. Each of them is announced by `ended` later. */
  constructor(files: Iterable<string>) {
    this.#left = new Set(files);
  }

  /** Whether the end of the run is held back now. */
  get holdsBack(): boolean {
    return this.#conclude !== null;
  }

  /** Notes that one of them is over. */
  ended(file: string): void {
    this.#left.delete(file);
    if (this.#left.size === 0) this.release();
  }

  /**
   * Holds back the end of the run.
   * @returns False if there is nothing to wait for.
   */
  holdBack(conclude: () => void): boolean {
    if (this.#left.size === 0) return false;
    this.#conclude = conclude;
    return true;
  }

  /** Ends the run, if that was held back. Some never run: Jest may end before. */
  release(): void {
    const conclude = this.#conclude;
    this.#conclude = null;
    conclude?.();
  }
}
