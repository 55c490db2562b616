import type { Migration } from './migration';

/**
 * Covered files as the last run with coverage read them, so that the next run need not transform them for its report.
 */
export const coveredFiles: Migration = {
  version: 8,
  up: (db) => {
    db.exec(`
      -- content: says itself of which state of the file it is, and what else it was made from.
      CREATE TABLE covered_file (
        environment_id INTEGER NOT NULL REFERENCES environment ON DELETE CASCADE,
        path TEXT NOT NULL,
        form TEXT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (environment_id, path, form)
      ) STRICT;
    `);
  },
};
