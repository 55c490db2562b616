import type { Database } from 'better-sqlite3';
import { Clock } from './connection/clock';
import type { CoveredForm, RecordedCoverage, RecordedScripts } from '../records/coverage';
import { CoverageReader } from './read/coverage';
import { Committer } from './write/commit';
import { Details } from './read/details';
import { Environments } from './write/environments';
import { asStoreError } from './connection/errors';
import { readFailures } from './write/failures';
import { readFlaky } from './write/flaky';
import { findDamage } from './connection/integrity';
import { Loader } from './read/load';
import { isSameFile, mergeDatabase } from './write/merge-databases';
import type { OpenOptions } from './connection/open';
import { StoreConnection } from './connection/store-connection';
import { Recall } from './read/recall';
import { readRuns } from './write/runs';
import type { SharedPlace } from './sharing/shared-facts';
import { Sharing } from './sharing/sharing';
import { shrink } from './write/shrink';
import { decodeShard, SHARD_NOTE, type ShardState } from '../records/shards';
import { readChecks, readEscapes } from './write/spot-checks';
import { hashContent } from './read/content-hash';
import { FileStates } from './read/file-states';
import { takeSnapshot, type Snapshot } from './read/snapshot';
import { readTestFilePaths } from './read/test-file-paths';
import { readLatestVersionId, readNote, readTotals, type Totals } from './read/totals';
import type {
  CommitBatch,
  Environment,
  EnvironmentKey,
  FileState,
  RecalledRecord,
  RunSummary,
  SelectionData,
  StoredEscape,
  StoredFlakySighting,
  StoredTest,
} from '../records/types';

/**
 * The SQLite database of one project. All methods are synchronous, and every error is a StoreError. Only the
 * controller opens one for writing.
 */
export class Store {
  readonly file: string;
  readonly readonly: boolean;
  readonly #connection: StoreConnection;
  readonly #environments: Environments;
  #committer: Committer | undefined;
  #loader: Loader | undefined;
  #details: Details | undefined;
  #recall: Recall | undefined;
  #coverage: CoverageReader | undefined;
  /** The version of the database when each lazily loaded data was read. */
  readonly #loadedAt = new WeakMap<SelectionData, unknown>();
  #fileStates: FileStates | undefined;

  private constructor(file: string, options: OpenOptions) {
    this.#connection = new StoreConnection(file, options);
    this.file = file;
    this.readonly = this.#connection.readonly;
    try {
      this.#environments = new Environments(this.#db, file);
    } catch (error) {
      this.#connection.close();
      throw asStoreError(error, file);
    }
  }

  /**
   * Opens the database. Unless it is opened read-only, creates a missing one and migrates an older one.
   * @param file Absolute path.
   * @throws {StoreError} If the database cannot be used.
   */
  static open(file: string, options: OpenOptions = {}): Store {
    return new Store(file, options);
  }

  /**
   * Returns the environment of a key, and creates it if it is new. A read-only store returns the existing one even if
   * its hash differs, and updates nothing.
   * @param now Milliseconds since the epoch.
   * @throws {StoreError} With the reason `missing`, if the store is read-only and has none.
   */
  findOrCreateEnvironment(key: EnvironmentKey, now: number): Environment {
    return this.#connection.guard(() =>
      this.readonly ? this.#environments.find(key) : this.#environments.findOrCreate(key, now),
    );
  }

  /** Returns the environment with exactly this key, or null. Updates nothing. */
  knownEnvironment(key: EnvironmentKey): Environment | null {
    return this.#connection.guard(() => this.#environments.known(key));
  }

  /** @throws {StoreError} With the reason `missing`, if there is none with this id. */
  environment(id: number): Environment {
    return this.#connection.guard(() => this.#environments.get(id));
  }

  /**
   * Loads the data for selection. Invalid rows are left out.
   * @param testFiles Paths of the test files to load. By default all.
   */
  load(environmentId: number, testFiles?: readonly string[]): SelectionData {
    return this.#connection.atomically(() => this.#load.load(environmentId, testFiles));
  }

  /**
   * Like `load`, for all test files. Footprints are read on demand. Only within `asLoaded` it is certain that they
   * are of the same commit.
   */
  loadLazily(environmentId: number): SelectionData {
    return this.#connection.atomically(() => {
      const data = this.#load.loadLazily(environmentId);
      this.#loadedAt.set(data, this.#connection.dataVersion());
      return data;
    });
  }

  /**
   * Runs a function on lazily loaded data. No other process can commit meanwhile, so it must be fast.
   * @returns Null if another process has committed since the data was loaded.
   */
  asLoaded<T>(data: SelectionData, work: () => T): { result: T } | null {
    return this.#connection.atomically(() =>
      this.#loadedAt.get(data) === this.#connection.dataVersion() ? { result: work() } : null,
    );
  }

  /** Returns the paths of all test files with any data in an environment or its project. */
  testFilePaths(environmentId: number): string[] {
    return this.#connection.guard(() => readTestFilePaths(this.#db, environmentId));
  }

  /**
   * Returns when the test files of a project failed: by path, the last ten times in milliseconds since the epoch, the
   * newest first.
   */
  failures(project: string): Map<string, number[]> {
    return this.#connection.guard(() => readFailures(this.#db, project));
  }

  /**
   * When tests came out otherwise than before although nothing that is watched had changed, newest first: chance decides
   * how they come out, or something that is not watched.
   */
  flaky(): StoredFlakySighting[] {
    return this.#connection.guard(() => readFlaky(this.#db));
  }

  /** Returns when test files last ran as spot checks. */
  spotChecks(): ReturnType<typeof readChecks> {
    return this.#connection.guard(() => readChecks(this.#db));
  }

  /** Returns the escapes that spot checks found, the open ones first, then the latest. */
  escapes(): StoredEscape[] {
    return this.#connection.guard(() => readEscapes(this.#db));
  }

  /** Returns the tests of a record. Each contains only what it executed beyond the shared part. */
  tests(recordId: number): StoredTest[] {
    return this.#connection.guard(() => this.#detail.tests(recordId));
  }

  /** The names of the tests of a record, in order: each the titles around a test, then its own. */
  testNames(recordId: number): string[][] {
    return this.#connection.guard(() => this.#detail.testNames(recordId));
  }

  /** Returns what all tests of a record depend on. Null if there is no such record. */
  shared(recordId: number): { blocks: Buffer; dependencies: Buffer } | null {
    return this.#connection.guard(() => this.#detail.shared(recordId));
  }

  /** Returns a record in the form in which it was written. Null if a part of it cannot be read. */
  recall(recordId: number): RecalledRecord | null {
    return this.#connection.atomically(() =>
      (this.#recall ??= new Recall(this.#db, this.#detail)).record(recordId),
    );
  }

  /** Returns what the test file of a record hit of covered files. Null if that is not known. */
  coverage(recordId: number): RecordedCoverage | null {
    return this.#connection.guard(() => this.#covered.of(recordId));
  }

  /** Returns what V8 counted while the test file of a record ran. Null if that is not known. */
  scripts(recordId: number): RecordedScripts | null {
    return this.#connection.guard(() => this.#covered.scripts.of(recordId));
  }

  /** Returns a covered file as an earlier run kept it. Null if none did, or if it is damaged. */
  coveredFile(environmentId: number, path: string, form: CoveredForm): Buffer | null {
    return this.#connection.guard(() => this.#covered.file(environmentId, path, form));
  }

  /** Returns the encoded locations of a version's blocks. Empty if they are unknown. */
  places(versionId: number): string {
    return this.#connection.guard(() => this.#detail.places(versionId));
  }

  /** Returns the recorded states of all files on this machine, by stored path. */
  fileStates(): Map<string, FileState> {
    return this.#connection.guard(() => (this.#fileStates ??= new FileStates(this.#db)).all());
  }

  /** Returns the recorded state of one file on this machine, by its stored path. */
  fileState(path: string): FileState | undefined {
    return this.#connection.guard(() => (this.#fileStates ??= new FileStates(this.#db)).get(path));
  }

  /** Returns the highest id of a file version, which is about the number of versions. */
  latestVersionId(): number {
    return this.#connection.guard(() => readLatestVersionId(this.#db));
  }

  /** Returns the value of a note. Undefined if there is none. */
  note(key: string): string | undefined {
    return this.#connection.guard(() => readNote(this.#db, key));
  }

  /**
   * Hashes which records and failures the database contains. Databases with the same hash select alike. Times and
   * durations do not count.
   */
  contentHash(): string {
    return this.#connection.guard(() => hashContent(this.#db));
  }

  /** Returns what the last shard on this database did. Null if the last run was not a shard. */
  shard(): ShardState | null {
    return decodeShard(this.note(SHARD_NOTE));
  }

  /**
   * Returns the time of the last commit, in milliseconds since the epoch. Later commits never have an earlier time.
   * Zero if there was none.
   */
  time(): number {
    return this.#connection.guard(() => new Clock(this.#db).last);
  }

  /** Returns the last runs, the newest first. */
  runs(limit = 200): RunSummary[] {
    return this.#connection.guard(() => readRuns(this.#db, limit));
  }

  /**
   * Adds the results of a run. The records of a large run are written in several transactions. Everything else is
   * written with the last of them, or not at all. Adding the same records again changes nothing.
   * @param now Milliseconds since the epoch.
   * @returns The argument for `settle`: the rows of the test files that passed provisionally.
   * @throws {StoreError} If the database cannot be written.
   */
  commit(batch: CommitBatch, now: number): number[] {
    const provisional = this.#connection.guard(() =>
      this.#commits.commit(batch, now, (work) => this.#connection.write(work)),
    );
    shrink(this.#db);
    return provisional;
  }

  /**
   * Makes provisional passes final.
   * @param provisional The result of `commit`.
   * @throws {StoreError} If the database cannot be written.
   */
  settle(provisional: readonly number[]): void {
    this.#write(() => this.#commits.settle(provisional));
  }

  /**
   * Merges another database into this one. Repeating a merge, or merging in another order, gives the same result.
   * @throws {StoreError} About either file.
   */
  merge(otherFile: string, now: number): void {
    this.mergeAll([otherFile], now);
  }

  /**
   * Like `merge`, for several databases: all are merged or none.
   * @param keep How many complete records a test file keeps. By default 8.
   * @param merged Called after each merged test file.
   * @throws {StoreError} About any of the files.
   */
  mergeAll(otherFiles: readonly string[], now: number, keep?: number, merged?: () => void): void {
    const files = otherFiles.filter((file) => !isSameFile(this.file, file));
    if (files.length === 0) return;
    this.#write(() => {
      const target = { file: this.file, db: this.#db, loader: this.#load, details: this.#detail };
      for (const file of files)
        mergeDatabase(target, file, this.#connection.options, { now, keep, merged });
      // The content is no longer that of one shard.
      this.#db.prepare<[string]>('DELETE FROM note WHERE key = ?').run(SHARD_NOTE);
    });
  }

  /** What the database and a shared store know of each other. */
  sharing(place: SharedPlace): Sharing {
    return new Sharing(this.#connection, place);
  }

  /** Returns the size of the database. */
  totals(): Totals {
    return this.#connection.guard(() => readTotals(this.#db));
  }

  /** Checks the whole database for damage that opening it does not reveal. Returns one line per problem. */
  findDamage(): string[] {
    return this.#connection.guard(() => findDamage(this.#db));
  }

  /** Returns the content of the database without ids, times and durations. Equal content gives equal JSON. */
  snapshot(): Snapshot {
    return this.#connection.atomically(() => takeSnapshot(this.#db, this.#load, this.#detail));
  }

  /** Closes the database. A second call does nothing. */
  close(): void {
    this.#connection.close();
  }

  get #commits(): Committer {
    return (this.#committer ??= new Committer(this.#db, this.#environments));
  }

  get #load(): Loader {
    return (this.#loader ??= new Loader(this.#db));
  }

  get #detail(): Details {
    return (this.#details ??= new Details(this.#db));
  }

  get #covered(): CoverageReader {
    return (this.#coverage ??= new CoverageReader(this.#db));
  }

  get #db(): Database {
    return this.#connection.db;
  }

  #write(work: () => void): void {
    this.#connection.write(work);
    shrink(this.#db);
  }
}
