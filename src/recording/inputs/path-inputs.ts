import path from 'node:path';
import { listingEntries, nameOfEntry, valueOfEntries } from '../../dependencies/files/listing';
import { leadsTo } from '../../dependencies/resolution/closer-node-modules';
import { toStored, type PathClass } from '../../dependencies/files/paths';
import { isStream, kindAt } from '../../dependencies/files/stats';
import type { Dependency } from '../../records/types';
import {
  fileDependency,
  manifestDependency,
  presenceDependency,
} from '../../interception/files/file-values';
import { readFolder } from '../../interception/commands/named-folders';
import { unwatched } from '../../interception/observer';
import { SelfWrites } from '../../interception/files/self-writes';
import type { Sink } from '../../interception/sink';
import type { WorkerRun } from '../worker-run';

/** Decides what paths mean in a run. */
export type Places = Pick<WorkerRun, 'paths' | 'packageDependency'>;

/** The part of a sink that is about the file system. */
type PathSink = Pick<
  Sink,
  | 'read'
  | 'looked'
  | 'mayRead'
  | 'followed'
  | 'listed'
  | 'wrote'
  | 'changes'
  | 'makes'
  | 'links'
  | 'lost'
>;

/** The dependency of an incomplete record. It never matches. */
export const LOST: Dependency = { kind: 'always', name: '', value: '' };

interface OwnListing {
  listing: Dependency;
  /** The folder. */
  file: string;
  /** The names in it that the code itself had made by then. */
  own: ReadonlySet<string>;
  /** Its entries at that time. */
  entries: readonly string[];
}

/** Makes dependencies of what code does to the file system. */
export abstract class PathInputs implements PathSink {
  /** What the code itself did to the file system. */
  readonly selfWrites: SelfWrites;
  readonly #places: Places;
  /** Listings of folders in which the code itself had made or removed something. */
  readonly #withOwn: OwnListing[] = [];

  /** @param selfWrites What the code did to the file system before. */
  constructor(places: Places, selfWrites = new SelfWrites()) {
    this.#places = places;
    this.selfWrites = selfWrites;
  }

  /** Receives each dependency. */
  protected abstract depend(dependency: Dependency): void;

  /** Something was not observed, so the record must never match. */
  lost(): void {
    this.depend(LOST);
  }

  read(given: string, isContent = false): void {
    const input = this.input(given);
    const found = input === null ? null : fileDependency(input.name, input.file);
    if (found !== null) this.depend(found);
    // It does not matter who made the pipe: what comes through it cannot be read again later.
    const mayStream = isContent && (found === null || found.value === 'other');
    const file = this.selfWrites.through(given);
    if (mayStream && isStream(file))
      this.depend({ kind: 'always', name: toStored(this.#places.paths.root, file), value: 'read' });
  }

  looked(file: string, seesPermissions?: boolean): void {
    const input = this.input(file);
    if (input !== null) this.depend(presenceDependency(input.name, input.file, seesPermissions));
  }

  mayRead(folder: string, names?: RegExp): void {
    const isWhole = readFolder(
      folder,
      {
        file: (file) => {
          if (names?.test(file) !== false) this.read(file);
        },
        folder: (below) => {
          if (names === undefined) this.listed(below);
        },
      },
      true,
    );
    if (!isWhole && names === undefined) this.lost();
  }

  followed(file: string): void {
    const input = this.input(file);
    if (input === null) return;
    const found = presenceDependency(input.name, input.file);
    this.depend(
      found.kind === 'present'
        ? { ...found, value: leadsTo(this.#places.paths.root, input.name) }
        : found,
    );
  }

  listed(folder: string): void {
    const input = this.input(folder);
    if (input === null) return;
    const { name, file } = input;
    const entries = listingEntries(file, unwatched.readdirSync);
    const listing: Dependency = { kind: 'listing', name, value: valueOfEntries(entries) };
    const own = this.selfWrites.namesIn(file);
    if (own.size > 0) this.#withOwn.push({ listing, file, own, entries: entries ?? [] });
    this.depend(listing);
  }

  /**
   * What the code itself put into a folder that it listed is not an input. The next run finds the folder as this one
   * leaves it. So the listing has no entries that the code made and removed again, but has those that it left.
   */
  protected settle(): void {
    for (const { listing, file, own, entries } of this.#withOwn) {
      const left = listingEntries(file, unwatched.readdirSync);
      if (left === null) continue;
      const isOwn = (entry: string): boolean => own.has(nameOfEntry(entry));
      listing.value = valueOfEntries([
        ...entries.filter((entry) => !isOwn(entry)),
        ...left.filter(isOwn),
      ]);
    }
  }

  wrote(file: string): void {
    this.selfWrites.wrote(this.selfWrites.through(file));
  }

  changes(given: string): void {
    const file = this.selfWrites.through(given);
    if (this.selfWrites.before(file) !== undefined) return;
    const place = this.#places.paths.place(file);
    this.selfWrites.changed(file, place.kind === 'file' ? fileDependency(place.name, file) : null);
  }

  makes(given: string): void {
    const folder = this.selfWrites.through(given);
    if (exists(folder)) {
      this.looked(folder);
      return;
    }
    let highest = folder;
    while (!exists(path.dirname(highest))) highest = path.dirname(highest);
    if (this.selfWrites.before(highest) !== undefined) return;
    const place = this.#places.paths.place(highest);
    this.selfWrites.changed(
      highest,
      place.kind === 'file' ? { kind: 'absent', name: place.name, value: '' } : null,
    );
  }

  links(link: string, target: string): void {
    this.selfWrites.linked(this.selfWrites.through(link), target);
  }

  /** What a package.json says about files counts, and so does a missing package.json. */
  governed(manifest: string): void {
    const input = this.input(manifest);
    if (input !== null) this.depend(manifestDependency(input.name, input.file));
  }

  /** What a path means that code looks at. Null if it is not an input, or if its package counts instead. */
  input(given: string, seen = Infinity): { name: string; file: string } | null {
    const file = this.selfWrites.through(given);
    const place = this.#places.paths.place(file);
    if (place.kind === 'ignored') return null;
    const before = this.selfWrites.before(file, seen);
    if (before === undefined) {
      const known = packageAt(this.#places, place);
      if (known === null) return { name: toStored(this.#places.paths.root, file), file };
      this.depend(known);
    } else if (before !== null) this.depend(before);
    return null;
  }
}

/** The installed package that a path belongs to. Null for an ordinary path, and if the package is not installed yet. */
function packageAt(places: Places, place: PathClass): Dependency | null {
  if (place.kind !== 'package') return null;
  const known = places.packageDependency(place.name);
  return known.value === '' ? null : known;
}

/** The dependency of code that looks at a path. */
export function inputAt(
  places: Places,
  place: PathClass,
  file: string,
  ordinary: (name: string) => Dependency,
): Dependency {
  return packageAt(places, place) ?? ordinary(toStored(places.paths.root, file));
}

function exists(file: string): boolean {
  return kindAt(file) !== null;
}
