import { ByteWriter, viewOf } from './encoding';
import { compareDependencies } from './footprint';
import { BufferArena } from './buffer-arena';
import { lowerBound, mergeSorted } from './sorted';
import type { Dependency } from './types';

/** A dependency with its row id. */
interface Known extends Dependency {
  id: number;
  /** Kind, name and value in the form that a record's hash reads. Null once they are part of the sorted text. */
  written: Buffer | null;
}

/**
 * Sorts dependencies by kind, name and value. A full run sorts some hundreds for each test file, mostly the same
 * ones.
 *
 * So most dependencies have a rank in one sorted list, and sorting them means sorting numbers. Only those added since
 * the list was made are compared by their text. When they become many, the list is made again.
 */
export class DependencyOrder {
  #byId: Known[] = [];
  /** The rank of each row id. -1 for a dependency without a rank. */
  #places: number[] = [];
  /** The dependencies with a rank, in order. */
  #placed: Known[] = [];
  /**
   * What is hashed of each ranked dependency, one after the other. The dependencies of one test file are mostly close
   * together.
   */
  #text = NO_TEXT;
  /** Where the text of each rank begins. */
  #starts = new Uint32Array(1);
  #others: Known[] = [];
  /** Memory for the texts of the others. */
  #arena = new BufferArena();

  add(id: number, { kind, name, value }: Dependency): void {
    scratch.reset();
    scratch.text(kind);
    scratch.text(name);
    scratch.text(value);
    const known: Known = { id, kind, name, value, written: this.#arena.add(scratch.view()) };
    this.#byId[id] = known;
    this.#places[id] = -1;
    this.#others.push(known);
  }

  get(id: number): Dependency | undefined {
    return this.#byId[id];
  }

  /** Removes all dependencies. */
  clear(): void {
    this.#byId = [];
    this.#places = [];
    this.#placed = [];
    this.#text = NO_TEXT;
    this.#starts = new Uint32Array(1);
    this.#others = [];
  }

  /**
   * Writes some dependencies in sorted order, in the form that a record's hash reads.
   * @param ids Row ids that were added before.
   * @throws {Error} If an id was not added.
   */
  write(ids: readonly number[], writer: ByteWriter): void {
    if (this.#others.length > MAX_OTHERS && this.#others.length * 4 > this.#placed.length)
      this.#place();
    const places = new Uint32Array(ids.length);
    let count = 0;
    const others: Known[] = [];
    for (const id of ids) {
      const place = this.#places[id];
      if (place === undefined) throw new Error(`The dependency ${id} is not known.`);
      if (place >= 0) places[count++] = place;
      else others.push(this.#byId[id] as Known);
    }
    const placed = places.subarray(0, count).sort();
    let at = 0;
    for (const other of others.sort(compareDependencies)) {
      // Few against many: a binary search finds those that come before.
      const end = lowerBound(count, at, (nth) =>
        compareDependencies(this.#placed[placed[nth] ?? 0] as Known, other),
      );
      this.#writePlaced(placed.subarray(at, end), writer);
      if (other.written !== null) writer.bytes(other.written);
      at = end;
    }
    this.#writePlaced(placed.subarray(at), writer);
  }

  #writePlaced(places: ArrayLike<number>, writer: ByteWriter): void {
    const text = this.#text;
    const starts = this.#starts;
    for (let at = 0; at < places.length; at += 1) {
      const place = places[at] ?? 0;
      const start = starts[place] ?? 0;
      writer.part(text, start, (starts[place + 1] ?? 0) - start);
    }
  }

  #place(): void {
    const merged = mergeSorted(
      this.#placed,
      this.#others.sort(compareDependencies),
      compareDependencies,
    );
    this.#others = [];
    this.#arena = new BufferArena();
    const starts = new Uint32Array(merged.length + 1);
    const text = new ByteWriter();
    merged.forEach((known, place) => {
      if (known.written === null) this.#writePlaced([this.#places[known.id] ?? 0], text);
      else text.bytes(known.written);
      known.written = null;
      this.#places[known.id] = place;
      starts[place + 1] = text.length;
    });
    this.#text = viewOf(text.finish());
    this.#starts = starts;
    this.#placed = merged;
  }
}

const NO_TEXT = viewOf(new Uint8Array(0));

/** The number of dependencies that may be without a rank. */
const MAX_OTHERS = 500;

const scratch = new ByteWriter();
