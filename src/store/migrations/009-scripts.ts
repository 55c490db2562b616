import type { Migration } from './migration';

/** What V8 counted while test files ran, for reports of runs that skip them. Equal counts are shared between records. */
export const scripts: Migration = {
  version: 9,
  up: (db) => {
    db.exec(`
      -- packed: counts of one version of a file. hash: of that. Ids are never used twice: a run keeps what it read by them.
      CREATE TABLE script_counts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL,
        hash BLOB NOT NULL,
        packed BLOB NOT NULL,
        UNIQUE (path, hash)
      ) STRICT;

      -- counts: ids, one for each covered file. key: what else they depend on.
      CREATE TABLE script_coverage (
        record_id INTEGER PRIMARY KEY REFERENCES record ON DELETE CASCADE,
        recorded_at INTEGER NOT NULL,
        key TEXT NOT NULL,
        counts BLOB NOT NULL
      ) STRICT;
    `);
  },
};
