import type { Migration } from './migration';

/**
 * What test files hit of covered files, for reports of runs that skip them. Sets of hits are shared between records.
 */
export const coverage: Migration = {
  version: 7,
  up: (db) => {
    db.exec(`
      -- groups: what tells the groups of counters in one version of a file apart, and how many counters each has.
      CREATE TABLE counter_layout (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL,
        groups BLOB NOT NULL,
        UNIQUE (path, groups)
      ) STRICT;

      -- bits: a bit for each counter. Ids are never used twice: a run keeps what it read by them.
      CREATE TABLE hit_set (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        counter_layout_id INTEGER NOT NULL REFERENCES counter_layout ON DELETE CASCADE,
        bits BLOB NOT NULL,
        UNIQUE (counter_layout_id, bits)
      ) STRICT;

      -- hit_sets: ids, one for each covered file.
      CREATE TABLE coverage (
        record_id INTEGER PRIMARY KEY REFERENCES record ON DELETE CASCADE,
        recorded_at INTEGER NOT NULL,
        hit_sets BLOB NOT NULL
      ) STRICT;
    `);
  },
};
