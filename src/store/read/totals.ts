import type { Database } from 'better-sqlite3';
import { isCount, isText } from '../../records/checks';

/** How much a database holds. */
export interface Totals {
  environments: number;
  /** A test file counts once per environment. */
  testFiles: number;
  records: number;
}

/** Counts what a database holds. */
export function readTotals(db: Database): Totals {
  return db
    .prepare<[], Totals>(
      `SELECT (SELECT count(*) FROM environment) AS environments, (SELECT count(*) FROM test_file) AS testFiles,
         (SELECT count(*) FROM record) AS records`,
    )
    .get() as Totals;
}

/** The highest id of a file version; 0 if there is none. */
export function readLatestVersionId(db: Database): number {
  const id = db.prepare<[], unknown>('SELECT max(id) FROM file_version').pluck().get();
  return isCount(id) ? id : 0;
}

/** Notes are JSON, which takes a hundred times its own size in memory where somebody wants it to. */
const MAX_NOTE_CHARACTERS = 1 << 23;

/** The value of a note; undefined if there is none. */
export function readNote(db: Database, key: string): string | undefined {
  const value = db
    .prepare<[string], unknown>('SELECT value FROM note WHERE key = ?')
    .pluck()
    .get(key);
  return isText(value) && value.length <= MAX_NOTE_CHARACTERS ? value : undefined;
}
