import type { Database } from 'better-sqlite3';
import { BlocksCursor, IdsCursor, unseal } from '../../records/encoding';
import { CoverageWriter } from './coverage';
import { recordOwner } from './record-writer';

/** How many unused versions of a file are kept. Returning to one of them saves a transform. */
const MAX_SPARE_VERSIONS = 4;

/** How long an unused version is kept, in milliseconds. */
const MAX_SPARE_MS = 30 * 24 * 3_600_000;

/** How many contents of one version are kept. */
const MAX_CONTENTS = 16;

/** Pruning waits until at least this many rows may be unused. */
const MIN_PENDING = 256;

/** The note that stores the number of possibly unused rows. */
const PENDING_NOTE = 'store:pending';

interface RecordRow {
  id: number;
  complete: unknown;
  blocks: unknown;
  dependencies: unknown;
  environment_id: number;
  path: string;
}

/**
 * Removes rows that no record refers to. Finding them requires reading every record. So it happens only when about a
 * quarter of the rows may be unused, which spreads the cost over many commits.
 */
export class Pruning {
  readonly #db: Database;
  readonly #coverage: CoverageWriter;
  readonly #readPending;
  readonly #savePending;
  readonly #count;

  constructor(db: Database, coverage = new CoverageWriter(db)) {
    this.#db = db;
    this.#coverage = coverage;
    this.#readPending = db
      .prepare<[string], string>('SELECT value FROM note WHERE key = ?')
      .pluck();
    this.#savePending = db.prepare<[string, string]>(
      'INSERT OR REPLACE INTO note (key, value) VALUES (?, ?)',
    );
    this.#count = db
      .prepare<[], number>('SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM content)')
      .pluck();
  }

  /**
   * Counts the rows that a commit may have left unused, and prunes if they are many.
   * @param rows The number of removed records, and of versions and contents that were added without a record.
   */
  note(rows: number, now: number): void {
    if (rows === 0) return;
    const pending = (Number(this.#readPending.get(PENDING_NOTE)) || 0) + rows;
    const due = pending >= MIN_PENDING && pending >= (this.#count.get() ?? 0) / 4;
    if (due) this.prune(now);
    this.#savePending.run(PENDING_NOTE, String(due ? 0 : pending));
  }

  /** Removes all unused rows. */
  prune(now: number): void {
    const used = this.#used();
    this.#pruneVersions(used.versions, now);
    this.#pruneDependencies(used.dependencies);
    this.#coverage.prune();
    this.#db
      .prepare(
        `DELETE FROM content WHERE (file_version_id, hash) IN (
           SELECT file_version_id, hash FROM (
             SELECT file_version_id, hash, row_number() OVER (
               PARTITION BY file_version_id ORDER BY learned_at DESC, hash DESC
             ) AS place FROM content
           ) WHERE place > ?
         )`,
      )
      .run(MAX_CONTENTS);
    this.#db
      .prepare(
        `DELETE FROM file_state WHERE path NOT IN (
           SELECT path FROM file_version UNION SELECT path FROM test_file
           UNION SELECT name FROM dependency WHERE kind = 'file'
         )`,
      )
      .run();
  }

  /**
   * Collects the ids that records refer to, and deletes malformed records. A record's footprint includes those of its
   * tests.
   */
  #used(): { versions: Set<number>; dependencies: Set<number> } {
    const versions = new Set<number>();
    const dependencies = new Set<number>();
    const damaged: number[] = [];
    const rows = this.#db.prepare<[], RecordRow>(
      `SELECT r.id, r.complete, r.blocks, r.dependencies, t.environment_id, t.path
       FROM test_file t JOIN record r ON r.test_file_id = t.id`,
    );
    for (const row of rows.iterate()) {
      const owner = recordOwner(
        { environmentId: row.environment_id, path: row.path },
        row.complete === 1,
      );
      const blocks = unseal(row.blocks, owner);
      const ids = unseal(row.dependencies, owner);
      try {
        if (blocks === null || ids === null) throw new Error('not sealed');
        for (const cursor = new BlocksCursor(blocks); cursor.next();) versions.add(cursor.version);
        for (const cursor = new IdsCursor(ids); cursor.next();) dependencies.add(cursor.id);
      } catch {
        // It does not decode, so it is deleted.
        damaged.push(row.id);
      }
    }
    const remove = this.#db.prepare<[number]>('DELETE FROM record WHERE id = ?');
    for (const id of damaged) remove.run(id);
    return { versions, dependencies };
  }

  #pruneVersions(used: ReadonlySet<number>, now: number): void {
    const rows = this.#db
      .prepare<[], { id: number; file: string; learned_at: number }>(
        `SELECT v.id, v.environment_id || ':' || v.form || ':' || v.path AS file, coalesce(max(c.learned_at), 0) AS learned_at
         FROM file_version v LEFT JOIN content c ON c.file_version_id = v.id
         GROUP BY v.id ORDER BY learned_at DESC, v.id DESC`,
      )
      .all();
    const spare = new Map<string, number>();
    const remove = this.#db.prepare<[number]>('DELETE FROM file_version WHERE id = ?');
    for (const { id, file, learned_at: learnedAt } of rows) {
      if (used.has(id)) continue;
      const kept = spare.get(file) ?? 0;
      if (kept < MAX_SPARE_VERSIONS && learnedAt > now - MAX_SPARE_MS) spare.set(file, kept + 1);
      else remove.run(id);
    }
  }

  #pruneDependencies(used: ReadonlySet<number>): void {
    const ids = this.#db.prepare<[], number>('SELECT id FROM dependency').pluck().all();
    const remove = this.#db.prepare<[number]>('DELETE FROM dependency WHERE id = ?');
    for (const id of ids) if (!used.has(id)) remove.run(id);
  }
}
