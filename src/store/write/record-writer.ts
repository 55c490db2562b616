import type { Database } from 'better-sqlite3';
import { seal } from '../../records/encoding';
import { encodeFootprint, type IdFootprint, type IdRecord } from '../../records/footprint';
import type { TestFileKey } from '../../records/types';

/** How many complete records a test file keeps. */
export const MAX_RECORDS = 8;

/** A row of `test_file`. */
export interface TestFileRow extends TestFileKey {
  id: number;
}

/** Returns the owner for which the values of a record are sealed. */
export function recordOwner({ environmentId, path }: TestFileKey, complete: boolean): string {
  return `${environmentId}:${complete ? 'complete' : 'incomplete'}:${path}`;
}

/** Returns the owner for which the values of a test are sealed. */
export function testOwner(recordId: number): string {
  return `record ${recordId}`;
}

/** Writes passing records, and removes the oldest ones. */
export class RecordWriter {
  readonly #find;
  readonly #insert;
  readonly #replace;
  readonly #deleteTests;
  readonly #insertTest;
  readonly #excess;
  readonly #crowded;
  readonly #delete;
  readonly #forget;

  constructor(db: Database) {
    this.#find = db
      .prepare<[number, Buffer], number>(
        'SELECT id FROM record WHERE test_file_id = ? AND hash = ?',
      )
      .pluck();
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
    this.#crowded = db
      .prepare<[number], number>(
        `SELECT test_file_id FROM record GROUP BY test_file_id
         HAVING sum(complete = 1) > ? OR sum(complete <> 1) > 1`,
      )
      .pluck();
    this.#delete = db.prepare<[number]>('DELETE FROM record WHERE id = ?');
    this.#forget = db.prepare<[number, number]>(
      'DELETE FROM record WHERE test_file_id = ? AND matched_at > ?',
    );
  }

  /**
   * Writes a record. Replaces one with the same hash, because its versions and durations are older.
   * @param everything The union of all footprints of the record.
   * @param hash As `recordHash` returns it.
   * @returns The id of the record.
   */
  write(testFile: TestFileRow, record: IdRecord, everything: IdFootprint, hash: Buffer): number {
    const { duration, recordedAt, matchedAt } = record;
    const whole = encodeFootprint(everything);
    const owner = recordOwner(testFile, record.complete);
    const blocks = seal(whole.blocks, owner);
    const dependencies = seal(whole.dependencies, owner);
    let id = this.#find.get(testFile.id, hash);
    if (id === undefined) {
      const complete = record.complete ? 1 : 0;
      const added = this.#insert.run(
        testFile.id,
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
      this.#replace.run(duration, recordedAt, matchedAt, blocks, dependencies, id);
      this.#deleteTests.run(id);
    }
    const recordId = id;
    record.tests.forEach((test, position) => {
      const own = encodeFootprint(test);
      const name = JSON.stringify(test.name);
      const { ordinal, outcome, duration: took } = test;
      this.#insertTest.run(
        recordId,
        position,
        name,
        ordinal,
        outcome,
        took,
        seal(own.blocks, testOwner(recordId)),
        seal(own.dependencies, testOwner(recordId)),
      );
    });
    return recordId;
  }

  /**
   * Removes the least recently matched records of a test file, except for `keep` complete ones and one incomplete
   * one.
   * @returns The number of removed records.
   */
  limit(testFileId: number, keep = MAX_RECORDS): number {
    const excess = [
      ...this.#excess.all(testFileId, 1, keep),
      ...this.#excess.all(testFileId, 0, 1),
    ];
    for (const id of excess) this.#delete.run(id);
    return excess.length;
  }

  /** Like `limit`, for all test files that have too many. */
  limitAll(keep = MAX_RECORDS): void {
    const ids = this.#crowded.all(keep);
    for (const id of ids) this.limit(id, keep);
  }

  /** Deletes the records that were written, or matched, after a time. @returns The number of removed records. */
  forget(testFileId: number, since: number): number {
    return this.#forget.run(testFileId, since).changes;
  }
}
