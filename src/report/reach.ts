import type { ReportReach } from './data';
import { encodeRanges } from './ranges';

/** Collects ascending indices. */
export class Gathered {
  readonly #items: number[] = [];

  /** @param item Not less than the previous one. An equal one is ignored. */
  add(item: number): void {
    if (this.#items.at(-1) !== item) this.#items.push(item);
  }

  get items(): readonly number[] {
    return this.#items;
  }
}

/** The test files and tests that reach some code. */
export class Reach {
  readonly testFiles = new Gathered();
  readonly tests = new Gathered();
}

/** Stores equal reaches only once. */
export class ReachTable {
  readonly reaches: ReportReach[] = [];
  readonly #indices = new Map<string, number>();

  /** Returns the index of a reach, and adds it if necessary. */
  intern({ testFiles, tests }: Reach): number {
    const reach: ReportReach = {
      testFiles: encodeRanges(testFiles.items),
      tests: encodeRanges(tests.items),
    };
    const key = `${reach.testFiles};${reach.tests}`;
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.reaches.push(reach) - 1;
      this.#indices.set(key, index);
    }
    return index;
  }
}
