import { counterTableOf } from '../../blocks/counters/counter-table';
import { decodeMetadata } from '../../blocks/probes/metadata';
import { fromJournalFootprint } from './journal';
import type { JournalEnd, JournalFootprint, JournalLine, JournalNames } from './journal-lines';
import { NumberedFootprint, NumberedTest, type Named } from '../../records/numbered';
import { BufferArena } from '../../records/buffer-arena';
import type { CountedScripts, FileHits } from '../../records/coverage';
import type { FileVersion, TestFileRecord } from '../../records/types';
import { layoutOf } from '../../coverage/hits';
import { withOneVersionPerFile } from '../same-file';
import { swallowed } from '../../terminal/debug';

/** A test file that a worker has started. */
export interface StartedTestFile {
  environmentId: number;
  path: string;
}

/** The lines that one worker wrote. */
export interface Journal extends Iterable<JournalLine> {
  /** Whether this worker was the main thread of Jest's own process. */
  inBand?: boolean;
}

/** What one worker recorded of one test file. */
export interface JournaledRecord {
  record: TestFileRecord;
  /** Whether the test file ran in Jest's own process. */
  inBand: boolean;
  /** Whether some of its tests were skipped as unaffected. */
  isPartlySkipped: boolean;
}

const NOTHING_NAMED: Named = { versions: [], dependencies: [] };

/** Turns the journals of a run into records, one at a time. */
export class JournalReader {
  /** Test files that were started and not finished. Complete once all records are read. */
  readonly unfinished: StartedTestFile[] = [];
  /** Test files that were started in Jest's own process. Complete once all records are read. */
  readonly inBand: StartedTestFile[] = [];
  readonly #journals: Iterable<Journal>;
  readonly #versions = new Map<string, FileVersion>();
  readonly #kept = new BufferArena();

  constructor(journals: Iterable<Journal>) {
    this.#journals = journals;
  }

  *records(): Generator<JournaledRecord> {
    for (const journal of this.#journals) yield* this.#recordsOf(journal);
  }

  *#recordsOf(lines: Journal): Generator<JournaledRecord> {
    const inBand = lines.inBand === true;
    let named = NOTHING_NAMED;
    const open = new Map<string, StartedTestFile>();
    for (const line of lines) {
      switch (line.type) {
        case 'names':
          named = this.#name(line, named);
          break;
        case 'start': {
          const started = { environmentId: line.environmentId, path: line.path };
          open.set(key(line), started);
          if (inBand) this.inBand.push(started);
          break;
        }
        case 'end': {
          open.delete(key(line));
          const record = asRecord(line, named);
          if (record === null) break;
          const isPartlySkipped = (line.skippedUnaffected ?? 0) > 0;
          yield {
            record: isPartlySkipped ? withOneVersionPerFile(record) : record,
            inBand,
            isPartlySkipped,
          };
        }
      }
    }
    this.unfinished.push(...open.values());
  }

  /**
   * Applies a `names` line. If its numbers do not continue the previous ones, another worker has written to the same
   * journal. Then the earlier names are dropped.
   */
  #name(line: JournalNames, before: Named): Named {
    const { firstVersion, versions, firstDependency, dependencies } = line;
    const goesOn =
      firstVersion === Math.max(1, before.versions.length) &&
      firstDependency === Math.max(1, before.dependencies.length);
    const named = goesOn && before !== NOTHING_NAMED ? before : { versions: [], dependencies: [] };
    versions.forEach((metadata, nth) => {
      named.versions[firstVersion + nth] = this.#version(metadata) ?? undefined;
    });
    dependencies.forEach((dependency, nth) => {
      named.dependencies[firstDependency + nth] = dependency;
    });
    return named;
  }

  /** Decodes the metadata of a file version. Most workers name the same files, so equal versions share one object. */
  #version(metadata: string): FileVersion | null {
    const version = asVersion(metadata);
    if (version === null) return null;
    const key = `${version.form}|${version.contentHash}|${version.path}`;
    const known = this.#versions.get(key);
    // The positions of blocks do not distinguish versions: the first ones seen are kept.
    const { fingerprints, layout } = version;
    if (known?.fingerprints.equals(fingerprints) === true && isSameLayout(known.layout, layout))
      return known;
    version.fingerprints = this.#kept.add(version.fingerprints);
    if (known === undefined) this.#versions.set(key, version);
    return version;
  }
}

function key({ environmentId, path }: StartedTestFile): string {
  return `${environmentId}:${path}`;
}

function asVersion(metadata: string): FileVersion | null {
  try {
    const { path, contentHash, form, fingerprints, places, extras } = decodeMetadata(metadata);
    const version: FileVersion = { path, contentHash, form, fingerprints, places };
    const counters = counterTableOf(extras);
    return counters === null ? version : { ...version, layout: layoutOf(counters) };
  } catch (error) {
    swallowed(
      'run',
      error,
      'decoding the metadata of a file in a journal; its records are left out',
    );
    return null;
  }
}

function isSameLayout(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}

/** @returns Undefined if a part of it is missing. Without that part the report would say too little. */
function asCoverage(
  { coverage, skippedUnaffected = 0 }: JournalEnd,
  named: Named,
): FileHits[] | undefined {
  if (coverage === undefined || skippedUnaffected > 0) return undefined;
  const hits: FileHits[] = [];
  for (const [number, bits] of coverage) {
    const { path, layout } = named.versions[number] ?? {};
    if (path === undefined || layout === undefined) return undefined;
    hits.push({ path, layout, bits: Buffer.from(bits, 'base64') });
  }
  return hits;
}

/** @returns Undefined if it is unknown, or of a part of the tests. */
function asScripts({ scripts, skippedUnaffected = 0 }: JournalEnd): CountedScripts | undefined {
  if (scripts === undefined || skippedUnaffected > 0) return undefined;
  const { key, files } = scripts;
  return {
    key,
    files: files.map(([path, packed]) => ({ path, packed: Buffer.from(packed, 'base64') })),
  };
}

/**
 * Turns an `end` line into a record.
 * @returns Null if a footprint does not decode or refers to an undefined number. Without these entries the record
 *   would match too easily.
 */
function asRecord(line: JournalEnd, named: Named): TestFileRecord | null {
  const shared = asFootprint(line.shared, named);
  if (shared === null) return null;
  const tests: NumberedTest[] = [];
  for (const test of line.tests) {
    const own = asFootprint(test, named);
    if (own === null) return null;
    tests.push(new NumberedTest(own, test));
  }
  const coverage = asCoverage(line, named);
  const scripts = asScripts(line);
  return {
    ...(coverage !== undefined && { coverage }),
    ...(scripts !== undefined && { scripts }),
    environmentId: line.environmentId,
    path: line.path,
    outcome: line.outcome,
    complete: line.complete,
    duration: line.duration,
    recordedAt: line.at,
    shared,
    tests,
  };
}

function asFootprint(footprint: JournalFootprint, named: Named): NumberedFootprint | null {
  const numbers = fromJournalFootprint(footprint);
  if (numbers === null) return null;
  for (const { version } of numbers.blocks) if (named.versions[version] === undefined) return null;
  for (const number of numbers.dependencies)
    if (named.dependencies[number] === undefined) return null;
  return new NumberedFootprint(named, numbers);
}
