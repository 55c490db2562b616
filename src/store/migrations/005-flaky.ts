import type { Migration } from './migration';

/**
 * Adds the sightings of flaky tests: a test had another outcome than before, although nothing that is watched had
 * changed. Each row is a fact, so merging two databases is a union. This replaces a mark on failures, which contained
 * neither the test nor the outcomes.
 */
export const flaky: Migration = {
  version: 5,
  up: (db) => {
    db.exec(`
      -- test: the titles of a test as JSON; empty for the test file as a whole.
      -- outcome: what it came to: 'passed', 'failed', or 'retried' where it failed and passed in one run.
      CREATE TABLE flaky (
        project TEXT NOT NULL,
        path TEXT NOT NULL,
        test TEXT NOT NULL,
        seen_at INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        PRIMARY KEY (project, path, test, seen_at)
      ) STRICT, WITHOUT ROWID;

      INSERT INTO flaky (project, path, test, seen_at, outcome)
        SELECT project, path, '', failed_at, 'failed' FROM failure WHERE unaffected <> 0;

      ALTER TABLE failure DROP COLUMN unaffected;
    `);
  },
};
