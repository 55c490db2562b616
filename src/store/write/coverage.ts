import type { Database } from 'better-sqlite3';
import { encodeIds, seal } from '../../records/encoding';
import type { FileHits, KeptCoveredFile } from '../../records/coverage';
import { ScriptsWriter } from './scripts';
import { usedIds } from './used-ids';

/** Returns the owner for which the hits of a record are sealed. */
export function coverageOwner(recordId: number): string {
  return `coverage ${recordId}`;
}

/** Returns the owner for which a set of hits is sealed. */
export function hitSetOwner(layoutId: number): string {
  return `hits ${layoutId}`;
}

/** Returns the owner for which a covered file is sealed. */
export function coveredFileOwner(environmentId: number, path: string, form: string): string {
  return `covered ${environmentId} ${form} ${path}`;
}

/** Writes what test files hit of covered files. */
export class CoverageWriter {
  /** Writes what V8 counted. */
  readonly scripts: ScriptsWriter;
  readonly #db: Database;
  readonly #findLayout;
  readonly #insertLayout;
  readonly #findSet;
  readonly #insertSet;
  readonly #has;
  readonly #save;
  readonly #forgetSent;
  readonly #saveFile;

  constructor(db: Database) {
    this.scripts = new ScriptsWriter(db);
    this.#db = db;
    this.#findLayout = db
      .prepare<[string, Buffer], number>(
        'SELECT id FROM counter_layout WHERE path = ? AND groups = ?',
      )
      .pluck();
    this.#insertLayout = db.prepare<[string, Buffer]>(
      'INSERT INTO counter_layout (path, groups) VALUES (?, ?)',
    );
    this.#findSet = db
      .prepare<[number, Buffer], number>(
        'SELECT id FROM hit_set WHERE counter_layout_id = ? AND bits = ?',
      )
      .pluck();
    this.#insertSet = db.prepare<[number, Buffer]>(
      'INSERT INTO hit_set (counter_layout_id, bits) VALUES (?, ?)',
    );
    this.#has = db.prepare<[number], number>('SELECT 1 FROM coverage WHERE record_id = ?').pluck();
    this.#forgetSent = db.prepare<[number]>('DELETE FROM shared_record WHERE record_id = ?');
    this.#save = db.prepare<[number, number, Buffer]>(
      'INSERT OR REPLACE INTO coverage (record_id, recorded_at, hit_sets) VALUES (?, ?, ?)',
    );
    this.#saveFile = db.prepare<[number, string, string, Buffer]>(
      'INSERT OR REPLACE INTO covered_file (environment_id, path, form, content) VALUES (?, ?, ?, ?)',
    );
  }

  /**
   * Writes the hits of a record. Replaces earlier ones.
   * @param isSent Whether the hits come from where the record is shared. Else a record whose first hits these are is sent
   * there again.
   */
  write(recordId: number, hits: readonly FileHits[], recordedAt: number, isSent = false): void {
    if (!isSent && this.#has.get(recordId) === undefined) this.#forgetSent.run(recordId);
    const sets = new Set(hits.map((one) => this.#setId(one)));
    const ids = encodeIds([...sets].sort((a, b) => a - b));
    this.#save.run(recordId, recordedAt, seal(ids, coverageOwner(recordId)));
  }

  /** Writes a covered file. Replaces its earlier state. */
  keepFile({ environmentId, path, form, content }: KeptCoveredFile): void {
    const owner = coveredFileOwner(environmentId, path, form);
    this.#saveFile.run(environmentId, path, form, seal(content, owner));
  }

  /** Removes the sets of hits and the counts that no record refers to, the layouts that no set has, and covered files that no record knows. */
  prune(): void {
    this.scripts.prune();
    const rows = this.#db.prepare<[], { record_id: number; hit_sets: unknown }>(
      'SELECT record_id, hit_sets FROM coverage',
    );
    const { used, damaged } = usedIds(
      rows.iterate(),
      ({ record_id: recordId, hit_sets: sealed }) => ({
        ...{ recordId, sealed },
        owner: coverageOwner(recordId),
      }),
    );
    const forget = this.#db.prepare<[number]>('DELETE FROM coverage WHERE record_id = ?');
    for (const id of damaged) forget.run(id);
    const remove = this.#db.prepare<[number]>('DELETE FROM hit_set WHERE id = ?');
    for (const id of this.#db.prepare<[], number>('SELECT id FROM hit_set').pluck().all())
      if (!used.has(id)) remove.run(id);
    this.#db
      .prepare('DELETE FROM counter_layout WHERE id NOT IN (SELECT counter_layout_id FROM hit_set)')
      .run();
    this.#db
      .prepare('DELETE FROM covered_file WHERE path NOT IN (SELECT path FROM file_version)')
      .run();
  }

  #setId({ path, layout, bits }: FileHits): number {
    const layoutId =
      this.#findLayout.get(path, layout) ??
      Number(this.#insertLayout.run(path, layout).lastInsertRowid);
    const sealed = seal(bits, hitSetOwner(layoutId));
    return (
      this.#findSet.get(layoutId, sealed) ??
      Number(this.#insertSet.run(layoutId, sealed).lastInsertRowid)
    );
  }
}
