import { decodeLocations, FINGERPRINT_BYTES, type BlockLocation } from '../blocks';

/** The blocks of a file at one time. */
export interface Blocks {
  /** Eight bytes per block, in tree order. */
  fingerprints: Buffer;
  /** As `decodePlaces` reads them. */
  places: string;
}

/** Lines of a file, from 1; 0 where unknown. */
export type Lines = Pick<BlockLocation, 'line' | 'endLine'>;

/** A block that was executed, and is not what it was. */
export interface BlockChange {
  /** The function it belongs to; empty for module-level code. */
  name: string;
  /** Where it stood when it was recorded. */
  before: Lines;
  /** Where what took its place stands now; null where nothing did. */
  after: Lines | null;
}

/**
 * The executed blocks that changed, each without those inside of it, which a change reaches as well.
 * @param executed Bit i is block i of `recorded`.
 * @param now Null where the file is gone or no longer transforms: then the whole of it changed.
 */
export function changedBlocks(
  recorded: Blocks,
  executed: Uint8Array,
  now: Blocks | null,
): BlockChange[] {
  const before = outline(recorded);
  const after = now === null ? [] : outline(now);
  const counterparts = pair(before, after);
  const present = new Set(after.map(({ fingerprint }) => fingerprint));
  const changed = before.filter(
    ({ index, fingerprint }) => hasBit(executed, index) && !present.has(fingerprint),
  );
  return changed
    .filter((block) => !changed.some((other) => isInside(block, other)))
    .map((block) => {
      const counterpart = counterparts.get(block.index);
      return {
        name: block.name,
        before: linesOf(block),
        after: counterpart === undefined ? null : linesOf(counterpart),
      };
    });
}

/** What the blocks of a file now were in a recorded version. */
export interface Origin {
  /** Index in the recorded version. */
  index: number;
  /** False where the block was edited. */
  same: boolean;
}

/** Finds what each block of a file now was, by its index; what is new is not in it. */
export function originsOf(recorded: Blocks, now: Blocks): Map<number, Origin> {
  const before = outline(recorded);
  const after = outline(now);
  const origins = new Map<number, Origin>();
  for (const [index, counterpart] of pair(before, after))
    origins.set(counterpart.index, { index, same: false });
  const known = new Map(before.map(({ fingerprint, index }) => [fingerprint, index]));
  for (const { fingerprint, index } of after) {
    const origin = known.get(fingerprint);
    if (origin !== undefined) origins.set(index, { index: origin, same: true });
  }
  return origins;
}

interface Outlined extends BlockLocation {
  index: number;
  fingerprint: string;
}

function outline({ fingerprints, places }: Blocks): Outlined[] {
  const decoded = decodeLocations(places);
  return fingerprintsOf(fingerprints).map((fingerprint, index) => {
    const { line, endLine, name } = decoded[index] ?? { line: 0, endLine: 0, name: '' };
    return { index, fingerprint, line, endLine, name };
  });
}

/** The fingerprints in a buffer, one text each. */
export function fingerprintsOf(fingerprints: Buffer): string[] {
  return Array.from({ length: fingerprints.length / FINGERPRINT_BYTES }, (_, block) =>
    fingerprints.toString('latin1', block * FINGERPRINT_BYTES, (block + 1) * FINGERPRINT_BYTES),
  );
}

/** Whether a block's bit is set. */
export function hasBit(bits: Uint8Array, block: number): boolean {
  return ((bits[block >> 3] ?? 0) & (1 << (block & 7))) !== 0;
}

/** The module is around everything; of others the lines tell, as blocks stand in tree order. */
function isInside(inner: Outlined, outer: Outlined): boolean {
  if (outer.index >= inner.index) return false;
  if (outer.index === 0) return true;
  return outer.line <= inner.line && inner.endLine <= outer.endLine && outer.line > 0;
}

/**
 * Unchanged blocks keep their order, so what stands between two of them before corresponds to what stands there now;
 * among those, blocks of one function do, in order.
 */
function pair(before: Outlined[], after: Outlined[]): Map<number, Outlined> {
  const pairs = new Map<number, Outlined>();
  const positions = new Map(after.map(({ fingerprint }, index) => [fingerprint, index]));
  let from = 0;
  let open: Outlined[] = [];
  const close = (to: number) => {
    const free = after.slice(from, to);
    for (const block of open) {
      const at = free.findIndex(({ name }) => name === block.name);
      if (at < 0) continue;
      const [counterpart] = free.splice(at, 1);
      if (counterpart !== undefined) pairs.set(block.index, counterpart);
    }
    open = [];
  };
  for (const block of before) {
    const at = positions.get(block.fingerprint);
    if (at === undefined || at < from) {
      open.push(block);
      continue;
    }
    close(at);
    from = at + 1;
  }
  close(after.length);
  return pairs;
}

function linesOf({ line, endLine }: BlockLocation): Lines {
  return { line, endLine };
}
