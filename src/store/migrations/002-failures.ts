import type { Migration } from './migration';

/**
 * Adds the last failures of each test file, so that those that fail often can run first. Failures belong to a test
 * file in any environment, so a new config does not lose them. Like records they are facts, so merging two databases
 * is a union.
 */
export const failures: Migration = {
  version: 2,
  up: (db) => {
    db.exec(`
      CREATE TABLE failure (
        project TEXT NOT NULL,
        path TEXT NOT NULL,
        failed_at INTEGER NOT NULL,
        PRIMARY KEY (project, path, failed_at)
      ) STRICT, WITHOUT ROWID;

      INSERT OR IGNORE INTO failure (project, path, failed_at)
        SELECT e.project, t.path, t.last_run_at
        FROM test_file t JOIN environment e ON e.id = t.environment_id
        WHERE t.last_outcome = 'failed';
    `);
  },
};
