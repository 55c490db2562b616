import { decodeMetadata } from '../blocks/metadata';
import type { JournalEnd, JournalFootprint, JournalLine } from '../run/journal';
import { BlocksCursor, IdsCursor } from '../store/encoding';
import type {
  Dependency,
  ExecutedBlocks,
  FileVersion,
  Footprint,
  TestFileRecord,
} from '../store/types';
import { withOneVersionPerFile } from './same-file';

/** A test file that a worker began. */
export interface Started {
  environmentId: number;
  path: string;
}

/** What one worker recorded of one test file. */
export interface JournaledRecord {
  record: TestFileRecord;
  /** Whether some of its tests were skipped as unaffected. */
  isPartlySkipped: boolean;
}

/** Turns the journals of a run into records, one after the other. */
export class JournalReader {
  /** Test files that were begun, but have no end: known when all records were read. */
  readonly unfinished: Started[] = [];
  readonly #journals: Iterable<Iterable<JournalLine>>;
  readonly #versions = new Map<string, FileVersion>();

  constructor(journals: Iterable<Iterable<JournalLine>>) {
    this.#journals = journals;
  }

  *records(): Generator<JournaledRecord> {
    for (const journal of this.#journals) yield* this.#recordsOf(journal);
  }

  *#recordsOf(lines: Iterable<JournalLine>): Generator<JournaledRecord> {
    const versions = new Map<number, FileVersion>();
    const dependencies = new Map<number, Dependency>();
    const open = new Map<string, Started>();
    for (const line of lines) {
      switch (line.type) {
        case 'version': {
          const version = this.#version(line.metadata);
          if (version !== null) versions.set(line.id, version);
          break;
        }
        case 'dependency':
          dependencies.set(line.id, line.dependency);
          break;
        case 'start':
          open.set(key(line), { environmentId: line.environmentId, path: line.path });
          break;
        case 'end': {
          open.delete(key(line));
          const record = asRecord(line, versions, dependencies);
          if (record === null) break;
          if ((line.skippedUnaffected ?? 0) === 0) yield { record, isPartlySkipped: false };
          else yield { record: withOneVersionPerFile(record), isPartlySkipped: true };
        }
      }
    }
    this.unfinished.push(...open.values());
  }

  /** Every worker names most of the files: those that are the same are one object. */
  #version(metadata: string): FileVersion | null {
    const version = asVersion(metadata);
    if (version === null) return null;
    const key = `${version.form}|${version.contentHash}|${version.path}`;
    const known = this.#versions.get(key);
    if (known === undefined) this.#versions.set(key, version);
    else if (known.fingerprints.equals(version.fingerprints) && known.places === version.places)
      return known;
    return version;
  }
}

function key({ environmentId, path }: Started): string {
  return `${environmentId}:${path}`;
}

function asVersion(metadata: string): FileVersion | null {
  try {
    const { path, contentHash, form, fingerprints, places } = decodeMetadata(metadata);
    return { path, contentHash, form, fingerprints, places };
  } catch {
    return null;
  }
}

/** @returns Null for a record that does not decode or lacks what it refers to: it would match too easily. */
function asRecord(
  line: JournalEnd,
  versions: ReadonlyMap<number, FileVersion>,
  dependencies: ReadonlyMap<number, Dependency>,
): TestFileRecord | null {
  const shared = asFootprint(line.shared, versions, dependencies);
  if (shared === null) return null;
  const tests: TestFileRecord['tests'] = [];
  for (const test of line.tests) {
    const own = asFootprint(test, versions, dependencies);
    if (own === null) return null;
    tests.push({ ...test, ...own });
  }
  return {
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

function asFootprint(
  footprint: JournalFootprint,
  versions: ReadonlyMap<number, FileVersion>,
  dependencies: ReadonlyMap<number, Dependency>,
): Footprint | null {
  const blocks: ExecutedBlocks[] = [];
  const used: Dependency[] = [];
  try {
    const encoded = Buffer.from(footprint.blocks, 'base64');
    for (const cursor = new BlocksCursor(encoded); cursor.next();) {
      const version = versions.get(cursor.version);
      if (version === undefined) return null;
      blocks.push({ version, bits: encoded.subarray(cursor.start, cursor.end) });
    }
    const ids = Buffer.from(footprint.dependencies, 'base64');
    for (const cursor = new IdsCursor(ids); cursor.next();) {
      const dependency = dependencies.get(cursor.id);
      if (dependency === undefined) return null;
      used.push(dependency);
    }
  } catch {
    return null;
  }
  return { blocks, dependencies: used };
}
