import { setBits } from '../records/bits';
import { fingerprintAt, fingerprintPlaces } from '../selection/match';
import type { ExecutedBlocks, FileVersion, Footprint, TestFileRecord } from '../records/types';

/**
 * Rewrites a record so that each file has only one version, if that is possible.
 *
 * Tests that were taken over from an older record refer to the file versions of that time, and tests that ran refer
 * to the present ones. Blocks with the same fingerprint are the same block, so the old ones can be expressed by the
 * present version. A file that was edited while its test file ran keeps two versions.
 */
export function withOneVersionPerFile(record: TestFileRecord): TestFileRecord {
  const translate = translator([record.shared, ...record.tests]);
  if (translate === null) return record;
  const { shared, tests } = record;
  return {
    ...record,
    shared: { blocks: translate(shared.blocks), dependencies: shared.dependencies },
    tests: tests.map(({ name, ordinal, outcome, duration, blocks, dependencies }) => ({
      name,
      ordinal,
      outcome,
      duration,
      blocks: translate(blocks),
      dependencies,
    })),
  };
}

type Translate = (blocks: ExecutedBlocks[]) => ExecutedBlocks[];

/** Returns null if every file has one version already, or if none can be rewritten. */
function translator(footprints: readonly Footprint[]): Translate | null {
  const files = new Map<string, Map<FileVersion, Uint8Array[]>>();
  for (const { blocks } of footprints) {
    for (const { version, bits } of blocks) {
      const key = `${version.form}|${version.path}`;
      const versions = files.get(key) ?? new Map<FileVersion, Uint8Array[]>();
      files.set(key, versions);
      const all = versions.get(version);
      if (all === undefined) versions.set(version, [bits]);
      else all.push(bits);
    }
  }
  const moves = new Map<FileVersion, { to: FileVersion; places: ReadonlyMap<string, number> }>();
  for (const versions of files.values()) {
    if (versions.size < 2) continue;
    // Versions with a content hash come first: they were transformed in this run, so they are the present state of
    // the file.
    const candidates = [...versions.keys()].sort(
      (a, b) => Number(b.contentHash !== '') - Number(a.contentHash !== ''),
    );
    for (const to of candidates) {
      const places = fingerprintPlaces(to.fingerprints);
      const others = [...versions].filter(([version]) => version !== to);
      if (!others.every(([version, bits]) => holdsAll(places, version, bits))) continue;
      for (const [version] of others) moves.set(version, { to, places });
      break;
    }
  }
  if (moves.size === 0) return null;
  return (blocks) => {
    const united = new Map<FileVersion, Uint8Array>();
    for (const { version, bits } of blocks) {
      const move = moves.get(version);
      const target = move?.to ?? version;
      const all = united.get(target) ?? new Uint8Array(Math.ceil(target.fingerprints.length / 64));
      united.set(target, all);
      for (const block of setBits(bits)) {
        const place =
          move === undefined ? block : move.places.get(fingerprintAt(version.fingerprints, block));
        if (place !== undefined) all[place >> 3] = (all[place >> 3] ?? 0) | (1 << (place & 7));
      }
    }
    return Array.from(united, ([version, bits]) => ({ version, bits }));
  };
}

function holdsAll(
  places: ReadonlyMap<string, number>,
  version: FileVersion,
  all: readonly Uint8Array[],
): boolean {
  return all.every((bits) =>
    [...setBits(bits)].every((block) => places.has(fingerprintAt(version.fingerprints, block))),
  );
}
