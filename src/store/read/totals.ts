import type { Database } from 'better-sqlite3';

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
