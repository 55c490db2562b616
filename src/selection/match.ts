import { FINGERPRINT_BYTES } from '../records/fingerprint';
import { installedName } from '../records/package-name';
import { BlocksCursor, IdsCursor } from '../records/encoding';
import type { Dependency } from '../records/types';

/** Which blocks of a recorded file version are in the working tree now: all, none, or one bit per block. */
export type BlockPresence = 'all' | 'none' | Uint8Array;

/** The working tree from the point of view of the records. */
export interface View {
  presence(version: number): BlockPresence;
  /** The number of bytes that the bits of a version can have. More bytes mean that the footprint is damaged. */
  bitLimit(version: number): number;
  holds(dependency: number): boolean;
  /**
   * A fast path for `presence` and `bitLimit`, by version id: the limit if all blocks are present, else -1 or no
   * entry.
   */
  readonly whole: Int32Array;
  /** A fast path for `holds`, by dependency id: 1 if the dependency is known to hold. */
  readonly held: Uint8Array;
}

/** A footprint in its stored form, for `BlocksCursor` and `IdsCursor`. */
export interface EncodedFootprint {
  blocks: Uint8Array;
  dependencies: Uint8Array;
}

/** A decoded footprint. */
export interface DecodedFootprint {
  blocks: readonly { version: number; bits: Uint8Array }[];
  dependencies: readonly number[];
}

/** The parts of a record that do not match the working tree. */
export interface Mismatch {
  /** File versions with an executed block that is gone or changed. */
  versions: number[];
  dependencies: number[];
}

/**
 * Whether every executed block is still present and every dependency holds. Works on the stored form without decoding
 * it, because a run compares millions of blocks.
 * @throws {EncodingError} If the bytes are not a valid encoding.
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

/** Returns everything that keeps a record from matching. */
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
 * Compares a recorded version with the present file. A fingerprint includes the fingerprint of its parent, so if a
 * block is present, all of its ancestors are.
 * @param recorded Eight bytes per block.
 * @param now The fingerprints of the present blocks, as `latin1` texts.
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

/** Returns the fingerprints of a buffer as a set of `latin1` texts. */
export function fingerprintSet(fingerprints: Buffer): Set<string> {
  const set = new Set<string>();
  for (let block = 0; block < fingerprints.length / FINGERPRINT_BYTES; block += 1)
    set.add(fingerprintAt(fingerprints, block));
  return set;
}

/** Returns the block index of each fingerprint in a buffer. */
export function fingerprintPlaces(fingerprints: Buffer): Map<string, number> {
  const places = new Map<string, number>();
  for (let block = 0; block < fingerprints.length / FINGERPRINT_BYTES; block += 1)
    places.set(fingerprintAt(fingerprints, block), block);
  return places;
}

/** Returns the fingerprint of one block as a `latin1` text. */
export function fingerprintAt(fingerprints: Buffer, block: number): string {
  return fingerprints.toString(
    'latin1',
    block * FINGERPRINT_BYTES,
    (block + 1) * FINGERPRINT_BYTES,
  );
}

/** Returns the name of a dependency for a message. */
export function dependencyLabel({ kind, name, value }: Dependency): string {
  switch (kind) {
    case 'package':
      return `package ${installedName(name)}`;
    case 'variable':
      return name === '' ? 'which variables are set' : `variable ${name}`;
    case 'listing':
      return `${name === '' ? '.' : name}/`;
    case 'rivals':
      // An empty value means that there was no other file, so none can be gone.
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
