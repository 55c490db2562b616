import { decodeCounters, GROUP_KINDS, type Counter, type CounterTable } from '../blocks';
import { hasBit } from '../records/bits';
import { decodeLayout, type Hits } from './hits';
import type { FileCoverage } from './file-coverage';

/** A covered file as it is now. */
export interface CarriedFile {
  /** By fingerprint, as `latin1` text: the index of each block. */
  blocks: ReadonlyMap<string, number>;
  counters: CounterTable;
}

/** What a test file executed of one version of a file. */
export interface ExecutedVersion {
  /** The fingerprints of the executed blocks, as `latin1` text. */
  executed: readonly string[];
  /** Null where it was recorded without coverage of this file. */
  hits: Hits | null;
}

/**
 * The counters of a file as it is now that an unaffected test file would hit.
 * @returns Null where nobody can tell: the test file has to run.
 */
export function carryHits(
  file: CarriedFile,
  { executed, hits }: ExecutedVersion,
): Counter[] | null {
  if (executed.length === 0) return [];
  const layout = hits === null ? null : decodeLayout(hits.layout);
  const present = new Set<number>();
  for (const fingerprint of executed) {
    const block = file.blocks.get(fingerprint);
    // An unaffected test file finds all of its blocks.
    if (block === undefined) return null;
    present.add(block);
  }
  const carried: Counter[] = [];
  for (const [block, key, text, kind] of file.counters.groups) {
    if (!present.has(block)) continue;
    const counters = decodeCounters(text);
    const recorded = layout?.get(key);
    if (recorded !== undefined && hits !== null && recorded.count === counters.length)
      carried.push(...counters.filter((_, nth) => hasBit(hits.bits, recorded.first + nth)));
    // One that was added since: nobody uses it who is unaffected.
    else if (kind !== GROUP_KINDS.declaration || layout === null) return null;
  }
  const loaded = decodeCounters(file.counters.loaded);
  if (layout === null && loaded.length > 0) return null;
  // To have executed any block is to have loaded the module.
  return [...loaded, ...carried];
}

/**
 * Adds hits to coverage data.
 * @param coverage Changed: each counter that is hit becomes 1.
 */
export function addHits({ s, f, b }: FileCoverage, counters: readonly Counter[]): void {
  for (const { kind, id, path } of counters) {
    if (kind !== 'b') (kind === 's' ? s : f)[id] = 1;
    else {
      const paths = b[id];
      if (paths !== undefined) paths[path] = 1;
    }
  }
}
