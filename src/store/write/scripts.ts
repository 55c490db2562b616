import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { CountedScripts, FileScripts } from '../../records/coverage';
import { encodeIds, seal } from '../../records/encoding';
import { usedIds } from './used-ids';

/** Returns the owner for which the list of a record is sealed. */
export function scriptsOwner(recordId: number, key: string): string {
  return `scripts ${recordId} ${key}`;
}

/** Returns the owner for which the counts of a file are sealed. */
export function countsOwner(path: string): string {
  return `counts ${path}`;
}

/** Writes what V8 counted while test files ran. */
export class ScriptsWriter {
  readonly #db: Database;
  readonly #find;
  readonly #insert;
  readonly #has;
  readonly #save;
  readonly #forgetSent;

  constructor(db: Database) {
    this.#db = db;
    this.#find = db.prepare<[string, Buffer], { id: number; packed: unknown }>(
      'SELECT id, packed FROM script_counts WHERE path = ? AND hash = ?',
    );
    this.#insert = db.prepare<[string, Buffer, Buffer]>(
      `INSERT INTO script_counts (path, hash, packed) VALUES (?, ?, ?)`,
    );
    this.#has = db
      .prepare<[number], number>('SELECT 1 FROM script_coverage WHERE record_id = ?')
      .pluck();
    this.#forgetSent = db.prepare<[number]>('DELETE FROM shared_record WHERE record_id = ?');
    this.#save = db.prepare<[number, number, string, Buffer]>(
      'INSERT OR REPLACE INTO script_coverage (record_id, recorded_at, key, counts) VALUES (?, ?, ?, ?)',
    );
  }

  /**
   * Writes what was counted for a record. Replaces what was before.
   * @param isSent Whether it comes from where the record is shared. Else a record of which this is the first is sent
   * there again.
   */
  write(
    recordId: number,
    { key, files }: CountedScripts,
    recordedAt: number,
    isSent = false,
  ): void {
    if (!isSent && this.#has.get(recordId) === undefined) this.#forgetSent.run(recordId);
    const all = new Set(files.map((one) => this.#countsId(one)));
    const ids = encodeIds([...all].sort((a, b) => a - b));
    this.#save.run(recordId, recordedAt, key, seal(ids, scriptsOwner(recordId, key)));
  }

  /** Removes lists that are damaged, and counts that no record refers to. */
  prune(): void {
    const rows = this.#db.prepare<[], { record_id: number; key: string; counts: unknown }>(
      'SELECT record_id, key, counts FROM script_coverage',
    );
    const { used, damaged } = usedIds(
      rows.iterate(),
      ({ record_id: recordId, key, counts: sealed }) => ({
        ...{ recordId, sealed },
        owner: scriptsOwner(recordId, key),
      }),
    );
    const forget = this.#db.prepare<[number]>('DELETE FROM script_coverage WHERE record_id = ?');
    for (const id of damaged) forget.run(id);
    const remove = this.#db.prepare<[number]>('DELETE FROM script_counts WHERE id = ?');
    for (const id of this.#db.prepare<[], number>('SELECT id FROM script_counts').pluck().all())
      if (!used.has(id)) remove.run(id);
  }

  #countsId({ path, packed }: FileScripts): number {
    const hash = createHash('sha1').update(packed).digest();
    const sealed = seal(packed, countsOwner(path));
    const known = this.#find.get(path, hash);
    if (known === undefined) return Number(this.#insert.run(path, hash, sealed).lastInsertRowid);
    // Where it was damaged, it is whole again.
    if (!Buffer.isBuffer(known.packed) || !known.packed.equals(sealed))
      this.#db.prepare('UPDATE script_counts SET packed = ? WHERE id = ?').run(sealed, known.id);
    return known.id;
  }
}
