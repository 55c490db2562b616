import type { Migration } from './migration';

/**
 * Which test files were run although unaffected, and those that failed then (escapes). Both are about the test file
 * whatever the environment, like failures. Times only grow, so databases unite by taking the later ones. An escape is
 * open while it was found after it was last settled.
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
