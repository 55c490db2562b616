import { FINGERPRINT_BYTES } from '../records/fingerprint';
import { installedName } from '../records/package-name';
import { BlocksCursor, IdsCursor } from '../records/encoding';
import type { Dependency } from '../records/types';

/** Which blocks of a recorded file version are in the working tree now: all, none, or one bit per block. */
export type BlockPresence = 'all' | 'none' | Uint8Array;

/** The working tree as selection sees it. */
export interface View {
  presence(version: number): BlockPresence;
  /** How many bytes of bits a version can have: more are none of ours. */
  bitLimit(version: number): number;
  holds(dependency: number): boolean;
  /** A short cut to both of the first, by version: the limit where all of its blocks are there; -1 or nothing elsewhere. */
  readonly whole: Int32Array;
  /** A short cut to the third, by dependency: 1 where it is known to hold. */
  readonly held: Uint8Array;
}

/** A record's footprint as it is stored, for `BlocksCursor` and `IdsCursor`. */
export interface EncodedFootprint {
  blocks: Uint8Array;
  dependencies: Uint8Array;
}

/** A record's footprint, decoded. */
export interface DecodedFootprint {
  blocks: readonly { version: number; bits: Uint8Array }[];
  dependencies: readonly number[];
}

/** What a record misses in the working tree. */
export interface Mismatch {
  /** File versions of which an executed block is gone or changed. */
  versions: number[];
  dependencies: number[];
}

/**
 * True when every executed block is still there and every dependency holds. Reads the stored form as it is: a run
 * may ask this of millions of blocks.
 * @throws EncodingError for bytes that are no encoding.
 */
export function matches({ blocks, dependencies }: EncodedFootprint, view: View): boolean {
  for (const cursor = new IdsCursor(dependencies); cursor.nextUnmarked(view.held);)
    if (!view.holds(cursor.id)) return false;
  for (const cursor = new BlocksCursor(blocks); cursor.nextBeyond(view.whole);) {
    const presence = view.presence(cursor.version);
    if (presence === 'all') {
      if (cursor.end - cursor.start > view.bitLimit(cursor.version)) return false;
    } else if (!isSubset(blocks.subarray(cursor.start, cursor.end), presence)) return false;
  }
  return true;
}

/** All that keeps a record from matching. */
export function mismatch(footprint: DecodedFootprint, view: View): Mismatch {
  return {
    versions: footprint.blocks
      .filter(({ version, bits }) => !isSubset(bits, view.presence(version)))
      .map(({ version }) => version),
    dependencies: footprint.dependencies.filter((id) => !view.holds(id)),
  };
}

function isSubset(bits: Uint8Array, presence: BlockPresence): boolean {
  if (presence === 'all') return true;
  for (let index = 0; index < bits.length; index += 1) {
    const executed = bits[index] ?? 0;
    if (executed === 0) continue;
    if (presence === 'none' || (executed & ~(presence[index] ?? 0)) !== 0) return false;
  }
  return true;
}

/**
 * Which of a version's blocks are among those of the file as it is now. Fingerprints chain their parents', so a
 * block that is there has all its ancestors there too.
 * @param recorded Eight bytes per block.
 * @param now The fingerprints of the file's blocks now, as `latin1` text.
 */
export function blockPresence(recorded: Buffer, now: ReadonlySet<string>): BlockPresence {
  const blocks = recorded.length / FINGERPRINT_BYTES;
  const presence = new Uint8Array(Math.ceil(blocks / 8));
  let present = 0;
  for (let block = 0; block < blocks; block += 1) {
    if (!now.has(fingerprintAt(recorded, block))) continue;
    presence[block >> 3] = (presence[block >> 3] ?? 0) | (1 << (block & 7));
    present += 1;
  }
  return present === blocks ? 'all' : presence;
}

/** The fingerprints in a buffer, as a set that answers membership. */
export function fingerprintSet(fingerprints: Buffer): Set<string> {
  const set = new Set<string>();
  for (let block = 0; block < fingerprints.length / FINGERPRINT_BYTES; block += 1)
    set.add(fingerprintAt(fingerprints, block));
  return set;
}

/** Where each fingerprint of a buffer stands in it, counted in blocks. */
export function fingerprintPlaces(fingerprints: Buffer): Map<string, number> {
  const places = new Map<string, number>();
  for (let block = 0; block < fingerprints.length / FINGERPRINT_BYTES; block += 1)
    places.set(fingerprintAt(fingerprints, block), block);
  return places;
}

/** The fingerprint of one block, as `latin1` text. */
export function fingerprintAt(fingerprints: Buffer, block: number): string {
  return fingerprints.toString(
    'latin1',
    block * FINGERPRINT_BYTES,
    (block + 1) * FINGERPRINT_BYTES,
  );
}

/** What a dependency is called in a message. */
export function dependencyLabel({ kind, name, value }: Dependency): string {
  switch (kind) {
    case 'package':
      return `package ${installedName(name)}`;
    case 'variable':
      return name === '' ? 'which variables are set' : `variable ${name}`;
    case 'listing':
      return `${name === '' ? '.' : name}/`;
    case 'rivals':
      // Where nothing stood beside it, nothing can have gone.
      return value === '' ? `a new file beside ${name}` : `another file beside ${name}`;
    case 'mocks':
      return `a manual mock of ${name}, or a package of that name in the project`;
    case 'always':
      if (name === '') return 'what could not be recorded';
      return value === 'read' ? `${name}, which cannot be watched` : `${name} runs always`;
    default:
      return name;
  }
}
