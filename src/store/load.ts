import type { Database } from 'better-sqlite3';
import {
  isCount,
  isDependencyKind,
  isDependencyName,
  isModuleForm,
  isNumber,
  isRunOutcome,
  isStoredPath,
  isText,
} from './checks';
import { decodeIds, unpackHash, unseal, visitBlocks } from './encoding';
import { FINGERPRINT_BYTES } from './footprint';
import { recordOwner } from './record-writer';
import type {
  Dependency,
  ModuleForm,
  SelectionData,
  StoredRecord,
  StoredTestFile,
  StoredVersion,
  TestFileKey,
} from './types';

/** Up to this many test files are looked up one by one; for more, reading all is faster. */
const FEW = 200;

/** No test file of ours has more records; a database made by someone else might. */
const MOST_RECORDS = 64;

/** Where `SelectionData.contents` keeps what is known of a file. */
export function contentsKey(path: string, form: ModuleForm): string {
  return `${path}|${form}`;
}

type Row = unknown[];

/** Reads what selection needs. Rows that we cannot have written are passed over, as if they were not there. */
export class Loader {
  readonly #allTestFiles;
  readonly #oneTestFile;
  readonly #allRecords;
  readonly #recordsOf;
  readonly #allVersions;
  readonly #pathOfVersion;
  readonly #versionsOf;
  readonly #allContents;
  readonly #contentsOf;
  readonly #allDependencies;
  readonly #oneDependency;

  constructor(db: Database) {
    const testFile = 'id, path, failed, last_outcome, order_dependent, duration, last_run_at';
    const record =
      'r.test_file_id, r.id, r.hash, r.complete, r.duration, r.recorded_at, r.matched_at, r.blocks, r.dependencies';
    const version = 'id, path, form, fingerprints';
    const raw = (sql: string) => db.prepare<unknown[], Row>(sql).raw();
    this.#allTestFiles = raw(`SELECT ${testFile} FROM test_file WHERE environment_id = ?`);
    this.#oneTestFile = raw(
      `SELECT ${testFile} FROM test_file WHERE environment_id = ? AND path = ?`,
    );
    this.#allRecords = raw(
      `SELECT ${record} FROM record r JOIN test_file t ON t.id = r.test_file_id WHERE t.environment_id = ?`,
    );
    this.#recordsOf = raw(`SELECT ${record} FROM record r WHERE test_file_id = ?`);
    this.#allVersions = raw(`SELECT ${version} FROM file_version WHERE environment_id = ?`);
    this.#pathOfVersion = raw('SELECT path FROM file_version WHERE id = ? AND environment_id = ?');
    this.#versionsOf = raw(
      `SELECT ${version} FROM file_version WHERE environment_id = ? AND path = ?`,
    );
    this.#allContents = raw(
      `SELECT c.file_version_id, c.hash FROM file_version v JOIN content c ON c.file_version_id = v.id
       WHERE v.environment_id = ?`,
    );
    this.#contentsOf = raw('SELECT file_version_id, hash FROM content WHERE file_version_id = ?');
    this.#allDependencies = raw('SELECT id, kind, name, value FROM dependency');
    this.#oneDependency = raw('SELECT id, kind, name, value FROM dependency WHERE id = ?');
  }

  /** @param paths The test files wanted; undefined for all of the environment. */
  load(environmentId: number, paths?: readonly string[]): SelectionData {
    const few = paths !== undefined && paths.length <= FEW;
    const testFiles = few ? this.#few(environmentId, paths) : this.#many(environmentId, paths);
    const references = collectReferences(testFiles.values());
    const versions = few
      ? this.#versionsFor(environmentId, references.versions)
      : this.#readAllVersions(environmentId);
    const dependencies = this.#dependencies(references.dependencies, few);
    dropUnresolved(testFiles.values(), versions, dependencies);
    const contents = few
      ? readContents(
          [...versions.keys()].flatMap((id) => this.#contentsOf.all(id)),
          versions,
        )
      : readContents(this.#allContents.iterate(environmentId), versions);
    return {
      versions,
      contents,
      dependencies,
      testFiles: new Map([...testFiles.values()].map((file) => [file.path, file])),
    };
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
    const wanted = paths && new Set(paths);
    const testFiles = new Map<number, StoredTestFile>();
    for (const row of this.#allTestFiles.iterate(environmentId)) {
      const testFile = readTestFile(row);
      if (testFile !== null && wanted?.has(testFile.path) !== false)
        testFiles.set(testFile.id, testFile);
    }
    addRecords(environmentId, testFiles, this.#allRecords.iterate(environmentId));
    sortRecords(testFiles.values());
    return testFiles;
  }

  /** All versions of the files referred to: the one in the working tree need not be among those recorded. */
  #versionsFor(environmentId: number, ids: ReadonlySet<number>): Map<number, StoredVersion> {
    const versions = new Map<number, StoredVersion>();
    const paths = new Set<unknown>();
    for (const id of ids) {
      if (versions.has(id)) continue;
      const [path] = this.#pathOfVersion.get(id, environmentId) ?? [];
      if (path === undefined || paths.has(path)) continue;
      paths.add(path);
      for (const row of this.#versionsOf.iterate(environmentId, path)) addVersion(versions, row);
    }
    return versions;
  }

  #readAllVersions(environmentId: number): Map<number, StoredVersion> {
    const versions = new Map<number, StoredVersion>();
    for (const row of this.#allVersions.iterate(environmentId)) addVersion(versions, row);
    return versions;
  }

  #dependencies(ids: ReadonlySet<number>, few: boolean): Map<number, Dependency> {
    const dependencies = new Map<number, Dependency>();
    const rows = few
      ? [...ids].map((id) => this.#oneDependency.get(id) ?? [])
      : this.#allDependencies.iterate();
    for (const [id, kind, name, value] of rows) {
      if (
        !isCount(id) ||
        !ids.has(id) ||
        !isDependencyKind(kind) ||
        !isDependencyName(kind, name) ||
        !isText(value)
      )
        continue;
      dependencies.set(id, { kind, name, value });
    }
    return dependencies;
  }
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
    if (testFile === undefined || testFile.records.length >= MOST_RECORDS) continue;
    const record = readRecord({ environmentId, path: testFile.path }, row);
    if (record !== null) testFile.records.push(record);
  }
}

function readRecord(
  testFile: TestFileKey,
  [, id, hash, complete, duration, recordedAt, matchedAt, blocks, dependencies]: Row,
): StoredRecord | null {
  const owner = recordOwner(testFile, complete === 1);
  const blockBytes = unseal(blocks, owner);
  const dependencyBytes = unseal(dependencies, owner);
  if (!isCount(id) || !Buffer.isBuffer(hash) || blockBytes === null || dependencyBytes === null)
    return null;
  return {
    id,
    hash: hash.toString('hex'),
    complete: complete === 1,
    duration: isNumber(duration) ? duration : 0,
    recordedAt: isCount(recordedAt) ? recordedAt : 0,
    matchedAt: isCount(matchedAt) ? matchedAt : 0,
    blocks: blockBytes,
    dependencies: dependencyBytes,
  };
}

function sortRecords(testFiles: Iterable<StoredTestFile>): void {
  for (const { records } of testFiles) {
    if (records.length < 2) continue;
    records.sort(
      (a, b) =>
        b.matchedAt - a.matchedAt || b.recordedAt - a.recordedAt || (a.hash < b.hash ? 1 : -1),
    );
  }
}

/** What the records refer to; those that do not decode are dropped on the way. */
function collectReferences(testFiles: Iterable<StoredTestFile>): {
  versions: Set<number>;
  dependencies: Set<number>;
} {
  const versions = new Set<number>();
  const dependencies = new Set<number>();
  for (const testFile of testFiles) {
    testFile.records = testFile.records.filter((record) => {
      try {
        visitBlocks(record.blocks, (version) => versions.add(version));
        for (const id of decodeIds(record.dependencies)) dependencies.add(id);
        return true;
      } catch {
        return false;
      }
    });
  }
  return { versions, dependencies };
}

/** Drops the records that refer to something that is not there: what is left of them would match too easily. */
function dropUnresolved(
  testFiles: Iterable<StoredTestFile>,
  versions: ReadonlyMap<number, StoredVersion>,
  dependencies: ReadonlyMap<number, Dependency>,
): void {
  for (const testFile of testFiles) {
    testFile.records = testFile.records.filter((record) => {
      let resolved = true;
      visitBlocks(record.blocks, (id, start, end) => {
        const version = versions.get(id);
        const blocks = (version?.fingerprints.length ?? 0) / FINGERPRINT_BYTES;
        if (end - start > Math.ceil(blocks / 8)) resolved = false;
      });
      return resolved && decodeIds(record.dependencies).every((id) => dependencies.has(id));
    });
  }
}

function addVersion(
  versions: Map<number, StoredVersion>,
  [id, path, form, fingerprints]: Row,
): void {
  if (!isCount(id) || !isStoredPath(path) || !isModuleForm(form)) return;
  if (!Buffer.isBuffer(fingerprints) || fingerprints.length % FINGERPRINT_BYTES !== 0) return;
  versions.set(id, { id, path, form, fingerprints });
}

function readContents(
  rows: Iterable<Row>,
  versions: ReadonlyMap<number, StoredVersion>,
): Map<string, Map<string, number>> {
  const contents = new Map<string, Map<string, number>>();
  const ambiguous: [Map<string, number>, string][] = [];
  for (const [id, packed] of rows) {
    const version = versions.get(id as number);
    const hash = unpackHash(packed);
    if (version === undefined || hash === null) continue;
    const key = contentsKey(version.path, version.form);
    let known = contents.get(key);
    if (known === undefined) contents.set(key, (known = new Map()));
    if (known.has(hash)) ambiguous.push([known, hash]);
    else known.set(hash, version.id);
  }
  // One content, two versions: something else shapes the transform, so only transforming again can tell.
  for (const [known, hash] of ambiguous) known.delete(hash);
  return contents;
}
