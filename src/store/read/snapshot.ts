import type { Database } from 'better-sqlite3';
import { readEnvironments, readVerifiedRecord, type EnvironmentContent } from './canonical';
import type { Details } from './details';
import {
  compareText,
  executedFingerprints,
  sortedBlocks,
  sortedDependencies,
  type IdFootprint,
  type Rows,
} from '../../records/footprint';
import { versionIdentity } from '../write/interning';
import type { Loader } from './load';
import type {
  Dependency,
  EnvironmentKey,
  ModuleForm,
  TestOutcome,
  TestRunOutcome,
} from '../../records/types';

/**
 * The content of a database without row ids, times and durations, in a fixed order. Databases with the same content
 * have the same JSON.
 */
export interface Snapshot {
  environments: SnapshotEnvironment[];
}

/** One environment of a snapshot. */
export interface SnapshotEnvironment extends EnvironmentKey {
  testFiles: SnapshotTestFile[];
  /** Which content transforms to which version, for the versions that records refer to. */
  contents: { path: string; form: ModuleForm; contentHash: string; version: string }[];
}

/** One test file of a snapshot. */
export interface SnapshotTestFile {
  path: string;
  failed: boolean;
  lastOutcome: TestRunOutcome;
  orderDependent: boolean;
  records: SnapshotRecord[];
}

/** One record of a snapshot. */
export interface SnapshotRecord {
  hash: string;
  complete: boolean;
  shared: SnapshotFootprint;
  tests: ({ name: string[]; ordinal: number; outcome: TestOutcome } & SnapshotFootprint)[];
}

/** A footprint in a snapshot. */
export interface SnapshotFootprint {
  /** The fingerprints of the executed blocks of each file, in hex. */
  blocks: { path: string; form: ModuleForm; fingerprints: string }[];
  dependencies: Dependency[];
}

/** Creates the snapshot of a database. */
export function takeSnapshot(db: Database, loader: Loader, details: Details): Snapshot {
  return {
    environments: [...readEnvironments(db, loader)].map((content) => environment(content, details)),
  };
}

function environment(
  { key, data, rows }: EnvironmentContent,
  details: Details,
): SnapshotEnvironment {
  const used = new Set<number>();
  const testFiles = [...data.testFiles.values()].map(
    ({ path, failed, lastOutcome, orderDependent, records }) => ({
      path,
      failed,
      lastOutcome,
      orderDependent,
      records: records
        .flatMap((stored): SnapshotRecord[] => {
          const record = readVerifiedRecord(stored, details, rows);
          if (record === null) return [];
          for (const { blocks } of [record.shared, ...record.tests])
            for (const { version } of blocks) used.add(version);
          const tests = record.tests.map((test) => ({
            name: test.name,
            ordinal: test.ordinal,
            outcome: test.outcome,
            ...footprint(test, rows),
          }));
          tests.sort(
            (a, b) =>
              compareText(JSON.stringify(a.name), JSON.stringify(b.name)) || a.ordinal - b.ordinal,
          );
          return [
            {
              hash: stored.hash,
              complete: stored.complete,
              shared: footprint(record.shared, rows),
              tests,
            },
          ];
        })
        .sort((a, b) => compareText(a.hash, b.hash)),
    }),
  );
  const contents = [...data.contents.values()].flatMap((known) =>
    [...known].flatMap(([contentHash, id]) => {
      const version = rows.version(id);
      const { path, form } = version;
      return used.has(id)
        ? [{ path, form, contentHash, version: versionIdentity(version).toString('hex') }]
        : [];
    }),
  );
  return {
    ...key,
    testFiles: testFiles.sort((a, b) => compareText(a.path, b.path)),
    contents: contents.sort(
      (a, b) =>
        compareText(a.path, b.path) ||
        compareText(a.form, b.form) ||
        compareText(a.contentHash, b.contentHash),
    ),
  };
}

function footprint({ blocks, dependencies }: IdFootprint, rows: Rows): SnapshotFootprint {
  return {
    blocks: sortedBlocks(blocks, rows).map(([{ path, form, fingerprints }, bits]) => ({
      path,
      form,
      fingerprints: executedFingerprints(fingerprints, bits).toString('hex'),
    })),
    dependencies: sortedDependencies(dependencies, rows),
  };
}
