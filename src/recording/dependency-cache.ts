import { getOrCreate } from '../dependencies/get-or-create';
import type { Dependency, DependencyKind } from '../records/types';

/**
 * Dependencies that are the same for every test file of a worker. Each value is read once. A dependency is the same
 * object in all records, and the journal writer uses that.
 */
export class DependencyCache {
  /** By kind first, so that a lookup does not have to join the kind and the key into a new string. */
  readonly #byKind = new Map<DependencyKind, Map<string, Dependency>>();
  readonly #lists = new Map<unknown, readonly Dependency[]>();

  /**
   * A dependency of a kind.
   * @param key Distinguishes it from others of its kind. Default: its name.
   */
  get(kind: DependencyKind, name: string, value: () => string, key = name): Dependency {
    return this.getOrMake(kind, key, () => ({ kind, name, value: value() }));
  }

  /** Like `get`, if the kind of the result may differ from the kind that was asked for. */
  getOrMake(kind: DependencyKind, key: string, make: () => Dependency): Dependency {
    return getOrCreate(
      getOrCreate(this.#byKind, kind, () => new Map<string, Dependency>()),
      key,
      make,
    );
  }

  /**
   * Several dependencies that belong together. @param key Compared by identity: a text, or the object that they
   * belong to.
   */
  list(key: unknown, make: () => readonly Dependency[]): readonly Dependency[] {
    return getOrCreate(this.#lists, key, make);
  }
}
