import type { Database } from 'better-sqlite3';
import { isNumber, isStoredPath } from '../../records/checks';
import { decodeIds, unseal } from '../../records/encoding';
import type { FileHits, RecordedCoverage } from '../../records/coverage';
import { coveredFileOwner, coverageOwner, hitSetOwner } from '../write/coverage';
import { ScriptsReader } from './scripts';

interface SetRow {
  counter_layout_id: number;
  bits: unknown;
  path: unknown;
  groups: unknown;
}

/** Reads what test files hit of covered files. */
export class CoverageReader {
  /** Reads what V8 counted. */
  readonly scripts: ScriptsReader;
  readonly #find;
  readonly #set;
  readonly #file;
  /** By row id: many records share them. */
  readonly #sets = new Map<number, FileHits | null>();

  constructor(db: Database) {
    this.scripts = new ScriptsReader(db);
    this.#find = db.prepare<[number], { recorded_at: unknown; hit_sets: unknown }>(
      'SELECT recorded_at, hit_sets FROM coverage WHERE record_id = ?',
    );
    this.#set = db.prepare<[number], SetRow>(
      `SELECT h.counter_layout_id, h.bits, l.path, l.groups
       FROM hit_set h JOIN counter_layout l ON l.id = h.counter_layout_id WHERE h.id = ?`,
    );
    this.#file = db
      .prepare<[number, string, string], unknown>(
        'SELECT content FROM covered_file WHERE environment_id = ? AND path = ? AND form = ?',
      )
      .pluck();
  }

  /** Returns what a record's test file hit. Null if that was not recorded, or if a part of it cannot be read. */
  of(recordId: number): RecordedCoverage | null {
    const row = this.#find.get(recordId);
    const ids = row && unseal(row.hit_sets, coverageOwner(recordId));
    if (ids === undefined || ids === null) return null;
    const files: FileHits[] = [];
    for (const id of idsIn(ids)) {
      const hits = this.#hits(id);
      if (hits === null) return null;
      files.push(hits);
    }
    return { files, recordedAt: isNumber(row?.recorded_at) ? row.recorded_at : 0 };
  }

  /** Returns a covered file as an earlier run read it. Null if there is none, or if it is damaged. */
  file(environmentId: number, path: string, form: string): Buffer | null {
    const sealed = this.#file.get(environmentId, path, form);
    return unseal(sealed, coveredFileOwner(environmentId, path, form));
  }

  #hits(id: number): FileHits | null {
    let hits = this.#sets.get(id);
    if (hits === undefined) this.#sets.set(id, (hits = this.#read(id)));
    return hits;
  }

  #read(id: number): FileHits | null {
    const row = this.#set.get(id);
    if (row === undefined || !isStoredPath(row.path) || !Buffer.isBuffer(row.groups)) return null;
    const bits = unseal(row.bits, hitSetOwner(row.counter_layout_id));
    return bits && { path: row.path, layout: row.groups, bits };
  }
}

/** Returns an id that no row has for bytes that are no encoding. */
function idsIn(encoded: Buffer): number[] {
  try {
    return decodeIds(encoded);
  } catch {
    return [0];
  }
}
