import { decodeLocations, exportOf, type BlockLocation } from '../blocks';
import { fingerprintSet, blockPresence } from '../selection/match';
import { decodeBlocks } from '../store';
import { hasBit, setBits } from '../records/bits';
import type { StoredVersion } from '../records/types';
import type { ReportFile } from './data';
import { functionsOf, type FoundFunction } from './functions';
import type { ReachTable } from './reach';
import { Reach } from './reach';

/** A function of the present code. */
interface KnownFunction extends FoundFunction {
  reach: Reach;
}

/** Maps a block of a recorded version to the present function that contains it. Null if nothing of it is left. */
type Mapped = (block: number) => KnownFunction | null;

/** The blocks of a present file. */
export interface CurrentBlocks {
  /** Eight bytes per block. */
  fingerprints: Buffer;
  /** Encoded locations of the blocks, for `decodeLocations`. */
  places: string;
}

/**
 * The present code of all projects, and which test files and tests reach each function. A function that changed since
 * it was recorded is identified by its name.
 */
export class ReachedCode {
  readonly #files = new Map<string, Map<string, KnownFunction>>();

  /**
   * Returns one project's view of the code, because each project may transform files differently.
   * @param versions The versions that records refer to.
   * @param current Returns the present blocks of a file. Null if it is gone.
   * @param places Returns the encoded locations of the blocks of a version.
   */
  project(
    versions: ReadonlyMap<number, StoredVersion>,
    current: (version: StoredVersion) => CurrentBlocks | null,
    places: (version: number) => string,
  ): ProjectCode {
    return new ProjectCode((id) => {
      const version = versions.get(id);
      const now = version === undefined ? null : current(version);
      return version === undefined || now === null ? null : this.#map(version, now, places(id));
    });
  }

  #map(version: StoredVersion, now: CurrentBlocks, places: string): Mapped {
    const { functions, ofBlock } = functionsOf(decodeLocations(now.places));
    const known = functions.map((item) => this.#function(version.path, item));
    // Without locations, the whole file counts as one function.
    const current = (block: number) => known[ofBlock[block] ?? 0] ?? null;
    if (version.fingerprints.equals(now.fingerprints)) return current;
    const byFingerprint = new Map<string, number>();
    for (let block = 0; block < now.fingerprints.length / 8; block += 1) {
      byFingerprint.set(fingerprintAt(now.fingerprints, block), block);
    }
    const byName = new Map(known.map((item) => [item.name, item]));
    const old = functionsOf(decodeLocations(places));
    return (block) => {
      const kept = byFingerprint.get(fingerprintAt(version.fingerprints, block));
      if (kept !== undefined) return current(kept);
      return byName.get(old.functions[old.ofBlock[block] ?? 0]?.name ?? '') ?? null;
    };
  }

  #function(path: string, found: FoundFunction): KnownFunction {
    let functions = this.#files.get(path);
    if (functions === undefined)
      this.#files.set(path, (functions = new Map<string, KnownFunction>()));
    const key = found.name === '' ? '' : `${found.name}:${found.line}`;
    let known = functions.get(key);
    if (known === undefined) functions.set(key, (known = { ...found, reach: new Reach() }));
    return known;
  }

  /** Returns the reach of a file that counts as a whole, such as a fixture. */
  whole(path: string): Reach {
    return this.#function(path, { name: '', line: 0, endLine: 0, lines: 1 }).reach;
  }

  /** Returns all collected files, by path. */
  files(table: ReachTable): Omit<ReportFile, 'covered'>[] {
    return [...this.#files]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, functions]) => ({
        path,
        functions: [...functions.values()].map(({ reach, ...found }) => ({
          ...found,
          reach: table.intern(reach),
        })),
      }));
  }
}

/** Maps executed blocks to functions. */
export class ProjectCode {
  readonly #read: (version: number) => Mapped | null;
  readonly #mapped = new Map<number, Mapped | null>();

  /** @param read Called once per version. */
  constructor(read: (version: number) => Mapped | null) {
    this.#read = read;
  }

  /** Returns the reach objects of all functions that contain one of the encoded blocks. */
  reached(blocks: Buffer): Set<Reach> {
    const reached = new Set<Reach>();
    for (const { version, bits } of decodeBlocks(blocks)) {
      let mapped = this.#mapped.get(version);
      if (mapped === undefined) this.#mapped.set(version, (mapped = this.#read(version)));
      if (mapped === null) continue;
      for (const block of setBits(bits)) {
        const found = mapped(block);
        if (found !== null) reached.add(found.reach);
      }
    }
    return reached;
  }
}

/**
 * Returns the locations of the executed blocks of a recorded version that the file no longer has. A block inside
 * another one is left out.
 * @param now Null if the file is gone or does not transform.
 */
export function changedPlaces(
  recorded: StoredVersion,
  bits: Uint8Array,
  places: string,
  now: CurrentBlocks | null,
): BlockLocation[] {
  const standing =
    now === null ? 'none' : blockPresence(recorded.fingerprints, fingerprintSet(now.fingerprints));
  if (standing === 'all') return [];
  const all = decodeLocations(places);
  const { functions, ofBlock } = functionsOf(all);
  const changed: BlockLocation[] = [];
  for (const block of setBits(bits)) {
    const isThere = standing !== 'none' && hasBit(standing, block);
    const place = all[block];
    if (isThere || place === undefined) continue;
    // A fingerprint includes those of the parent blocks, so all blocks in a changed block have changed too.
    if (block === 0) return [{ name: '', line: 0, endLine: 0 }];
    const last = changed.at(-1);
    if (place.line <= 0 || (last && place.line >= last.line && place.endLine <= last.endLine))
      continue;
    const exported = exportOf(place.name);
    const name = exported === null ? functions[ofBlock[block] ?? 0]?.name : `export ${exported}`;
    changed.push({ ...place, name: name ?? '' });
  }
  return changed;
}

function fingerprintAt(fingerprints: Buffer, block: number): string {
  return fingerprints.toString('latin1', block * 8, block * 8 + 8);
}
