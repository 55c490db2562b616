import type { Database } from 'better-sqlite3';
import { seal } from './encoding';
import { encodeFootprint, recordHash, union, type IdRecord, type Rows } from './footprint';

/** How many complete records a test file keeps. */
export const KEPT_RECORDS = 8;

/** Writes passing records, and drops those that are too many. */
export class RecordWriter {
  readonly #find;
  readonly #insert;
  readonly #replace;
  readonly #deleteTests;
  readonly #insertTest;
  readonly #excess;
  readonly #delete;

  constructor(db: Database) {
    this.#find = db.prepare<
      [number, Buffer],
      { id: number; matched_at: number; recorded_at: number }
    >('SELECT id, matched_at, recorded_at FROM record WHERE test_file_id = ? AND hash = ?');
    this.#insert = db.prepare<[number, Buffer, number, number, number, number, Buffer, Buffer]>(
      `INSERT INTO record (test_file_id, hash, complete, duration, recorded_at, matched_at, blocks, dependencies)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#replace = db.prepare<[number, number, number, Buffer, Buffer, number]>(
      'UPDATE record SET duration = ?, recorded_at = ?, matched_at = ?, blocks = ?, dependencies = ? WHERE id = ?',
    );
    this.#deleteTests = db.prepare<[number]>('DELETE FROM test WHERE record_id = ?');
    this.#insertTest = db.prepare<[number, number, string, number, string, number, Buffer, Buffer]>(
      `INSERT INTO test (record_id, position, name, ordinal, outcome, duration, blocks, dependencies)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#excess = db
      .prepare<[number, number, number], number>(
        `SELECT id FROM record WHERE test_file_id = ? AND complete = ?
         ORDER BY matched_at DESC, recorded_at DESC, hash DESC LIMIT -1 OFFSET ?`,
      )
      .pluck();
    this.#delete = db.prepare<[number]>('DELETE FROM record WHERE id = ?');
  }

  /** The record of a test file that says the same, if there is one. */
  find(
    testFileId: number,
    hash: Buffer,
  ): { id: number; matchedAt: number; recordedAt: number } | null {
    const row = this.#find.get(testFileId, hash);
    return row === undefined
      ? null
      : { id: row.id, matchedAt: row.matched_at, recordedAt: row.recorded_at };
  }

  /** Writes a record; one that says the same is replaced, as its versions and durations are older. */
  write(testFileId: number, record: IdRecord, rows: Rows, hash = recordHash(record, rows)): void {
    const { duration, recordedAt, matchedAt } = record;
    const whole = encodeFootprint(union([record.shared, ...record.tests]));
    const blocks = seal(whole.blocks);
    const dependencies = seal(whole.dependencies);
    const known = this.find(testFileId, hash);
    let id: number;
    if (known === null) {
      const complete = record.complete ? 1 : 0;
      const added = this.#insert.run(
        testFileId,
        hash,
        complete,
        duration,
        recordedAt,
        matchedAt,
        blocks,
        dependencies,
      );
      id = Number(added.lastInsertRowid);
    } else {
      id = known.id;
      this.#replace.run(duration, recordedAt, matchedAt, blocks, dependencies, id);
      this.#deleteTests.run(id);
    }
    record.tests.forEach((test, position) => {
      const own = encodeFootprint(test);
      const name = JSON.stringify(test.name);
      const { ordinal, outcome, duration: took } = test;
      this.#insertTest.run(
        id,
        position,
        name,
        ordinal,
        outcome,
        took,
        seal(own.blocks),
        seal(own.dependencies),
      );
    });
  }

  /**
   * Drops the least recently matched records of a test file beyond `keep` complete ones and one incomplete one.
   * @returns How many were dropped.
   */
  limit(testFileId: number, keep = KEPT_RECORDS): number {
    const excess = [
      ...this.#excess.all(testFileId, 1, keep),
      ...this.#excess.all(testFileId, 0, 1),
    ];
    for (const id of excess) this.#delete.run(id);
    return excess.length;
  }
}
