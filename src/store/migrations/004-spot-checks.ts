import type { Migration } from './migration';

/**
 * Adds the test files that ran as spot checks, and those that failed then (escapes). Like failures they belong to a
 * test file in any environment. Times only increase, so a merge takes the later ones. An escape is open if it was
 * found after it was last settled.
 */
export const spotChecks: Migration = {
  version: 4,
  up: (db) => {
    db.exec(`
      CREATE TABLE spot_check (
        project TEXT NOT NULL,
        path TEXT NOT NULL,
        checked_at INTEGER NOT NULL,
        PRIMARY KEY (project, path)
      ) STRICT, WITHOUT ROWID;

      -- record_hash, recorded_at: the record by which the test file would have been skipped.
      CREATE TABLE escaped (
        project TEXT NOT NULL,
        path TEXT NOT NULL,
        found_at INTEGER NOT NULL,
        settled_at INTEGER NOT NULL,
        record_hash TEXT NOT NULL,
        recorded_at INTEGER NOT NULL,
        message TEXT NOT NULL,
        PRIMARY KEY (project, path)
      ) STRICT, WITHOUT ROWID;

      -- 1 where nothing that is watched had changed since it passed, or has when it passed again.
      ALTER TABLE failure ADD COLUMN unaffected INTEGER NOT NULL DEFAULT 0;
    `);
  },
};
