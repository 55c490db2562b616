import { getOrCreate } from '../dependencies/get-or-create';
import type { Dependency, DependencyKind } from '../records/types';

/**
 * Dependencies that are the same for every test file of a worker, each worked out once. One object stands for a
 * dependency in all records, which the journal writer makes use of.
 */
export class DependencyCache {
  /** A table by kind first: keys that were strings before need not be joined with the kind at each look-up. */
  readonly #byKind = new Map<DependencyKind, Map<string, Dependency>>();
  readonly #lists = new Map<unknown, readonly Dependency[]>();

  /**
   * A dependency of some kind.
   * @param key What tells it from the others of its kind. Default: its name.
   */
  get(kind: DependencyKind, name: string, value: () => string, key = name): Dependency {
    return this.getOrMake(kind, key, () => ({ kind, name, value: value() }));
  }

  /** As `get`, where the kind of what is found may be another than that of what is asked for. */
  getOrMake(kind: DependencyKind, key: string, make: () => Dependency): Dependency {
    return getOrCreate(
      getOrCreate(this.#byKind, kind, () => new Map<string, Dependency>()),
      key,
      make,
    );
  }

  /** Several dependencies that belong together. @param key Compared by identity: a text, or what they are of. */
  list(key: unknown, make: () => readonly Dependency[]): readonly Dependency[] {
    return getOrCreate(this.#lists, key, make);
  }
}
