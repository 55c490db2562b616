import {
  counterTableOf,
  decodeMetadata,
  findMetadata,
  type CounterTable,
  type ProbeMetadata,
} from '../blocks';
import { emptyCoverage } from './empty-coverage';
import type { FileCoverage } from './file-coverage';

/** A file as a run with coverage would have it now. */
export interface CoveredFile {
  /** Eight bytes per block, in tree order. */
  fingerprints: Buffer;
  counters: CounterTable;
  /** Its coverage data before anything has run. */
  empty: FileCoverage;
}

/** How istanbul calls the function that gives a file's counters. */
const COUNTS = /\bcov_[a-z0-9]+\(\)/;

/**
 * Reads what Jest would run of a file for a coverage report.
 * @param code As it is transformed, with probes in it.
 * @returns Null where nothing in it counts, as in what a report is not to cover; `unknown` where nobody can tell what
 * counts when.
 */
export function readCoveredFile(code: string): CoveredFile | 'unknown' | null {
  if (!COUNTS.test(code)) return null;
  const metadata = metadataIn(code);
  const empty = emptyCoverage(code);
  if (metadata === null || empty === null) return 'unknown';
  const { fingerprints, extras } = metadata;
  const counters = counterTableOf(extras);
  if (counters === null || counters.hash !== empty.hash) return 'unknown';
  return { fingerprints, counters, empty };
}

/** What the probes in an output say about its file. Null if there are no probes. */
export function metadataIn(code: string): ProbeMetadata | null {
  const metadata = findMetadata(code);
  return metadata === null ? null : decodeMetadata(metadata);
}
