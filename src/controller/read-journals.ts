import { decodeMetadata } from '../blocks/metadata';
import type { JournalEnd, JournalFootprint, JournalLine } from '../run/journal';
import type { Dependency, FileVersion, Footprint, TestFileRecord } from '../store/types';
import { withOneVersionPerFile } from './same-file';

/** A test file that a worker began. */
export interface Started {
  environmentId: number;
  path: string;
}

/** What the journals of a run hold. */
export interface JournalContent {
  records: TestFileRecord[];
  /** Begun, but without an end. */
  unfinished: Started[];
  /** Test files of which tests were skipped as unaffected. */
  partlySkipped: Started[];
}

/** Turns journals into records. */
export function readJournals(journals: JournalLine[][]): JournalContent {
  const content: JournalContent = { records: [], unfinished: [], partlySkipped: [] };
  for (const journal of journals) readJournal(journal, content);
  return content;
}

function readJournal(lines: JournalLine[], content: JournalContent): void {
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
      case 'end':
        open.delete(key(line));
        // A record that lacks some of what it refers to would match too easily.
        if (!isResolved(line, versions, dependencies)) break;
        if ((line.skippedUnaffected ?? 0) === 0)
          content.records.push(asRecord(line, versions, dependencies));
        else {
          content.records.push(withOneVersionPerFile(asRecord(line, versions, dependencies)));
          content.partlySkipped.push({ environmentId: line.environmentId, path: line.path });
        }
        break;
    }
  }
  content.unfinished.push(...open.values());
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
