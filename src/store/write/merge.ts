import type { Database } from 'better-sqlite3';
import {
  LoadedRows,
  readEnvironments,
  readVerifiedRecord,
  type EnvironmentContent,
} from '../read/canonical';
import { CoverageMerger } from './merge-coverage';
import type { Details } from '../read/details';
import { BlocksCursor, unpackHash } from '../../records/encoding';
import {
  compareText,
  footprintOf,
  type IdFootprint,
  type IdRecord,
  type Rows,
} from '../../records/footprint';
import { Interning, versionIdentity } from './interning';
import type { Loader } from '../read/load';
import { mergeEnvironment, mergeMarks } from './merge-marks';
import { Pruning } from './pruning';
import { RecordWriter, type TestFileRow } from './record-writer';
import { MAX_RUNS, limitRuns, readRuns } from './runs';
import type {
  EnvironmentKey,
  ProjectPath,
  StoredRecord,
  StoredTestFile,
} from '../../records/types';

/** A database that is read completely. */
export interface Source {
  db: Database;
  loader: Loader;
  details: Details;
}

/** What of another database is united with the one at hand. */
export interface MergePart {
  /** Of which environments. */
  wants: (key: EnvironmentKey) => boolean;
}

/**
 * Merges another database into this one. Records are facts, so all are kept. Of other data that both contain, the
 * later one wins. The result does not depend on the order of merges or their number. File states and notes belong to
 * one machine and are not merged. The caller must open the transaction.
 */
export class Merger {
  readonly #target: Source;
  readonly #source: Source;
  readonly #interning: Interning;
  readonly #records: RecordWriter;
  readonly #coverage: CoverageMerger;
  readonly #keep: number | undefined;
  readonly #part: MergePart | null;
  /** The ids of the source's versions in the target, for the present environment. */
  readonly #mapped = new Map<number, number>();
  /** The ids of the source's dependencies in the target. */
  readonly #mappedDependencies = new Map<number, number>();

  /**
   * @param keep How many complete records a test file keeps. By default 8.
   * @param part The part of the source to merge. Runs are not part of it. By default everything is merged.
   */
  constructor(target: Source, source: Source, keep?: number, part: MergePart | null = null) {
    this.#keep = keep;
    this.#part = part;
    this.#target = target;
    this.#source = source;
    this.#interning = new Interning(target.db);
    this.#records = new RecordWriter(target.db);
    this.#coverage = new CoverageMerger(target.db, source.db, part !== null);
  }

  /** @param merged Called after each merged test file. */
  merge(now: number, merged: () => void = () => undefined): void {
    let dropped = 0;
    const projects = new Set<string>();
    for (const content of readEnvironments(this.#source.db, this.#source.loader, this.#part)) {
      dropped += this.#environment(content, merged);
      projects.add(content.key.project);
    }
    if (this.#part === null) this.#runs();
    const wants =
      this.#part === null ? () => true : ({ project }: ProjectPath) => projects.has(project);
    mergeMarks(this.#target.db, this.#source.db, wants);
    new Pruning(this.#target.db).note(dropped, now);
  }

  #environment(content: EnvironmentContent, merged: () => void): number {
    const { key, data } = content;
    const environmentId = mergeEnvironment(this.#target.db, key, content);
    this.#mapped.clear();
    this.#contents(environmentId, content);
    if (this.#part === null) this.#coverage.takeFiles(environmentId, content.id);
    // Loaded once per environment. If both sides have a record, its versions are compared.
    const known = this.#target.loader.load(environmentId, [...data.testFiles.keys()]);
    const myRows = new LoadedRows(known);
    let dropped = 0;
    for (const theirs of data.testFiles.values()) {
      const mine = known.testFiles.get(theirs.path);
      const testFileId = this.#testFile(environmentId, theirs, mine);
      for (const record of theirs.records) {
        const same = mine?.records.find(({ hash }) => hash === record.hash);
        const recordId = this.#record(
          { id: testFileId, environmentId, path: theirs.path },
          record,
          content,
          same,
          myRows,
        );
        if (recordId !== null) this.#coverage.take(recordId, record.id);
      }
      dropped += this.#records.limit(testFileId, this.#keep);
      merged();
    }
    return dropped;
  }

  /** Contents are added even if the two databases disagree. `load` then uses neither. */
  #contents(environmentId: number, { id, rows, data }: EnvironmentContent): void {
    const contents = this.#source.db
      .prepare<[number], [number, Buffer | string, number]>(
        `SELECT c.file_version_id, c.hash, c.learned_at FROM file_version v JOIN content c ON c.file_version_id = v.id
         WHERE v.environment_id = ?`,
      )
      .raw();
    const add = this.#target.db.prepare<[Buffer | string, number, number]>(
      `INSERT INTO content (hash, file_version_id, learned_at) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET learned_at = max(learned_at, excluded.learned_at)`,
    );
    for (const [versionId, hash, learnedAt] of contents.iterate(id)) {
      if (
        !data.versions.has(versionId) ||
        unpackHash(hash) === null ||
        !Number.isSafeInteger(learnedAt)
      )
        continue;
      add.run(hash, this.#mapVersion(environmentId, versionId, rows), learnedAt);
    }
  }

  /** Returns the row of a test file. Creates or updates it if the other database has the later run. */
  #testFile(
    environmentId: number,
    theirs: StoredTestFile,
    mine: StoredTestFile | undefined,
  ): number {
    if (mine !== undefined && compareStates(theirs, mine) <= 0) return mine.id;
    const { path, failed, lastOutcome, duration, orderDependent, lastRunAt } = theirs;
    return Number(
      this.#target.db
        .prepare<unknown[], number>(
          `INSERT INTO test_file (environment_id, path, failed, last_outcome, duration, order_dependent, last_run_at)
           VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (environment_id, path) DO UPDATE SET failed = excluded.failed, last_outcome = excluded.last_outcome,
             duration = excluded.duration, order_dependent = excluded.order_dependent, last_run_at = excluded.last_run_at
           RETURNING id`,
        )
        .pluck()
        .get(
          environmentId,
          path,
          failed ? 1 : 0,
          lastOutcome,
          duration ?? null,
          orderDependent ? 1 : 0,
          lastRunAt,
        ),
    );
  }

  #record(
    testFile: TestFileRow,
    theirs: StoredRecord,
    { rows }: EnvironmentContent,
    mine: StoredRecord | undefined,
    myRows: Rows,
  ): number | null {
    if (mine !== undefined && compareRecords(theirs, rows, mine, myRows) <= 0) return mine.id;
    const record = readVerifiedRecord(theirs, this.#source.details, rows);
    if (record === null) return null;
    const { environmentId } = testFile;
    const { shared, tests, whole } = record;
    const mapped: IdRecord = {
      ...record,
      shared: this.#mapFootprint(environmentId, shared, rows),
      tests: tests.map((test) => ({ ...test, ...this.#mapFootprint(environmentId, test, rows) })),
    };
    const everything = this.#mapFootprint(environmentId, whole, rows);
    // The hash depends on no row id, so it is the same in both databases.
    const hash = Buffer.from(theirs.hash, 'hex');
    return this.#records.write(testFile, mapped, everything, hash);
  }

  #mapFootprint(
    environmentId: number,
    { blocks, dependencies }: IdFootprint,
    rows: Rows,
  ): IdFootprint {
    return footprintOf(
      blocks.map(({ version, bits }) => ({
        version: this.#mapVersion(environmentId, version, rows),
        bits,
      })),
      dependencies.map((id) => this.#mapDependency(id, rows)),
    );
  }

  #mapDependency(id: number, rows: Rows): number {
    let mapped = this.#mappedDependencies.get(id);
    if (mapped === undefined) {
      mapped = this.#interning.dependencyId(rows.dependency(id));
      this.#mappedDependencies.set(id, mapped);
    }
    return mapped;
  }

  #mapVersion(environmentId: number, id: number, rows: Rows): number {
    let mapped = this.#mapped.get(id);
    if (mapped === undefined) {
      mapped = this.#interning.versionId(environmentId, rows.version(id), () =>
        this.#source.details.places(id),
      );
      this.#mapped.set(id, mapped);
    }
    return mapped;
  }

  #runs(): void {
    const { db } = this.#target;
    const add = db.prepare<unknown[]>(
      'INSERT OR IGNORE INTO run (started_at, duration, selected, total, saved) VALUES (?, ?, ?, ?, ?)',
    );
    for (const { startedAt, duration, selected, total, saved } of readRuns(
      this.#source.db,
      MAX_RUNS,
    )) {
      add.run(startedAt, duration, selected, total, saved);
    }
    limitRuns(db);
  }
}

/**
 * Compares two states of a test file. The greater one wins: the later one, or at the same time the one that leads to
 * more test runs.
 */
function compareStates(a: StoredTestFile, b: StoredTestFile): number {
  return (
    a.lastRunAt - b.lastRunAt ||
    Number(a.failed) - Number(b.failed) ||
    Number(a.lastOutcome === 'failed') - Number(b.lastOutcome === 'failed') ||
    Number(a.orderDependent) - Number(b.orderDependent) ||
    (a.duration ?? -1) - (b.duration ?? -1)
  );
}

/** Compares two records with the same hash, which may refer to different versions of a file. The greater one wins. */
function compareRecords(a: StoredRecord, aRows: Rows, b: StoredRecord, bRows: Rows): number {
  return (
    a.matchedAt - b.matchedAt ||
    a.recordedAt - b.recordedAt ||
    compareText(versionsOf(a, aRows), versionsOf(b, bRows)) ||
    a.duration - b.duration
  );
}

function versionsOf({ blocks }: StoredRecord, rows: Rows): string {
  const identities: string[] = [];
  for (const cursor = new BlocksCursor(blocks); cursor.next();) {
    identities.push(versionIdentity(rows.version(cursor.version)).toString('hex'));
  }
  return identities.sort().join();
}
