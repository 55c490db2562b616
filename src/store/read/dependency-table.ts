import { isCount, isDependencyKind, isDependencyName, isText } from '../../records/checks';
import type { Dependencies, Dependency } from '../../records/types';

/** Dependencies in the columns that were read. There are tens of thousands, and only few are needed as objects. */
export class DependencyTable implements Dependencies {
  /** In ascending order. */
  readonly #ids: readonly unknown[];
  readonly #kinds: readonly unknown[];
  readonly #names: readonly unknown[];
  readonly #values: readonly unknown[];

  /** @param columns Ids, kinds, names and values, in arrays of the same length. */
  constructor([ids = [], kinds = [], names = [], values = []]: readonly unknown[][]) {
    this.#ids = ids;
    this.#kinds = kinds;
    this.#names = names;
    this.#values = values;
  }

  /** Returns a dependency. Undefined if there is none, or its row is invalid. */
  get(id: number): Dependency | undefined {
    const row = this.#rowOf(id);
    return this.#ids[row] === id ? this.#at(row) : undefined;
  }

  has(id: number): boolean {
    return this.get(id) !== undefined;
  }

  *entries(): Generator<[number, Dependency]> {
    for (const [row, id] of this.#ids.entries()) {
      const dependency = this.#at(row);
      if (dependency !== undefined) yield [id as number, dependency];
    }
  }

  *values(): Generator<Dependency> {
    for (const [, dependency] of this.entries()) yield dependency;
  }

  #at(row: number): Dependency | undefined {
    return asDependency(this.#ids[row], this.#kinds[row], this.#names[row], this.#values[row]);
  }

  /** Returns the row of an id, if the id exists. */
  #rowOf(id: number): number {
    // Ids count from 1 and few are missing, so the row usually follows from the id.
    if (this.#ids[id - 1] === id) return id - 1;
    let from = 0;
    let to = Math.min(id, this.#ids.length);
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#ids[middle] as number) < id) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** Creates a dependency from its row. Undefined if the row is invalid. */
export function asDependency(
  id: unknown,
  kind: unknown,
  name: unknown,
  value: unknown,
): Dependency | undefined {
  if (!isCount(id) || !isDependencyKind(kind) || !isDependencyName(kind, name)) return undefined;
  return isText(value) ? { kind, name, value } : undefined;
}
