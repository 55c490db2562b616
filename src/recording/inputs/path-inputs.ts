import path from 'node:path';
import { listingEntries, valueOfEntries } from '../../dependencies/files/listing';
import { linkValue } from '../../dependencies/resolution/closer-node-modules';
import { realPath, toStored, type PathClass } from '../../dependencies/files/paths';
import { isStream, kindAt } from '../../dependencies/files/stats';
import type { Dependency } from '../../records/types';
import {
  fileDependency,
  manifestDependency,
  presenceDependency,
} from '../../interception/files/file-values';
import { unwatched } from '../../interception/observer';
import { SelfWrites } from '../../interception/files/self-writes';
import type { Sink } from '../../interception/sink';
import type { WorkerRun } from '../worker-run';

/** What paths mean in a run. */
export type Places = Pick<WorkerRun, 'paths' | 'packageDependency'>;

/** The part of a sink that is about the file system. */
type PathSink = Pick<
  Sink,
  'read' | 'looked' | 'followed' | 'listed' | 'wrote' | 'changes' | 'makes' | 'links' | 'lost'
>;

/** What a record depends on that does not know all that it should. */
export const LOST: Dependency = { kind: 'always', name: '', value: '' };

interface OwnListing {
  listing: Dependency;
  /** The folder. */
  file: string;
  /** The names in it that were the code's own when it was listed. */
  own: ReadonlySet<string>;
  /** What was in it then. */
  entries: readonly string[];
}

/** Makes dependencies of what code does to the file system. */
export abstract class PathInputs implements PathSink {
  /** What the code itself did to the file system. */
  readonly selfWrites = new SelfWrites();
  readonly #places: Places;
  /** Listings of folders that held something of the code's own, or no longer did. */
  readonly #withOwn: OwnListing[] = [];

  constructor(places: Places) {
    this.#places = places;
  }

  /** Takes what was found. */
  protected abstract depend(dependency: Dependency): void;

  /** Then nothing can tell that the result still holds. */
  lost(): void {
    this.depend(LOST);
  }

  read(given: string, isContent = false): void {
    const input = this.input(given);
    const found = input === null ? null : fileDependency(input.name, input.file);
    if (found !== null) this.depend(found);
    // Whoever made a pipe, what comes through it is nowhere to be looked at again.
    const mayStream = isContent && (found === null || found.value === 'other');
    const file = this.selfWrites.through(given);
    if (mayStream && isStream(file))
      this.depend({ kind: 'always', name: toStored(this.#places.paths.root, file), value: 'read' });
  }

  looked(file: string): void {
    const input = this.input(file);
    if (input !== null) this.depend(presenceDependency(input.name, input.file));
  }

  followed(file: string): void {
    const input = this.input(file);
    if (input === null) return;
    const found = presenceDependency(input.name, input.file);
    this.depend(
      found.kind === 'present' && realPath(input.file) !== input.file
        ? { ...found, value: linkValue(this.#places.paths.root, input.name) }
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
   * What the code itself put into a folder that it listed is no input. How it leaves the folder is how it will find it:
   * without what it made and removed again, and with what it left there.
   */
  protected settle(): void {
    for (const { listing, file, own, entries } of this.#withOwn) {
      const left = listingEntries(file, unwatched.readdirSync);
      if (left === null) continue;
      const isOwn = (entry: string): boolean => own.has(entry.replace(/\/$/, ''));
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

  /** What a package.json says of files counts, or that none is there. */
  governed(manifest: string): void {
    const input = this.input(manifest);
    if (input !== null) this.depend(manifestDependency(input.name, input.file));
  }

  /** What a path means that code looks at; null where it is no input, or its package is. */
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

/** The installed package that a path belongs to; null where it is an ordinary path, also where no package is yet. */
function packageAt(places: Places, place: PathClass): Dependency | null {
  if (place.kind !== 'package') return null;
  const known = places.packageDependency(place.name);
  return known.value === '' ? null : known;
}

/** What a path means for code that looks at it. */
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
