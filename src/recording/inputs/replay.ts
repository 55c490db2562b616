import path from 'node:path';
import { contentHash } from '../../dependencies/files/content';
import { toStored } from '../../dependencies/files/paths';
import { leadsTo } from '../../dependencies/resolution/closer-node-modules';
import { statsOf } from '../../dependencies/files/stats';
import type { Dependency } from '../../records/types';
import type { Accumulator } from '../accumulator';
import { STAMP, type Observation } from '../../interception/children/observation';
import { unwatched } from '../../interception/observer';
import type { SelfWrites } from '../../interception/files/self-writes';
import { isStill } from '../../interception/children/stamps';
import { manifestDependency, nothingAt } from '../../interception/files/file-values';
import { inputAt, LOST, type Places } from './path-inputs';

/** Adds what a child process or a thread did to the dependencies of a test file, as if the test file had done it. */
export class Replay {
  readonly #places: Places;
  readonly #own: SelfWrites;
  readonly #into: Accumulator;
  /** The content hashes of files that were reported with a stamp. */
  readonly #contents = new Map<string, string>();
  readonly #missed = new Set<string>();

  constructor(places: Places, own: SelfWrites, into: Accumulator) {
    this.#places = places;
    this.#own = own;
    this.#into = into;
  }

  /** Takes any observation except variables and evaluated texts. */
  take({ at, what, name: given, value }: Observation): void {
    const file = this.#own.through(given);
    switch (what) {
      case 'read':
        return this.#depend(file, at, (name) => this.#content(name, file, value));
      case 'looked':
        return this.#depend(file, at, (name) => presence(name, file, value));
      case 'followed':
        return this.#depend(file, at, (name) => this.#followed(name, file, value));
      case 'listed':
        return this.#depend(file, at, (name) => ({ kind: 'listing', name, value }));
      case 'wrote':
        return this.#own.wrote(file, at);
      case 'changed':
        return this.#changed(file, at, (name) => this.#content(name, file, value));
      case 'made':
        return this.#changed(file, at, (name) => presence(name, file, ''));
      case 'missed':
        return this.#miss(file, at);
      case 'linked':
        return this.#own.linked(file, value);
      case 'governed':
        return this.#depend(file, at, (name) => manifestDependency(name, file));
      case 'lost':
        return this.#into.depend(LOST);
    }
  }

  /** Paths that a program missed and did not make itself must stay missing. */
  finish(): void {
    for (const file of this.#missed) {
      if (statsOf(file) !== undefined) continue;
      const { paths } = this.#places;
      const place = paths.place(file);
      if (place.kind === 'file') this.#into.depend(presence(place.name, file, ''));
      // A package that brings a program of this name may be installed.
      else if (place.kind === 'ignored' && isBin(file))
        this.#into.depend(presence(toStored(paths.root, file), file, ''));
    }
  }

  #miss(file: string, at: number): void {
    if (this.#own.before(file, at) !== undefined) return;
    this.#missed.add(file);
    this.#own.wrote(file, at);
  }

  #depend(file: string, at: number, dependency: (name: string) => Dependency): void {
    const place = this.#places.paths.place(file);
    if (place.kind === 'ignored') return;
    const before = this.#own.before(file, at);
    if (before === null) return;
    if (before !== undefined) this.#into.depend(before);
    else this.#into.depend(inputAt(this.#places, place, file, dependency));
  }

  #changed(file: string, at: number, before: (name: string) => Dependency): void {
    if (this.#own.before(file, at) !== undefined) return;
    const place = this.#places.paths.place(file);
    this.#own.changed(file, place.kind === 'file' ? before(place.name) : null, at);
  }

  #content(name: string, file: string, value: string): Dependency {
    if (value === '' || value === 'directory' || value === 'other')
      return presence(name, file, value);
    return { kind: 'file', name, value: this.#contentHash(file, value) };
  }

  /**
   * The content hash of a file that was reported with a stamp. If the file was written since, the value can never
   * match.
   */
  #contentHash(file: string, value: string): string {
    if (!value.startsWith(STAMP)) return value;
    const key = `${file}${value}`;
    let hash = this.#contents.get(key);
    if (hash === undefined) {
      hash = isStill(file, value) ? contentHash(unwatched.readFileSync(file)) : 'written meanwhile';
      this.#contents.set(key, hash);
    }
    return hash;
  }

  #followed(name: string, file: string, value: string): Dependency {
    const found = presence(name, file, value);
    return found.kind === 'absent'
      ? found
      : { ...found, value: leadsTo(this.#places.paths.root, name) };
  }
}

/** Whether a path is that of an installed package's program. */
function isBin(file: string): boolean {
  return file.split(path.sep).slice(-3, -1).join('/') === 'node_modules/.bin';
}

function presence(name: string, file: string, value: string): Dependency {
  return value === '' ? nothingAt(name, file) : { kind: 'present', name, value };
}
