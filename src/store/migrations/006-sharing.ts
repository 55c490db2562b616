import type { Migration } from './migration';

/**
 * What has come from a shared store, and what need not be sent there again. All of it is about one machine and one
 * shared store: a database that is merged brings none of it along.
 */
export const sharing: Migration = {
  version: 6,
  up: (db) => {
    db.exec(`
      -- covered_by: the bundle that holds all that this one does.
      CREATE TABLE shared_bundle (
        store TEXT NOT NULL,
        name TEXT NOT NULL,
        covered_by TEXT,
        PRIMARY KEY (store, name)
      ) STRICT, WITHOUT ROWID;

      -- place: a shared store, and the scope in it that this machine writes.
      CREATE TABLE shared_record (
        record_id INTEGER NOT NULL REFERENCES record ON DELETE CASCADE,
        place TEXT NOT NULL,
        PRIMARY KEY (record_id, place)
      ) STRICT, WITHOUT ROWID;

      -- How the test file stood when it was sent.
      CREATE TABLE shared_test_file (
        test_file_id INTEGER NOT NULL REFERENCES test_file ON DELETE CASCADE,
        place TEXT NOT NULL,
        last_run_at INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        PRIMARY KEY (test_file_id, place)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
