import { decodeLocations, type BlockLocation } from '../blocks';
import { fingerprintSet, blockPresence } from '../selection/match';
import { decodeBlocks } from '../store';
import type { StoredVersion } from '../records/types';
import type { ReportFile } from './data';
import { functionsOf, type FoundFunction } from './functions';
import type { ReachTable } from './reach';
import { Reach } from './reach';

/** One function of the code as it is now. */
interface KnownFunction extends FoundFunction {
  reach: Reach;
}

/** Tells which function of a file now a block of a recorded version is in; null where nothing is left of it. */
type Mapped = (block: number) => KnownFunction | null;

/** The blocks of a file as it is now. */
export interface CurrentBlocks {
  /** Eight bytes per block. */
  fingerprints: Buffer;
  /** As `encodePlaces` writes them. */
  places: string;
}

/**
 * The code of all projects as it is now, and which test files and tests reach its functions. A function that has changed
 * since it was recorded is told by its name.
 */
export class ReachedCode {
  readonly #files = new Map<string, Map<string, KnownFunction>>();

  /**
   * One project's view of the code: files may be transformed differently in each.
   * @param versions What records refer to.
   * @param current The blocks of a file now; null where it is gone.
   * @param places Where the blocks of a version stand.
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
    // Where places are not known, all of a file counts as one.
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

  /** The reach of something that counts as a whole: a fixture, a file without blocks. */
  whole(path: string): Reach {
    return this.#function(path, { name: '', line: 0, endLine: 0, lines: 1 }).reach;
  }

  /** What was gathered, by path. */
  files(table: ReachTable): ReportFile[] {
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

/** Tells functions from executed blocks. */
export class ProjectCode {
  readonly #read: (version: number) => Mapped | null;
  readonly #mapped = new Map<number, Mapped | null>();

  /** @param read Called once per version. */
  constructor(read: (version: number) => Mapped | null) {
    this.#read = read;
  }

  /** Where to note what executed some encoded blocks. */
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
 * The executed blocks of a recorded version that the file has no longer, the outermost of each.
 * @param now Null where the file is gone or does not transform.
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
    const isThere = standing !== 'none' && ((standing[block >> 3] ?? 0) & (1 << (block & 7))) !== 0;
    const place = all[block];
    if (isThere || place === undefined) continue;
    // A fingerprint chains those around it: what is in a changed block has changed with it.
    if (block === 0) return [{ name: '', line: 0, endLine: 0 }];
    const last = changed.at(-1);
    if (place.line <= 0 || (last && place.line >= last.line && place.endLine <= last.endLine))
      continue;
    changed.push({ ...place, name: functions[ofBlock[block] ?? 0]?.name ?? '' });
  }
  return changed;
}

function* setBits(bits: Uint8Array): Generator<number> {
  for (let index = 0; index < bits.length; index += 1) {
    for (let rest = bits[index] ?? 0; rest !== 0; rest &= rest - 1) {
      yield index * 8 + 31 - Math.clz32(rest & -rest);
    }
  }
}

function fingerprintAt(fingerprints: Buffer, block: number): string {
  return fingerprints.toString('latin1', block * 8, block * 8 + 8);
}
