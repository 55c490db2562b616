import type { Database } from 'better-sqlite3';
import { Clock } from '../connection/clock';
import { packHash } from '../../records/encoding';
import { CoverageWriter } from './coverage';
import type { Environments } from './environments';
import { FailureWriter } from './failures';
import { FlakyWriter } from './flaky';
import type { IdRecord } from '../../records/footprint';
import { Interning } from './interning';
import { finite, stamp } from './numbers';
import { PreparedRows } from './prepared-rows';
import { RecordPreparer, type PreparedRecord } from './record-preparer';
import { Pruning } from './pruning';
import { RecordWriter } from './record-writer';
import { limitRuns } from './runs';
import { SpotCheckWriter } from './spot-checks';
import type { CommitBatch, TestFileKey, TestFileRecord, TestRunOutcome } from '../../records/types';

/** Runs a function in a transaction that writes. */
export type Transact = (work: () => void) => void;

/**
 * About this many footprint entries are written in one transaction, which takes a fraction of a second. Other
 * processes can write between two transactions.
 */
const MAX_ENTRIES = 50_000;

/**
 * How long what is known of a test file outlives the file, in milliseconds: another branch may still have it, and a
 * shared store may still lack it. As long as unused versions.
 */
const MAX_GONE_MS = 30 * 24 * 3_600_000;

/**
 * Writes the results of runs. Records are read and hashed outside of transactions. They are independent facts, so a
 * large run writes them in several transactions. Everything else is written with the last of them.
 */
export class Committer {
  readonly #clock: Clock;
  readonly #environments: Environments;
  readonly #interning: Interning;
  readonly #records: RecordWriter;
  readonly #coverage: CoverageWriter;
  readonly #pruning: Pruning;
  readonly #failures: FailureWriter;
  readonly #flaky: FlakyWriter;
  readonly #spotChecks: SpotCheckWriter;
  readonly #noteOutcome;
  readonly #settle;
  readonly #settlePassed;
  readonly #doubt;
  readonly #findFailed;
  readonly #match;
  readonly #removeOld;
  readonly #order;
  readonly #db: Database;
  readonly #saveState;
  readonly #saveNote;
  readonly #saveRun;

  constructor(db: Database, environments: Environments) {
    this.#db = db;
    this.#clock = new Clock(db);
    this.#environments = environments;
    this.#interning = new Interning(db);
    this.#records = new RecordWriter(db);
    this.#coverage = new CoverageWriter(db);
    this.#pruning = new Pruning(db, this.#coverage);
    this.#failures = new FailureWriter(db);
    this.#flaky = new FlakyWriter(db);
    this.#spotChecks = new SpotCheckWriter(db);
    this.#noteOutcome = db
      .prepare<[number, string, number, string, number | null, number], number>(
        `INSERT INTO test_file (environment_id, path, failed, last_outcome, duration, last_run_at)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (environment_id, path) DO UPDATE SET
           failed = max(failed, excluded.failed), last_outcome = excluded.last_outcome,
           duration = coalesce(excluded.duration, duration), last_run_at = excluded.last_run_at
         RETURNING id`,
      )
      .pluck();
    this.#findFailed = db
      .prepare<[number, string], [id: number, lastRunAt: unknown]>(
        'SELECT id, last_run_at FROM test_file WHERE environment_id = ? AND path = ? AND failed <> 0',
      )
      .raw();
    this.#settle = db.prepare<[number]>('UPDATE test_file SET failed = 0 WHERE id = ?');
    this.#doubt = db.prepare<[number]>('UPDATE test_file SET failed = 1 WHERE id = ?');
    this.#settlePassed = db.prepare<[number]>(
      "UPDATE test_file SET failed = 0 WHERE id = ? AND last_outcome = 'passed'",
    );
    this.#match = db.prepare<[number, number]>(
      'UPDATE record SET matched_at = max(matched_at, ?) WHERE id = ?',
    );
    this.#removeOld = db.prepare<[number, string, number, number]>(
      `DELETE FROM test_file WHERE environment_id = ? AND path = ? AND last_run_at < ?
         AND NOT EXISTS (SELECT 1 FROM record r WHERE r.test_file_id = test_file.id AND r.matched_at >= ?)`,
    );
    this.#order = db.prepare<[number, number, string]>(
      'UPDATE test_file SET order_dependent = ? WHERE environment_id = ? AND path = ?',
    );
    this.#saveState = db.prepare<[string, number, string, string, string, Buffer | string]>(
      'INSERT OR REPLACE INTO file_state (path, size, mtime, ctime, inode, content_hash) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#saveNote = db.prepare<[string, string]>(
      'INSERT OR REPLACE INTO note (key, value) VALUES (?, ?)',
    );
    this.#saveRun = db.prepare<[number, number, number, number, number]>(
      'INSERT OR IGNORE INTO run (started_at, duration, selected, total, saved) VALUES (?, ?, ?, ?, ?)',
    );
  }

  /**
   * @returns The rows of test files that passed provisionally: they stay selected until they are settled.
   * @throws {StoreError} With the reason `missing`, if the batch refers to an environment that does not exist.
   */
  commit(batch: CommitBatch, now: number, transact: Transact): number[] {
    this.#interning.reset();
    this.#provisional = [];
    this.#hasEscapes = false;
    const preparer = new RecordPreparer();
    const rows = new PreparedRows(preparer, this.#interning);
    const part: Part = { batch, rows, records: [], entries: 0, dropped: 0 };
    for (const record of batch.records) {
      add(part, preparer.prepare(record, batch.isProvisional?.(record) === true));
      if (part.entries >= MAX_ENTRIES) transact(() => this.#saveRecords(part, now));
    }
    transact(() => {
      const at = this.#saveRecords(part, now);
      for (const [environmentId, version] of preparer.met())
        this.#interning.learn(environmentId, version, at);
      this.#saveRest(batch, at, part.dropped);
    });
    this.#interning.reset();
    return this.#provisional;
  }

  /** Writes the collected records, and empties the list. */
  #saveRecords(part: Part, now: number): number {
    this.#known.clear();
    if (this.#interning.refreshIds()) part.rows.forget();
    const at = this.#clock.next(stamp(now));
    // What a part settles was open when this commit began.
    this.#hasEscapes ||= this.#spotChecks.hasOpen;
    for (const record of part.records) part.dropped += this.#saveRecord(record, at, part);
    part.records = [];
    part.entries = 0;
    return at;
  }

  /**
   * Writes everything but the records.
   * @param dropped The number of old records that were removed.
   */
  #saveRest(batch: CommitBatch, at: number, dropped: number): void {
    let gone = 0;
    const doubtful = batch.doubtful ?? [];
    for (const { environmentId } of [
      ...batch.failures,
      ...doubtful,
      ...(batch.flaky ?? []),
      ...batch.contents,
      ...batch.gone,
    ])
      this.#checkEnvironment(environmentId);
    for (const { environmentId, path, duration } of batch.failures) {
      this.#outcome({ environmentId, path }, 'failed', duration, at);
    }
    for (const { environmentId, path } of doubtful) {
      const id = Number(this.#noteOutcome.get(environmentId, path, 1, 'failed', null, at));
      if (batch.doubtsSince !== undefined) gone += this.#records.forget(id, batch.doubtsSince);
    }
    for (const { environmentId, path, value } of batch.orderDependent ?? []) {
      this.#order.run(value ? 1 : 0, environmentId, path);
    }
    // An escape says that something changed that is not watched. While one is open, another outcome proves nothing.
    if (!this.#hasEscapes) for (const sighting of batch.flaky ?? []) this.#flaky.add(sighting, at);
    this.#flaky.forgetOld(at);
    for (const id of batch.matched) this.#match.run(at, id);
    const inUse = this.#interning.newVersions;
    for (const { environmentId, version } of batch.contents)
      this.#interning.learn(environmentId, version, at);
    this.#interning.writeContents();
    const old = at - MAX_GONE_MS;
    for (const { environmentId, path } of batch.gone) {
      gone += this.#removeOld.run(environmentId, path, old, old).changes;
      this.#failures.forget(environmentId, path);
      this.#flaky.forget(environmentId, path);
      this.#spotChecks.forget(environmentId, path);
    }
    for (const { path, size, mtime, ctime, inode, contentHash } of batch.fileStates) {
      this.#saveState.run(
        path,
        Math.trunc(finite(size)),
        mtime,
        ctime,
        inode,
        packHash(contentHash),
      );
    }
    for (const file of batch.coveredFiles ?? []) {
      this.#checkEnvironment(file.environmentId);
      this.#coverage.keepFile(file);
    }
    for (const { key, value } of batch.notes) this.#saveNote.run(key, value);
    this.#saveSpotChecks(batch, at);
    this.#saveSummary(batch);
    gone += this.#environments.prune();
    const unused = this.#interning.newVersions - inUse + this.#interning.newContents;
    this.#pruning.note(dropped + gone + unused, at);
  }

  /** Makes provisional passes final, except for test files that have failed since. */
  settle(ids: readonly number[]): void {
    for (const id of ids) {
      this.#settlePassed.run(id);
      this.#spotChecks.settle(id);
    }
  }

  /** @returns The number of old records that were removed. */
  #saveRecord(
    { record, facts, isProvisional }: PreparedRecord,
    now: number,
    { batch, rows }: Part,
  ): number {
    const { environmentId, outcome, complete, duration, recordedAt } = record;
    this.#checkEnvironment(environmentId);
    const failedSince = outcome === 'passed' ? this.#failedSince(record, batch.began) : null;
    const id = failedSince ?? this.#outcome(record, outcome, duration, now);
    // A failed test file has no facts that could stand for another run. It stays selected until it passes.
    if (facts === null) return 0;
    const resolved: IdRecord = {
      complete,
      duration: finite(duration),
      recordedAt: stamp(recordedAt),
      matchedAt: now,
      shared: rows.of(environmentId, facts.shared),
      tests: facts.tests.map((test) => rows.of(environmentId, test)),
    };
    const whole = rows.of(environmentId, facts.whole);
    const recordId = this.#records.write(
      { id, environmentId, path: record.path },
      resolved,
      whole,
      facts.hash,
    );
    if (record.coverage !== undefined)
      this.#coverage.write(recordId, record.coverage, stamp(recordedAt));
    if (record.scripts !== undefined)
      this.#coverage.scripts.write(recordId, record.scripts, stamp(recordedAt));
    if (complete && failedSince === null) {
      if (!isProvisional) {
        this.#settle.run(id);
        if (this.#hasEscapes) this.#spotChecks.settle(id);
      } else {
        this.#doubt.run(id);
        this.#provisional.push(id);
      }
    }
    return this.#records.limit(id, batch.keep);
  }

  /**
   * Returns the row of a test file if it failed after the given pass, in a parallel or later run. A pass settles only
   * failures before it. A run that began after the failure was committed is certainly later. Otherwise the clocks
   * decide.
   */
  #failedSince(
    { environmentId, path, recordedAt }: TestFileRecord,
    began: number | undefined,
  ): number | null {
    if (began === undefined) return null;
    const [id, failedAt] = this.#findFailed.get(environmentId, path) ?? [];
    if (id === undefined || Number(failedAt) <= began) return null;
    return recordedAt > Number(failedAt) ? null : id;
  }

  /** Notes the outcome of a test file. A failure stays until a complete pass settles it. */
  #outcome(
    key: TestFileKey,
    outcome: TestRunOutcome,
    duration: number | undefined,
    now: number,
  ): number {
    const failed = outcome === 'failed' ? 1 : 0;
    if (outcome === 'failed') this.#failures.add(key, now);
    const took = duration === undefined ? null : finite(duration);
    return Number(this.#noteOutcome.get(key.environmentId, key.path, failed, outcome, took, now));
  }

  #saveSpotChecks({ trust, spotChecks = [], escapes = [] }: CommitBatch, at: number): void {
    if (trust === true) this.#spotChecks.settleAll();
    for (const check of spotChecks) this.#spotChecks.check(check, at);
    for (const escape of escapes) {
      // At the first escape, the cause may be something that is not watched. At a second one that is unlikely, so the
      // test counts as flaky.
      if (this.#spotChecks.isOpen(escape) === false) this.#flaky.addFile(escape, at);
      this.#spotChecks.escape(escape, at);
    }
  }

  #saveSummary({ run }: CommitBatch): void {
    if (run === undefined) return;
    const { startedAt, duration, selected, total, saved } = run;
    this.#saveRun.run(
      stamp(startedAt),
      finite(duration),
      stamp(selected),
      stamp(total),
      finite(saved),
    );
    limitRuns(this.#db);
  }

  /** Whether an escape was open when this commit began. Otherwise no pass needs to settle one. */
  #hasEscapes = false;

  /** The rows of test files that passed provisionally in this transaction. */
  #provisional: number[] = [];

  /** The ids of environments that exist in this transaction. */
  readonly #known = new Set<number>();

  #checkEnvironment(id: number): void {
    if (this.#known.has(id)) return;
    this.#environments.get(id);
    this.#known.add(id);
  }
}

/** The records of one transaction. */
interface Part {
  batch: CommitBatch;
  rows: PreparedRows;
  records: PreparedRecord[];
  /** The number of footprint entries in it. */
  entries: number;
  /** The number of old records that were removed, in this part and in those before. */
  dropped: number;
}

function add(part: Part, prepared: PreparedRecord): void {
  part.records.push(prepared);
  part.entries += 1;
  const { whole, tests = [] } = prepared.facts ?? {};
  for (const footprint of [whole, ...tests])
    part.entries += (footprint?.blocks.length ?? 0) + (footprint?.dependencies.length ?? 0);
}
