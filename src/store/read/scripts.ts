import type { Database } from 'better-sqlite3';
import { isNumber, isStoredPath } from '../../records/checks';
import type { FileScripts, RecordedScripts } from '../../records/coverage';
import { decodeIds, unseal } from '../../records/encoding';
import { countsOwner, scriptsOwner } from '../write/scripts';

interface ListRow {
  recorded_at: unknown;
  key: unknown;
  counts: unknown;
}

/** Reads what V8 counted while test files ran. */
export class ScriptsReader {
  readonly #find;
  readonly #counts;
  /** By row id: many records share them. */
  readonly #files = new Map<number, FileScripts | null>();

  constructor(db: Database) {
    this.#find = db.prepare<[number], ListRow>(
      'SELECT recorded_at, key, counts FROM script_coverage WHERE record_id = ?',
    );
    this.#counts = db.prepare<[number], { path: unknown; packed: unknown }>(
      'SELECT path, packed FROM script_counts WHERE id = ?',
    );
  }

  /** Returns what was counted for a record. Null if nothing was, or if a part of it cannot be read. */
  of(recordId: number): RecordedScripts | null {
    const row = this.#find.get(recordId);
    if (row === undefined || typeof row.key !== 'string') return null;
    const { key, recorded_at: recordedAt } = row;
    const ids = unseal(row.counts, scriptsOwner(recordId, key));
    if (ids === null) return null;
    const files: FileScripts[] = [];
    try {
      for (const id of decodeIds(ids)) {
        const file = this.#file(id);
        if (file === null) return null;
        files.push(file);
      }
    } catch {
      // It does not decode, so it counts as nothing.
      return null;
    }
    return { key, files, recordedAt: isNumber(recordedAt) ? recordedAt : 0 };
  }

  #file(id: number): FileScripts | null {
    let file = this.#files.get(id);
    if (file === undefined) this.#files.set(id, (file = this.#read(id)));
    return file;
  }

  #read(id: number): FileScripts | null {
    const row = this.#counts.get(id);
    if (row === undefined || !isStoredPath(row.path)) return null;
    const packed = unseal(row.packed, countsOwner(row.path));
    return packed && { path: row.path, packed };
  }
}
