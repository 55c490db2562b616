import type { Database } from 'better-sqlite3';
import { Clock } from '../connection/clock';
import { packHash } from '../../records/encoding';
import type { Environments } from './environments';
import { FailureWriter } from './failures';
import type { IdRecord } from '../../records/footprint';
import { Interning } from './interning';
import { Pruning } from './pruning';
import { RecordWriter } from './record-writer';
import { limitRuns } from './runs';
import { SpotCheckWriter } from './spot-checks';
import type { CommitBatch, TestFileKey, TestFileRecord, TestRunOutcome } from '../../records/types';

/** Writes what runs leave behind. The caller holds the transaction. */
export class Committer {
  readonly #clock: Clock;
  readonly #environments: Environments;
  readonly #interning: Interning;
  readonly #records: RecordWriter;
  readonly #pruning: Pruning;
  readonly #failures: FailureWriter;
  readonly #spotChecks: SpotCheckWriter;
  readonly #noteOutcome;
  readonly #settle;
  readonly #settlePassed;
  readonly #doubt;
  readonly #findFailed;
  readonly #match;
  readonly #remove;
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
    this.#pruning = new Pruning(db);
    this.#failures = new FailureWriter(db);
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
    this.#remove = db.prepare<[number, string]>(
      'DELETE FROM test_file WHERE environment_id = ? AND path = ?',
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
   * @returns The rows of test files that passed and are selected until they are settled.
   * @throws StoreError `missing` when something is about an environment that is not there.
   */
  commit(batch: CommitBatch, now: number): number[] {
    this.#interning.reset();
    this.#known.clear();
    this.#provisional = [];
    const at = this.#clock.next(stamp(now));
    this.#hasEscapes = this.#spotChecks.hasOpen;
    let dropped = 0;
    for (const record of batch.records) dropped += this.#saveRecord(record, at, batch);
    const doubtful = batch.doubtful ?? [];
    for (const { environmentId } of [
      ...batch.failures,
      ...doubtful,
      ...batch.contents,
      ...batch.gone,
    ])
      this.#checkEnvironment(environmentId);
    for (const { environmentId, path, duration } of batch.failures) {
      this.#outcome({ environmentId, path }, 'failed', duration, at, batch);
    }
    for (const { environmentId, path } of batch.doubtful ?? [])
      this.#noteOutcome.get(environmentId, path, 1, 'failed', null, at);
    for (const { environmentId, path, value } of batch.orderDependent ?? []) {
      this.#order.run(value ? 1 : 0, environmentId, path);
    }
    // The pass that settles an escape may come of a repair that nobody watches.
    if (!this.#hasEscapes)
      for (const testFile of batch.flaky ?? []) this.#failures.markFlakyIn(testFile);
    for (const id of batch.matched) this.#match.run(at, id);
    const inUse = this.#interning.newVersions;
    for (const { environmentId, version } of batch.contents)
      this.#interning.learn(environmentId, version, at);
    this.#interning.writeContents();
    for (const { environmentId, path } of batch.gone) {
      dropped += this.#remove.run(environmentId, path).changes;
      this.#failures.forget(environmentId, path);
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
    for (const { key, value } of batch.notes) this.#saveNote.run(key, value);
    this.#saveSpotChecks(batch, at);
    this.#saveSummary(batch);
    dropped += this.#environments.prune();
    const unused = this.#interning.newVersions - inUse + this.#interning.newContents;
    this.#pruning.note(dropped + unused, at);
    this.#interning.reset();
    return this.#provisional;
  }

  /** Test files that passed for now did so for good, unless they have failed since. */
  settle(ids: readonly number[]): void {
    for (const id of ids) {
      this.#settlePassed.run(id);
      this.#spotChecks.settle(id);
    }
  }

  /** @returns How many records had to make room. */
  #saveRecord(record: TestFileRecord, now: number, batch: CommitBatch): number {
    const { environmentId, outcome, complete, duration, recordedAt, shared, tests } = record;
    this.#checkEnvironment(environmentId);
    const failedSince = outcome === 'passed' ? this.#failedSince(record, batch.began) : null;
    const id = failedSince ?? this.#outcome(record, outcome, duration, now, batch);
    // What failed is no fact that could stand for another run; it stays selected until it passes.
    if (outcome === 'failed') return 0;
    const sharedIds = this.#interning.footprint(environmentId, shared, now);
    const resolved: IdRecord = {
      complete,
      duration: finite(duration),
      recordedAt: stamp(recordedAt),
      matchedAt: now,
      shared: sharedIds,
      tests: tests.map((test) => ({
        name: test.name,
        ordinal: stamp(test.ordinal),
        outcome: test.outcome,
        duration: finite(test.duration),
        ...this.#interning.footprint(environmentId, test, now, sharedIds),
      })),
    };
    this.#records.write({ id, environmentId, path: record.path }, resolved, this.#interning);
    if (complete && failedSince === null) {
      if (batch.isProvisional?.(record) !== true) {
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
   * The row of a test file that failed after what passed now, in a run beside or after this one. Every failure
   * counts, and a pass settles only those that came before it. A run that began after a failure was committed is
   * later without doubt; otherwise the clocks must tell.
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

  /** Notes how a test file came out; a failure stays until a complete pass settles it. */
  #outcome(
    key: TestFileKey,
    outcome: TestRunOutcome,
    duration: number | undefined,
    now: number,
    batch: CommitBatch,
  ): number {
    const failed = outcome === 'failed' ? 1 : 0;
    if (outcome === 'failed') this.#failures.add(key, now, batch.wasUnaffected?.(key) === true);
    const took = duration === undefined ? null : finite(duration);
    return Number(this.#noteOutcome.get(key.environmentId, key.path, failed, outcome, took, now));
  }

  #saveSpotChecks({ trust, spotChecks = [], escapes = [] }: CommitBatch, at: number): void {
    if (trust === true) this.#spotChecks.settleAll();
    for (const check of spotChecks) this.#spotChecks.check(check, at);
    for (const escape of escapes) {
      // Once it may be what is not watched; a second time nobody has found that, so the test is flaky.
      if (this.#spotChecks.isOpen(escape) === false) this.#failures.markFlaky(escape);
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

  /** Whether an escape was open when this transaction began: else no pass has any to settle. */
  #hasEscapes = false;

  /** Rows of test files that passed for now, in this transaction. */
  #provisional: number[] = [];

  /** Environments that were there in this transaction. */
  readonly #known = new Set<number>();

  #checkEnvironment(id: number): void {
    if (this.#known.has(id)) return;
    this.#environments.get(id);
    this.#known.add(id);
  }
}

/** Whole numbers, as the columns of times and counts demand. */
export function stamp(value: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(finite(value))));
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
