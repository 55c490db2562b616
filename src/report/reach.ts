import type { ReportReach } from './data';
import { encodeRanges } from './ranges';

/** Ascending indices, gathered one by one. */
export class Gathered {
  readonly #items: number[] = [];

  /** @param item Not less than the one before; an equal one counts once. */
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

/** Keeps equal reaches once. */
export class ReachTable {
  readonly reaches: ReportReach[] = [];
  readonly #indices = new Map<string, number>();

  /** The index of a reach. */
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
