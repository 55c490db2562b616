import type { Database } from 'better-sqlite3';
import { Columns } from './columns';
import { asDependency, DependencyTable } from './dependency-table';
import { FILE_COLUMNS, Files } from './files';
import { LazyRecord, RecordReader } from './lazy-record';
import { collectReferences, dropUnsound } from './references';
import {
  addRecords,
  MAX_RECORDS_PER_TEST_FILE,
  readRecordHead,
  readTestFile,
  sortRecords,
  type Row,
} from './test-file-rows';
import type { Dependency, SelectionData, StoredTestFile } from '../../records/types';

/** Up to this many test files are read one by one. For more, reading all is faster. */
const MAX_TEST_FILES_ONE_BY_ONE = 200;

/** Reads the data for selection. Invalid rows are left out. */
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
  readonly #someVersions;
  readonly #someDependencies;

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
      // Reads in row order. The index by path would visit another page for each row.
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
    this.#someVersions = new Columns(
      db,
      FILE_COLUMNS,
      `json_each(?) j CROSS JOIN file_version v ON v.id = j.value ${versions} WHERE v.environment_id = ?`,
    );
    this.#someDependencies = new Columns(
      db,
      ['d.id', 'd.kind', 'd.name', 'd.value'],
      'json_each(?) j CROSS JOIN dependency d ON d.id = j.value',
    );
    this.#oneDependency = raw('SELECT id, kind, name, value FROM dependency WHERE id = ?');
  }

  /** @param paths The test files to load. Undefined for all of the environment. */
  load(environmentId: number, paths?: readonly string[]): SelectionData {
    const few = paths !== undefined && paths.length <= MAX_TEST_FILES_ONE_BY_ONE;
    const testFiles = few
      ? this.#loadFew(environmentId, paths)
      : this.#loadMany(environmentId, paths);
    const references = few ? collectReferences(testFiles.values()) : null;
    const files = references
      ? this.#filesOf(environmentId, references.versions)
      : this.#allFiles(environmentId);
    const dependencies = this.#dependencies(references?.dependencies ?? null);
    dropUnsound(testFiles.values(), files, dependencies);
    return asSelectionData(testFiles.values(), files, dependencies);
  }

  /**
   * Loads test files with their records, and of files only the versions that these refer to. That is enough to read the
   * records, and not to select.
   */
  loadReferred(environmentId: number, paths: readonly string[]): SelectionData {
    const testFiles =
      paths.length <= MAX_TEST_FILES_ONE_BY_ONE
        ? this.#loadFew(environmentId, paths)
        : this.#loadMany(environmentId, paths);
    const references = collectReferences(testFiles.values());
    const files = new Files(this.#fingerprints);
    files.add(this.#someVersions.read(JSON.stringify([...references.versions]), environmentId));
    const rows = this.#someDependencies.read(JSON.stringify([...references.dependencies]));
    const dependencies = new Map(new DependencyTable(rows).entries());
    dropUnsound(testFiles.values(), files, dependencies);
    return asSelectionData(testFiles.values(), files, dependencies);
  }

  /**
   * Loads an environment without the footprints of its records. These are read on demand, and checked by the code
   * that reads them.
   */
  loadLazily(environmentId: number): SelectionData {
    const testFiles = this.#testFilesOf(environmentId);
    const [owners = [], ids = [], completes = [], durations = [], recorded = [], matched = []] =
      this.#allHeads.read(environmentId);
    for (let row = 0; row < owners.length; row += 1) {
      const testFile = testFiles.get(owners[row] as number);
      if (testFile === undefined || testFile.records.length >= MAX_RECORDS_PER_TEST_FILE) continue;
      const own = readRecordHead(
        ids[row],
        completes[row],
        durations[row],
        recorded[row],
        matched[row],
      );
      const key = { environmentId, path: testFile.path };
      // Most test files have one record. `push` would allocate space for sixteen more.
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

  #loadFew(environmentId: number, paths: readonly string[]): Map<number, StoredTestFile> {
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

  #loadMany(
    environmentId: number,
    paths: readonly string[] | undefined,
  ): Map<number, StoredTestFile> {
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

  /**
   * Returns all versions of the files that records refer to. The present version of a file need not be one that a
   * record refers to.
   */
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

  /** @param ids The dependencies to load. Null for all. */
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
