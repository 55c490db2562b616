import type { Migration } from './migration';

/**
 * The last failures of each test file, to run what fails often first. They are about the test file whatever the
 * environment, so a new config does not forget them. A failure is a fact like a record: databases unite by union.
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
