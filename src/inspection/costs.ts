import { EXPORT_NAMES, TEST_NAMES, type BlockLocation } from '../blocks';
import { fingerprintsOf } from './block-changes';

/** The parts of a record that the cost of an edit depends on. */
export interface CostedRecord {
  /** Duration of its test file, in milliseconds. */
  duration: number;
  blocks: readonly { version: number; bits: Uint8Array }[];
}

/** A file version with the locations of its blocks. */
export interface PlacedVersion {
  id: number;
  path: string;
  fingerprints: Buffer;
  places: readonly BlockLocation[];
}

/** The cost of an edit of one function, or of the module-level code of one file. */
export interface EditCost extends BlockLocation {
  path: string;
  /** Module-level code, or a function. */
  kind: 'module' | 'function';
  /** The number of test files that run it. */
  testFiles: number;
  /** Their total duration, in milliseconds. */
  duration: number;
}

/**
 * Computes the cost of an edit for each function and for the module-level code of each file: the time of the test
 * files that ran it.
 * @param records One for each test file.
 * @param versions The versions that the records refer to. If a file has several, the locations come from the last
 *   one, and equal blocks of the others count too.
 * @returns The most expensive first.
 */
export function editCosts(
  records: readonly CostedRecord[],
  versions: readonly PlacedVersion[],
): EditCost[] {
  const byVersion = sumByVersion(records);
  const byPath = new Map<string, PlacedVersion[]>();
  for (const version of versions) {
    if (!byVersion.has(version.id)) continue;
    byPath.set(version.path, [...(byPath.get(version.path) ?? []), version]);
  }
  return [...byPath.values()]
    .flatMap((of) =>
      costsOfFile(
        of.sort((a, b) => a.id - b.id),
        byVersion,
      ),
    )
    .sort((a, b) => b.duration - a.duration || (a.path < b.path ? -1 : 1) || a.line - b.line);
}

type Sum = Pick<EditCost, 'testFiles' | 'duration'>;

/** By index of the block. */
type Sums = Map<number, Sum>;

function sumByVersion(records: readonly CostedRecord[]): Map<number, Sums> {
  const byVersion = new Map<number, Sums>();
  for (const { duration, blocks } of records) {
    for (const { version, bits } of blocks) {
      let sums = byVersion.get(version);
      if (sums === undefined) byVersion.set(version, (sums = new Map<number, Sum>()));
      for (const [at, byte] of bits.entries()) {
        for (let bit = 0; bit < 8; bit += 1) {
          if ((byte & (1 << bit)) === 0) continue;
          const sum = sums.get(at * 8 + bit);
          if (sum === undefined) sums.set(at * 8 + bit, { testFiles: 1, duration });
          else {
            sum.testFiles += 1;
            sum.duration += duration;
          }
        }
      }
    }
  }
  return byVersion;
}

function costsOfFile(versions: PlacedVersion[], byVersion: Map<number, Sums>): EditCost[] {
  const latest = versions.at(-1);
  if (latest === undefined) return [];
  const costs = new Map<string, EditCost>();
  const others = versions.map((version) => ({
    sums: byVersion.get(version.id),
    indexes: new Map(fingerprintsOf(version.fingerprints).map((text, index) => [text, index])),
  }));
  for (const [index, fingerprint] of fingerprintsOf(latest.fingerprints).entries()) {
    const place = latest.places[index] ?? { line: 0, endLine: 0, name: '' };
    // Branches count as their function, which comes first in tree order. Among blocks without a name, only the module
    // is reported.
    if (costs.has(place.name)) continue;
    // Code that a transformer added has no name or no line.
    const isUnnamed = ['', EXPORT_NAMES, TEST_NAMES].includes(place.name);
    if (index > 0 && (isUnnamed || place.line === 0)) continue;
    let testFiles = 0;
    let duration = 0;
    for (const { sums, indexes } of others) {
      const sum = sums?.get(indexes.get(fingerprint) ?? -1);
      testFiles += sum?.testFiles ?? 0;
      duration += sum?.duration ?? 0;
    }
    const kind = index === 0 ? 'module' : 'function';
    costs.set(place.name, { ...place, path: latest.path, kind, testFiles, duration });
  }
  return [...costs.values()].filter(({ testFiles }) => testFiles > 0);
}
