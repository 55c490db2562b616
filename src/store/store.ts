import type { Database } from 'better-sqlite3';
import { Clock } from './connection/clock';
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
 * The SQLite database of one project. Everything is synchronous; everything that fails throws a StoreError. Only
 * the controller opens one for writing.
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
  /** By data that was loaded lazily: what the database was like then. */
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
   * Opens the database; in write mode, makes it if it is missing and updates its format if it is older.
   * @throws StoreError
   */
  static open(file: string, options: OpenOptions = {}): Store {
    return new Store(file, options);
  }

  /**
   * The environment of this key, made if it is new. In a read-only store: the one that is there, also when its hash
   * differs, and nothing is updated.
   * @throws StoreError `missing` when the store is read-only and has none.
   */
  findOrCreateEnvironment(key: EnvironmentKey, now: number): Environment {
    return this.#connection.guard(() =>
      this.readonly ? this.#environments.find(key) : this.#environments.findOrCreate(key, now),
    );
  }

  /** The environment of exactly this key; null where there is none. Nothing is updated. */
  knownEnvironment(key: EnvironmentKey): Environment | null {
    return this.#connection.guard(() => this.#environments.known(key));
  }

  /** @throws StoreError `missing` when there is none of this id. */
  environment(id: number): Environment {
    return this.#connection.guard(() => this.#environments.get(id));
  }

  /**
   * What selection needs of an environment. Rows that cannot be ours are left out.
   * @param testFiles Paths of the test files wanted. Default: all.
   */
  load(environmentId: number, testFiles?: readonly string[]): SelectionData {
    return this.#connection.atomically(() => this.#load.load(environmentId, testFiles));
  }

  /**
   * As `load`, of all test files. What a record refers to is read when it is asked for, and only `asLoaded` makes sure
   * that this is still of the same commit.
   */
  loadLazily(environmentId: number): SelectionData {
    return this.#connection.atomically(() => {
      const data = this.#load.loadLazily(environmentId);
      this.#loadedAt.set(data, this.#connection.dataVersion());
      return data;
    });
  }

  /**
   * Works on what was loaded lazily. Nobody else commits meanwhile, so that must not take long.
   * @returns Null where another process has committed since it was loaded.
   */
  asLoaded<T>(data: SelectionData, work: () => T): { result: T } | null {
    return this.#connection.atomically(() =>
      this.#loadedAt.get(data) === this.#connection.dataVersion() ? { result: work() } : null,
    );
  }

  /** Every test file that something is known of, in an environment or its project. */
  testFilePaths(environmentId: number): string[] {
    return this.#connection.guard(() => readTestFilePaths(this.#db, environmentId));
  }

  /**
   * When the test files of a project failed, by path: the last ten times of each, newest first, in milliseconds since
   * the epoch.
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

  /** When test files were last run as spot checks. */
  spotChecks(): ReturnType<typeof readChecks> {
    return this.#connection.guard(() => readChecks(this.#db));
  }

  /** What spot checks found, the open ones first, then the latest. */
  escapes(): StoredEscape[] {
    return this.#connection.guard(() => readEscapes(this.#db));
  }

  /** The tests of a record, each with what it executed beyond the part they share. */
  tests(recordId: number): StoredTest[] {
    return this.#connection.guard(() => this.#detail.tests(recordId));
  }

  /** The names of the tests of a record, in order: each the titles around a test, then its own. */
  testNames(recordId: number): string[][] {
    return this.#connection.guard(() => this.#detail.testNames(recordId));
  }

  /** What all tests of a record depend on; null when there is no such record. */
  shared(recordId: number): { blocks: Buffer; dependencies: Buffer } | null {
    return this.#connection.guard(() => this.#detail.shared(recordId));
  }

  /** A record in full, as the plain data it was written from; null when any part of it cannot be read. */
  recall(recordId: number): RecalledRecord | null {
    return this.#connection.atomically(() =>
      (this.#recall ??= new Recall(this.#db, this.#detail)).record(recordId),
    );
  }

  /** Where the blocks of a version stand in its source; empty when that is not known. */
  places(versionId: number): string {
    return this.#connection.guard(() => this.#detail.places(versionId));
  }

  /** What was last seen of files on this machine, by path. */
  fileStates(): Map<string, FileState> {
    return this.#connection.guard(() => this.#files.all());
  }

  /** What was last seen of one file on this machine. */
  fileState(path: string): FileState | undefined {
    return this.#connection.guard(() => this.#files.get(path));
  }

  /** The highest id of a file version: about how many there are. */
  latestVersionId(): number {
    return this.#connection.guard(() => readLatestVersionId(this.#db));
  }

  /** The value of a note; undefined when there is none. */
  note(key: string): string | undefined {
    return this.#connection.guard(() => readNote(this.#db, key));
  }

  /**
   * A hash of which records there are and what failed: databases with equal ones select alike. Times and durations do
   * not count.
   */
  contentHash(): string {
    return this.#connection.guard(() => hashContent(this.#db));
  }

  /** What the shard did that ran last on this database; null where the last run was none. */
  shard(): ShardState | null {
    return decodeShard(this.note(SHARD_NOTE));
  }

  /** The time of the last commit, which no later one precedes, whatever the machine's clock does; 0 for none. */
  time(): number {
    return this.#connection.guard(() => new Clock(this.#db).last);
  }

  /** The last runs, newest first. */
  runs(limit = 200): RunSummary[] {
    return this.#connection.guard(() => readRuns(this.#db, limit));
  }

  /**
   * Adds what a run left behind. Records of a large run are added in several parts, each in a transaction of its own;
   * all else is added with the last of them, or not at all. Adding the same again makes no difference to records.
   * @returns What `settle` takes: the test files that passed for now.
   * @throws StoreError
   */
  commit(batch: CommitBatch, now: number): number[] {
    const provisional = this.#connection.guard(() =>
      this.#commits.commit(batch, now, (work) => this.#connection.write(work)),
    );
    shrink(this.#db);
    return provisional;
  }

  /**
   * Test files that passed for now, as the batch of their commit said, did so for good.
   * @throws StoreError
   */
  settle(provisional: readonly number[]): void {
    this.#write(() => this.#commits.settle(provisional));
  }

  /**
   * Unites another database with this one. Doing so twice, or in another order, makes no difference.
   * @throws StoreError about either file.
   */
  merge(otherFile: string, now: number): void {
    this.mergeAll([otherFile], now);
  }

  /**
   * As `merge`, with several databases, all of them or none.
   * @param keep How many complete records a test file keeps. Default: 8.
   * @param merged Called for every test file that was merged.
   * @throws StoreError about any of the files.
   */
  mergeAll(otherFiles: readonly string[], now: number, keep?: number, merged?: () => void): void {
    const files = otherFiles.filter((file) => !isSameFile(this.file, file));
    if (files.length === 0) return;
    this.#write(() => {
      const target = { file: this.file, db: this.#db, loader: this.#load, details: this.#detail };
      for (const file of files)
        mergeDatabase(target, file, this.#connection.options, { now, keep, merged });
      // What it holds now is no longer what one shard left.
      this.#db.prepare<[string]>('DELETE FROM note WHERE key = ?').run(SHARD_NOTE);
    });
  }

  /** What the database and a shared store know of each other. */
  sharing(place: SharedPlace): Sharing {
    return new Sharing(this.#connection, place);
  }

  /** How much the database holds. */
  totals(): Totals {
    return this.#connection.guard(() => readTotals(this.#db));
  }

  /** Reads all of it for damage that opening does not show; a line for each find. */
  findDamage(): string[] {
    return this.#connection.guard(() => findDamage(this.#db));
  }

  /** What the database says, without ids, times and durations: equal content gives equal JSON. */
  snapshot(): Snapshot {
    return this.#connection.atomically(() => takeSnapshot(this.#db, this.#load, this.#detail));
  }

  /** Closes the database; a second time does nothing. */
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

  get #files(): FileStates {
    return (this.#fileStates ??= new FileStates(this.#db));
  }

  get #db(): Database {
    return this.#connection.db;
  }

  #write(work: () => void): void {
    this.#connection.write(work);
    shrink(this.#db);
  }
}
