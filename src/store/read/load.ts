import type { Database } from 'better-sqlite3';
import { isCount, isNumber, isRunOutcome, isStoredPath } from '../../records/checks';
import { Columns } from './columns';
import { asDependency, DependencyTable } from './dependency-table';
import { BlocksCursor, IdsCursor, unseal } from '../../records/encoding';
import { FILE_COLUMNS, Files } from './files';
import { LazyRecord, RecordReader } from './lazy-record';
import { recordOwner } from '../write/record-writer';
import type {
  Dependency,
  SelectionData,
  StoredRecord,
  StoredTestFile,
  TestFileKey,
} from '../../records/types';

/** Up to this many test files are looked up one by one; for more, reading all is faster. */
const MAX_ROWS_BY_ID = 200;

/** No test file of ours has more records; a database made by someone else might. */
const MAX_RECORDS_PER_TEST_FILE = 64;

type Row = unknown[];

/** Reads what selection needs. Rows that we cannot have written are passed over, as if they were not there. */
export class Loader {
  readonly #allTestFiles: Columns;
  readonly #oneTestFile;
  readonly #allRecords;
  readonly #recordsOf;
  readonly #allHeads;
  readonly #reader;
  readonly #allVersions;
  readonly #pathOfVersion;
  readonly #versionsOf;
  readonly #fingerprints;
  readonly #allDependencies;
  readonly #oneDependency;

  constructor(db: Database) {
    const testFile = [
      'id',
      'path',
      'failed',
      'last_outcome',
      'order_dependent',
      'duration',
      'last_run_at',
    ];
    const record =
      'r.test_file_id, r.id, r.hash, r.complete, r.duration, r.recorded_at, r.matched_at, r.blocks, r.dependencies';
    const versions = 'LEFT JOIN content c ON c.file_version_id = v.id';
    const raw = (sql: string) => db.prepare<unknown[], Row>(sql).raw();
    this.#allTestFiles = new Columns(db, testFile, 'test_file WHERE environment_id = ?');
    this.#oneTestFile = raw(
      `SELECT ${testFile.join(', ')} FROM test_file WHERE environment_id = ? AND path = ?`,
    );
    this.#allRecords = raw(
      // In the order of the rows: through the index by path, every one would be on another page.
      `SELECT ${record} FROM test_file t NOT INDEXED CROSS JOIN record r ON r.test_file_id = t.id
       WHERE t.environment_id = ?`,
    );
    this.#recordsOf = raw(`SELECT ${record} FROM record r WHERE test_file_id = ?`);
    this.#allHeads = new Columns(
      db,
      ['r.test_file_id', 'r.id', 'r.complete', 'r.duration', 'r.recorded_at', 'r.matched_at'],
      `test_file t NOT INDEXED CROSS JOIN record r ON r.test_file_id = t.id
       WHERE t.environment_id = ?`,
    );
    this.#reader = new RecordReader(db);
    this.#allVersions = new Columns(
      db,
      FILE_COLUMNS,
      `file_version v NOT INDEXED ${versions} WHERE v.environment_id = ?`,
    );
    this.#pathOfVersion = raw('SELECT path FROM file_version WHERE id = ? AND environment_id = ?');
    this.#versionsOf = new Columns(
      db,
      FILE_COLUMNS,
      `file_version v ${versions} WHERE v.environment_id = ? AND v.path = ?`,
    );
    this.#fingerprints = db
      .prepare<[number], unknown>('SELECT fingerprints FROM file_version WHERE id = ?')
      .pluck();
    this.#allDependencies = new Columns(
      db,
      ['id', 'kind', 'name', 'value'],
      'dependency NOT INDEXED',
    );
    this.#oneDependency = raw('SELECT id, kind, name, value FROM dependency WHERE id = ?');
  }

  /** @param paths The test files wanted; undefined for all of the environment. */
  load(environmentId: number, paths?: readonly string[]): SelectionData {
    const few = paths !== undefined && paths.length <= MAX_ROWS_BY_ID;
    const testFiles = few ? this.#few(environmentId, paths) : this.#many(environmentId, paths);
    const references = few ? collectReferences(testFiles.values()) : null;
    const files = references
      ? this.#filesOf(environmentId, references.versions)
      : this.#allFiles(environmentId);
    const dependencies = this.#dependencies(references?.dependencies ?? null);
    dropUnsound(testFiles.values(), files, dependencies);
    return asSelectionData(testFiles.values(), files, dependencies);
  }

  /**
   * All of an environment, but for what its records refer to: that is read when it is asked for, and checked by whoever
   * does.
   */
  loadLazily(environmentId: number): SelectionData {
    const testFiles = this.#testFilesOf(environmentId);
    const [owners = [], ids = [], completes = [], durations = [], recorded = [], matched = []] =
      this.#allHeads.read(environmentId);
    for (let row = 0; row < owners.length; row += 1) {
      const testFile = testFiles.get(owners[row] as number);
      if (testFile === undefined || testFile.records.length >= MAX_RECORDS_PER_TEST_FILE) continue;
      const own = readHead(ids[row], completes[row], durations[row], recorded[row], matched[row]);
      const key = { environmentId, path: testFile.path };
      // Most have one, and an array that something is pushed to takes room for sixteen more.
      if (own !== null)
        testFile.records = [...testFile.records, new LazyRecord(own, key, this.#reader)];
    }
    sortRecords(testFiles.values());
    return asSelectionData(
      testFiles.values(),
      this.#allFiles(environmentId),
      new DependencyTable(this.#allDependencies.read()),
    );
  }

  #few(environmentId: number, paths: readonly string[]): Map<number, StoredTestFile> {
    const testFiles = new Map<number, StoredTestFile>();
    for (const path of new Set(paths)) {
      const testFile = readTestFile(this.#oneTestFile.get(environmentId, path));
      if (testFile === null) continue;
      testFiles.set(testFile.id, testFile);
      addRecords(environmentId, testFiles, this.#recordsOf.iterate(testFile.id));
    }
    sortRecords(testFiles.values());
    return testFiles;
  }

  #many(environmentId: number, paths: readonly string[] | undefined): Map<number, StoredTestFile> {
    const testFiles = this.#testFilesOf(environmentId, paths && new Set(paths));
    addRecords(environmentId, testFiles, this.#allRecords.iterate(environmentId));
    sortRecords(testFiles.values());
    return testFiles;
  }

  #testFilesOf(environmentId: number, wanted?: ReadonlySet<string>): Map<number, StoredTestFile> {
    const testFiles = new Map<number, StoredTestFile>();
    const [ids = [], ...others] = this.#allTestFiles.read(environmentId);
    for (const [row, id] of ids.entries()) {
      const testFile = readTestFile([id, ...others.map((column) => column[row])]);
      if (testFile !== null && wanted?.has(testFile.path) !== false)
        testFiles.set(testFile.id, testFile);
    }
    return testFiles;
  }

  /** All versions of the files referred to: the one in the working tree need not be among those recorded. */
  #filesOf(environmentId: number, ids: ReadonlySet<number>): Files {
    const files = new Files(this.#fingerprints);
    const known = new Set<unknown>();
    const paths = new Set<unknown>();
    for (const id of ids) {
      if (known.has(id)) continue;
      const [path] = this.#pathOfVersion.get(id, environmentId) ?? [];
      if (path === undefined || paths.has(path)) continue;
      paths.add(path);
      const columns = this.#versionsOf.read(environmentId, path);
      files.add(columns);
      for (const found of columns[0] ?? []) known.add(found);
    }
    return files;
  }

  #allFiles(environmentId: number): Files {
    const files = new Files(this.#fingerprints);
    files.add(this.#allVersions.read(environmentId));
    return files;
  }

  /** @param ids Those wanted; null for all. */
  #dependencies(ids: ReadonlySet<number> | null): Map<number, Dependency> {
    if (ids === null) return new Map(new DependencyTable(this.#allDependencies.read()).entries());
    const dependencies = new Map<number, Dependency>();
    for (const id of ids) {
      const [found, kind, name, value] = this.#oneDependency.get(id) ?? [];
      const dependency = asDependency(found, kind, name, value);
      if (dependency !== undefined) dependencies.set(id, dependency);
    }
    return dependencies;
  }
}

function asSelectionData(
  testFiles: Iterable<StoredTestFile>,
  files: Files,
  dependencies: SelectionData['dependencies'],
): SelectionData {
  let contents: SelectionData['contents'] | undefined;
  return {
    get versions() {
      return files.versions;
    },
    byFile: () => files.byFile(),
    get contents() {
      return (contents ??= files.contents());
    },
    dependencies,
    testFiles: new Map(Array.from(testFiles, (file) => [file.path, file])),
  };
}

function readTestFile(row: Row | undefined): StoredTestFile | null {
  const [id, path, failed, lastOutcome, orderDependent, duration, lastRunAt] = row ?? [];
  if (!isCount(id) || !isStoredPath(path)) return null;
  return {
    id,
    path,
    // Anything but a clear no: running a test too often is the harmless side.
    failed: failed !== 0,
    lastOutcome: isRunOutcome(lastOutcome) ? lastOutcome : 'failed',
    orderDependent: orderDependent === 1,
    duration: isNumber(duration) ? duration : undefined,
    lastRunAt: isCount(lastRunAt) ? lastRunAt : 0,
    records: [],
  };
}

function addRecords(
  environmentId: number,
  testFiles: ReadonlyMap<number, StoredTestFile>,
  rows: Iterable<Row>,
): void {
  for (const row of rows) {
    const testFile = testFiles.get(row[0] as number);
    if (testFile === undefined || testFile.records.length >= MAX_RECORDS_PER_TEST_FILE) continue;
    const record = readRecord({ environmentId, path: testFile.path }, row);
    if (record !== null) testFile.records.push(record);
  }
}

function readRecord(
  testFile: TestFileKey,
  [, id, hash, complete, duration, recordedAt, matchedAt, blocks, dependencies]: Row,
): StoredRecord | null {
  const own = readHead(id, complete, duration, recordedAt, matchedAt);
  const owner = recordOwner(testFile, complete === 1);
  const blockBytes = unseal(blocks, owner);
  const dependencyBytes = unseal(dependencies, owner);
  if (own === null || !Buffer.isBuffer(hash) || blockBytes === null || dependencyBytes === null)
    return null;
  return {
    ...own,
    hash: hash.toString('hex'),
    blocks: blockBytes,
    dependencies: dependencyBytes,
  };
}

/** What a record is without what it refers to. */
function readHead(
  id: unknown,
  complete: unknown,
  duration: unknown,
  recordedAt: unknown,
  matchedAt: unknown,
): RecordHead | null {
  if (!isCount(id)) return null;
  return {
    id,
    complete: complete === 1,
    duration: isNumber(duration) ? duration : 0,
    recordedAt: isCount(recordedAt) ? recordedAt : 0,
    matchedAt: isCount(matchedAt) ? matchedAt : 0,
  };
}

type RecordHead = Pick<StoredRecord, 'id' | 'complete' | 'duration' | 'recordedAt' | 'matchedAt'>;

function sortRecords(testFiles: Iterable<StoredTestFile>): void {
  for (const { records } of testFiles) {
    if (records.length < 2) continue;
    records.sort(
      (a, b) =>
        b.matchedAt - a.matchedAt || b.recordedAt - a.recordedAt || (a.hash < b.hash ? 1 : -1),
    );
  }
}

/** What the records refer to, as far as they can be read. */
function collectReferences(testFiles: Iterable<StoredTestFile>): {
  versions: Set<number>;
  dependencies: Set<number>;
} {
  const versions = new Set<number>();
  const dependencies = new Set<number>();
  for (const { records } of testFiles) {
    for (const record of records) {
      try {
        for (const cursor = new BlocksCursor(record.blocks); cursor.next();)
          versions.add(cursor.version);
        for (const cursor = new IdsCursor(record.dependencies); cursor.next();)
          dependencies.add(cursor.id);
      } catch {
        // It is dropped when all are checked.
      }
    }
  }
  return { versions, dependencies };
}

/**
 * Drops the records that do not decode, or refer to something that is not there: what is left of them would match
 * too easily.
 */
function dropUnsound(
  testFiles: Iterable<StoredTestFile>,
  files: Files,
  dependencies: ReadonlyMap<number, Dependency>,
): void {
  const limits = fastLookup(files.versions, ({ bitLimit }) => bitLimit);
  const known = fastLookup(dependencies, () => 0);
  const isSound = (record: StoredRecord): boolean => {
    try {
      for (const cursor = new BlocksCursor(record.blocks); cursor.next();) {
        const limit = limits.get(cursor.version);
        if (limit === undefined || cursor.end - cursor.start > limit) return false;
      }
      for (const cursor = new IdsCursor(record.dependencies); cursor.next();) {
        if (known.get(cursor.id) === undefined) return false;
      }
      return true;
    } catch {
      return false;
    }
  };
  for (const testFile of testFiles) {
    if (!testFile.records.every(isSound)) testFile.records = testFile.records.filter(isSound);
  }
}

/** Millions of look-ups: where ids are dense, an array answers many times faster. */
function fastLookup<T>(
  items: ReadonlyMap<number, T>,
  valueOf: (item: T) => number,
): { get(id: number): number | undefined } {
  let last = 0;
  for (const id of items.keys()) last = Math.max(last, id);
  if (last > 1_024 + 16 * items.size)
    return new Map(Array.from(items, ([id, item]) => [id, valueOf(item)]));
  const dense = new Int32Array(last + 1).fill(-1);
  for (const [id, item] of items) dense[id] = valueOf(item);
  return { get: (id) => ((dense[id] ?? -1) < 0 ? undefined : dense[id]) };
}
