import { ByteWriter } from './encoding';
import { compareDependencies } from './footprint';
import type { Dependency } from './types';

/** A dependency, and where it stands among all that are known. */
interface Known extends Dependency {
  /** Kind, name and value as a record's hash reads them. */
  written: Buffer;
  /** -1 until it has a place. */
  place: number;
}

/**
 * Dependencies by row id, which sort fast: a full run sorts some hundreds for each of its test files, and most of them
 * each time again. Those that are known get a place now and then, and only later ones are compared by their text.
 */
export class DependencyOrder {
  readonly #byId = new Map<number, Known>();
  /** Those that have a place, in order. */
  #placed: Known[] = [];
  #others: Known[] = [];

  add(id: number, { kind, name, value }: Dependency): void {
    writer.reset();
    writer.text(kind);
    writer.text(name);
    writer.text(value);
    const known: Known = { kind, name, value, written: writer.finish(), place: -1 };
    this.#byId.set(id, known);
    this.#others.push(known);
  }

  get(id: number): Dependency | undefined {
    return this.#byId.get(id);
  }

  /** Forgets all. */
  clear(): void {
    this.#byId.clear();
    this.#placed = [];
    this.#others = [];
  }

  /**
   * What a hash reads of some dependencies, in their order.
   * @param ids Of those that were added.
   */
  written(ids: ReadonlySet<number>): Buffer[] {
    if (this.#others.length > MOST_OTHERS && this.#others.length * 4 > this.#placed.length)
      this.#place();
    const places = new Int32Array(ids.size);
    let count = 0;
    const others: Known[] = [];
    for (const id of ids) {
      const known = this.#byId.get(id);
      if (known === undefined) throw new Error(`The dependency ${id} is not known.`);
      if (known.place >= 0) places[count++] = known.place;
      else others.push(known);
    }
    const placed: Known[] = [];
    for (const place of places.subarray(0, count).sort()) {
      const known = this.#placed[place];
      if (known !== undefined) placed.push(known);
    }
    return merge(placed, others.sort(compareDependencies)).map(({ written }) => written);
  }

  #place(): void {
    this.#placed = merge(this.#placed, this.#others.sort(compareDependencies));
    this.#others = [];
    this.#placed.forEach((known, place) => (known.place = place));
  }
}

/** As many are compared by their text. */
const MOST_OTHERS = 500;

const writer = new ByteWriter();

/** Two sorted lists as one. */
function merge(a: readonly Known[], b: readonly Known[]): Known[] {
  const merged: Known[] = [];
  let at = 0;
  for (const other of b) {
    // Few against many: most of what precedes is found by halves.
    const end = firstAfter(a, other, at);
    for (; at < end; at += 1) merged.push(a[at] as Known);
    merged.push(other);
  }
  for (; at < a.length; at += 1) merged.push(a[at] as Known);
  return merged;
}

/** The first place from `from` on whose dependency does not precede another. */
function firstAfter(sorted: readonly Known[], other: Known, from: number): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareDependencies(sorted[middle] as Known, other) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
