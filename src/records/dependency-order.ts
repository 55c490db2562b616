import { ByteWriter, viewOf } from './encoding';
import { compareDependencies } from './footprint';
import { BufferArena } from './buffer-arena';
import { firstAfter, mergeSorted } from './sorted';
import type { Dependency } from './types';

/** A dependency, and where it stands among all that are known. */
interface Known extends Dependency {
  id: number;
  /** Kind, name and value as a record's hash reads them; null for one that has a place. */
  written: Buffer | null;
}

/**
 * Dependencies by row id, which sort fast: a full run sorts some hundreds for each of its test files, and most of them
 * each time again. Those that are known get a place now and then, and only later ones are compared by their text.
 */
export class DependencyOrder {
  #byId: Known[] = [];
  /** By row id: the place, or -1 until there is one. */
  #places: number[] = [];
  /** Those that have a place, in order. */
  #placed: Known[] = [];
  /** What is written of each that has a place, one after the other: most of a test file's stand near each other. */
  #text = NO_TEXT;
  /** Where the text of each place begins. */
  #starts = new Uint32Array(1);
  #others: Known[] = [];
  /** For the texts of those. */
  #shelf = new BufferArena();

  add(id: number, { kind, name, value }: Dependency): void {
    scratch.reset();
    scratch.text(kind);
    scratch.text(name);
    scratch.text(value);
    const known: Known = { id, kind, name, value, written: this.#shelf.add(scratch.view()) };
    this.#byId[id] = known;
    this.#places[id] = -1;
    this.#others.push(known);
  }

  get(id: number): Dependency | undefined {
    return this.#byId[id];
  }

  /** Forgets all. */
  clear(): void {
    this.#byId = [];
    this.#places = [];
    this.#placed = [];
    this.#text = NO_TEXT;
    this.#starts = new Uint32Array(1);
    this.#others = [];
  }

  /**
   * Writes what a hash reads of some dependencies, in their order.
   * @param ids Of those that were added.
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
      // Few against many: most of what precedes is found by halves.
      const end = firstAfter(count, at, (nth) =>
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
    this.#shelf = new BufferArena();
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

/** As many are compared by their text. */
const MAX_OTHERS = 500;

const scratch = new ByteWriter();
