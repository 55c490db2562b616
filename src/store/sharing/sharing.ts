import type { StoreConnection } from '../connection/store-connection';
import { mergeDatabase, sourceOf } from '../write/merge-databases';
import { readEnvironmentRows } from '../write/environments';
import { RecordWriter } from '../write/record-writer';
import { adopt } from './adoption';
import { inspectBundles, type InspectedBundle } from './bundle-file';
import { exportFacts } from './export';
import type { Environment, EnvironmentKey } from '../../records/types';
import { SharedFacts, type SharedPlace, type UnsentFacts } from './shared-facts';

/** A bundle's database, unpacked. */
export interface UnpackedBundle {
  name: string;
  /** Of the database, which stays as it is. */
  file: string;
}

/** How bundles are taken in. */
export interface TakeOptions {
  /** Which environments are taken; all else in a bundle is passed over. */
  wants: (key: EnvironmentKey) => boolean;
  /** Milliseconds since the epoch. */
  now: number;
  /** How many complete records a test file keeps. Default: 8. */
  keep?: number | undefined;
  /** From how many records on the rows of a bundle are copied where they can be. Default: 500. */
  many?: number;
}

/** What the database at hand and a shared store know of each other. Everything that fails throws a StoreError. */
export class Sharing {
  readonly #connection: StoreConnection;
  readonly #facts: SharedFacts;

  constructor(connection: StoreConnection, place: SharedPlace) {
    this.#connection = connection;
    this.#facts = connection.guard(() => new SharedFacts(connection.db, place));
  }

  /**
   * Names of the bundles that need not be fetched, each with that of the one that stands for it; null where it was
   * taken in itself, and `OF_NO_USE` where it was passed over.
   */
  taken(): Map<string, string | null> {
    return this.#connection.guard(() => this.#facts.taken());
  }

  /** Whether anything of an environment is in the database. What is not used for long is removed. */
  holds(key: EnvironmentKey): boolean {
    return this.#connection.guard(() => this.#facts.holds(key));
  }

  /** Every environment in which something was recorded that the shared store does not have. */
  withUnsent(): Environment[] {
    return this.#connection.atomically(() =>
      readEnvironmentRows(this.#connection.db).filter(({ id }) => this.#facts.hasUnsent(id)),
    );
  }

  /** What was recorded in an environment that the shared store does not have. */
  unsent(environmentId: number): UnsentFacts {
    return this.#connection.atomically(() => this.#facts.unsent(environmentId));
  }

  /** The shared store has these facts now, in the bundle of this name. */
  markSent(facts: UnsentFacts, name: string): void {
    this.#connection.write(() => {
      this.#facts.markSent(facts);
      this.#facts.noteTaken(name, null);
    });
  }

  /** Bundles that are taken and are not among those listed need no account any more. */
  forgetAllBut(listed: ReadonlySet<string>): void {
    const gone = [...this.taken().keys()].filter((name) => !listed.has(name));
    if (gone.length > 0) this.#connection.write(() => this.#facts.forget(gone));
  }

  /**
   * Unites bundles with the database. Each is read from its first page to its last before anything is written. Each that
   * can be copied is written in a transaction of its own, and all others in one.
   * @throws StoreError about any of the files.
   */
  takeIn(bundles: readonly UnpackedBundle[], { wants, now, keep, many }: TakeOptions): void {
    const inspected = inspectBundles(bundles, many);
    const rest = inspected.filter((bundle) => !this.#adopt(bundle, wants));
    if (rest.length < inspected.length)
      this.#connection.write(() => new RecordWriter(this.#connection.db).limitAll(keep));
    if (rest.length === 0) return;
    const { file, options } = this.#connection;
    const how = { ...options, isChecked: true };
    this.#connection.write(() => {
      const target = { ...sourceOf(this.#connection), file };
      this.#facts.receive(() => {
        for (const bundle of rest)
          mergeDatabase(target, bundle.file, how, { now, keep, part: { wants } });
      });
      for (const { name, covers } of rest) this.#note(name, covers);
    });
  }

  /** @returns Whether the bundle was copied. */
  #adopt(bundle: UnpackedBundle & InspectedBundle, wants: TakeOptions['wants']): boolean {
    const { name, covers, adoptable } = bundle;
    if (adoptable !== null && this.#facts.holds(adoptable.key)) return false;
    return adopt(this.#connection, bundle, wants, (copy) => {
      let isAdopted = false;
      this.#facts.receive(() => (isAdopted = copy()));
      if (isAdopted) this.#note(name, covers);
    });
  }

  /** A bundle was made and stored that stands for others, all of which are taken. */
  noteSnapshot(name: string, covers: readonly string[]): void {
    this.#connection.write(() => this.#note(name, covers));
  }

  /** These bundles are of no use, and would be of none at another time. */
  passOver(names: readonly string[]): void {
    this.#connection.write(() => names.forEach((name) => this.#facts.noteTaken(name, OF_NO_USE)));
  }

  #note(name: string, covers: readonly string[]): void {
    this.#facts.noteTaken(name, null);
    for (const covered of covers) if (covered !== name) this.#facts.noteTaken(covered, name);
  }

  /**
   * Writes facts of one environment into a new database.
   * @param facts As `unsent` returned them.
   */
  exportTo(file: string, { id }: Environment, facts: UnsentFacts): void {
    this.#connection.guard(() => exportFacts(this.#connection, file, id, facts));
  }
}

/** What stands for a bundle that was passed over: no bundle has this name. */
export const OF_NO_USE = '';
