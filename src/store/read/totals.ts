import type { Database } from 'better-sqlite3';
import { isCount, isText } from '../../records/checks';

/** The size of a database. */
export interface Totals {
  environments: number;
  /** A test file counts once per environment. */
  testFiles: number;
  records: number;
}

/** Counts the content of a database. */
export function readTotals(db: Database): Totals {
  return db
    .prepare<[], Totals>(
      `SELECT (SELECT count(*) FROM environment) AS environments, (SELECT count(*) FROM test_file) AS testFiles,
         (SELECT count(*) FROM record) AS records`,
    )
    .get() as Totals;
}

/** Returns the highest id of a file version. Zero if there is none. */
export function readLatestVersionId(db: Database): number {
  const id = db.prepare<[], unknown>('SELECT max(id) FROM file_version').pluck().get();
  return isCount(id) ? id : 0;
}

/** A limit, because notes are JSON. Malicious JSON can need a hundred times its size in memory. */
const MAX_NOTE_CHARACTERS = 1 << 23;

/** Returns the value of a note. Undefined if there is none. */
export function readNote(db: Database, key: string): string | undefined {
  const value = db
    .prepare<[string], unknown>('SELECT value FROM note WHERE key = ?')
    .pluck()
    .get(key);
  return isText(value) && value.length <= MAX_NOTE_CHARACTERS ? value : undefined;
}
