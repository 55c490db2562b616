import { decodeMetadata } from '../blocks/metadata';
import type { JournalEnd, JournalFootprint, JournalLine } from '../run/journal';
import type { Dependency, FileVersion, Footprint, TestFileRecord } from '../store/types';
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
          const version = asVersion(line.metadata);
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
          // A record that lacks some of what it refers to would match too easily.
          if (!isResolved(line, versions, dependencies)) break;
          const record = asRecord(line, versions, dependencies);
          if ((line.skippedUnaffected ?? 0) === 0) yield { record, isPartlySkipped: false };
          else yield { record: withOneVersionPerFile(record), isPartlySkipped: true };
        }
      }
    }
    this.unfinished.push(...open.values());
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

function isResolved(
  line: JournalEnd,
  versions: Map<number, FileVersion>,
  dependencies: Map<number, Dependency>,
): boolean {
  return [line.shared, ...line.tests].every(
    (footprint) =>
      footprint.blocks.every(([id]) => versions.has(id)) &&
      footprint.dependencies.every((id) => dependencies.has(id)),
  );
}

function asRecord(
  line: JournalEnd,
  versions: Map<number, FileVersion>,
  dependencies: Map<number, Dependency>,
): TestFileRecord {
  const footprint = ({ blocks, dependencies: used }: JournalFootprint): Footprint => ({
    blocks: blocks.flatMap(([id, bits]) => {
      const version = versions.get(id);
      return version === undefined ? [] : [{ version, bits: Buffer.from(bits, 'base64') }];
    }),
    dependencies: used.flatMap((id) => dependencies.get(id) ?? []),
  });
  return {
    environmentId: line.environmentId,
    path: line.path,
    outcome: line.outcome,
    complete: line.complete,
    duration: line.duration,
    recordedAt: line.at,
    shared: footprint(line.shared),
    tests: line.tests.map((test) => ({ ...test, ...footprint(test) })),
  };
}
