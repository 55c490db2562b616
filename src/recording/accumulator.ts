import { hasBit } from '../records/bits';
import { questionOf, questionsAbout } from '../records/question';
import type { Dependency } from '../records/types';

/** The blocks and dependencies observed so far, for one test or for the part that all tests of a test file share. */
export class Accumulator {
  /** By the metadata string of a probed file: one byte for each block, 1 if it was executed. */
  readonly blocks = new Map<string, Uint8Array>();
  /** By the question. The first value is kept, because the code saw it first. */
  readonly dependencies = new Map<string, Dependency>();

  /** Copies what the probes of a file have set since the last time, and clears them. */
  drain(metadata: string, probes: Uint8Array): void {
    // Most files executed nothing between two tests. `indexOf` finds that out fastest.
    const first = probes.indexOf(1);
    if (first < 0) return;
    const executed = this.blocks.get(metadata);
    // Copying all bytes is cheaper than looking at each.
    if (executed === undefined) this.blocks.set(metadata, new Uint8Array(probes));
    else
      for (let index = first; index < probes.length; index += 1) {
        if (probes[index] !== 0) executed[index] = 1;
      }
    probes.fill(0, first);
  }

  depend(dependency: Dependency): void {
    const key = questionOf(dependency);
    if (!this.dependencies.has(key)) this.dependencies.set(key, dependency);
  }

  /** Removes the dependencies on a path of the project. */
  forget(name: string): void {
    for (const question of questionsAbout(name)) this.dependencies.delete(question);
  }

  /** Adds everything that another accumulator has. */
  include(other: Accumulator): void {
    for (const [metadata, executed] of other.blocks) {
      const mine = this.#executed(metadata, executed.length);
      for (let index = 0; index < executed.length; index += 1) {
        if (executed[index] !== 0) mine[index] = 1;
      }
    }
    for (const dependency of other.dependencies.values()) this.depend(dependency);
  }

  /** Adds blocks given as bits, the form in which they are stored. */
  addBits(metadata: string, blocks: number, bits: Uint8Array): void {
    const mine = this.#executed(metadata, blocks);
    for (let block = 0; block < blocks; block += 1) if (hasBit(bits, block)) mine[block] = 1;
  }

  /** Removes everything that the other accumulator does not have. */
  keepCommon(other: Accumulator): void {
    for (const [metadata, executed] of this.blocks) {
      const theirs = other.blocks.get(metadata);
      if (theirs === undefined) this.blocks.delete(metadata);
      else
        for (let index = 0; index < executed.length; index += 1)
          if ((theirs[index] ?? 0) === 0) executed[index] = 0;
    }
    for (const [key, { value }] of this.dependencies)
      if (other.dependencies.get(key)?.value !== value) this.dependencies.delete(key);
  }

  /** Adds some blocks of a file. @param blocks The number of blocks in the file. */
  addBlocks(metadata: string, blocks: number, indexes: readonly number[]): void {
    if (indexes.length === 0) return;
    const mine = this.#executed(metadata, blocks);
    for (const index of indexes) if (index < blocks) mine[index] = 1;
  }

  /** Whether it has everything that the other accumulator has. */
  holds(other: Accumulator): boolean {
    for (const [metadata, executed] of other.blocks) {
      const mine = this.blocks.get(metadata);
      if (executed.some((set, block) => set !== 0 && (mine?.[block] ?? 0) === 0)) return false;
    }
    for (const [key, { value }] of other.dependencies)
      if (this.dependencies.get(key)?.value !== value) return false;
    return true;
  }

  #executed(metadata: string, length: number): Uint8Array {
    let executed = this.blocks.get(metadata);
    if (executed === undefined) {
      executed = new Uint8Array(length);
      this.blocks.set(metadata, executed);
    }
    return executed;
  }
}
