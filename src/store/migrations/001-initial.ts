import type { Migration } from './migration';

/**
 * The first schema. Ids of environments and records are never reused, because a run keeps them while other processes
 * may write.
 */
export const initial: Migration = {
  version: 1,
  up: (db) => {
    db.exec(`
      CREATE TABLE environment (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        project TEXT NOT NULL,
        node_major INTEGER NOT NULL,
        platform TEXT NOT NULL,
        hash TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        used_at INTEGER NOT NULL,
        UNIQUE (name, project, node_major, platform, hash)
      ) STRICT;

      -- identity: hash of path, form and fingerprints.
      CREATE TABLE file_version (
        id INTEGER PRIMARY KEY,
        environment_id INTEGER NOT NULL REFERENCES environment ON DELETE CASCADE,
        path TEXT NOT NULL,
        form TEXT NOT NULL,
        identity BLOB NOT NULL,
        fingerprints BLOB NOT NULL,
        places BLOB NOT NULL,
        UNIQUE (environment_id, identity)
      ) STRICT;
      CREATE INDEX file_version_path ON file_version (environment_id, path);

      -- Which content transforms to which version. Many contents may map to one version: comments do not count.
      CREATE TABLE content (
        hash ANY NOT NULL,
        file_version_id INTEGER NOT NULL REFERENCES file_version ON DELETE CASCADE,
        learned_at INTEGER NOT NULL,
        PRIMARY KEY (file_version_id, hash)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE dependency (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        UNIQUE (kind, name, value)
      ) STRICT;

      CREATE TABLE test_file (
        id INTEGER PRIMARY KEY,
        environment_id INTEGER NOT NULL REFERENCES environment ON DELETE CASCADE,
        path TEXT NOT NULL,
        failed INTEGER NOT NULL,
        last_outcome TEXT NOT NULL,
        duration REAL,
        order_dependent INTEGER NOT NULL DEFAULT 0,
        last_run_at INTEGER NOT NULL,
        UNIQUE (environment_id, path)
      ) STRICT;

      CREATE TABLE record (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        test_file_id INTEGER NOT NULL REFERENCES test_file ON DELETE CASCADE,
        hash BLOB NOT NULL,
        complete INTEGER NOT NULL,
        duration REAL NOT NULL,
        recorded_at INTEGER NOT NULL,
        matched_at INTEGER NOT NULL,
        blocks BLOB NOT NULL,
        dependencies BLOB NOT NULL,
        UNIQUE (test_file_id, hash)
      ) STRICT;

      -- What a test executed beyond its record's shared part.
      CREATE TABLE test (
        record_id INTEGER NOT NULL REFERENCES record ON DELETE CASCADE,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        ordinal INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        duration REAL NOT NULL,
        blocks BLOB NOT NULL,
        dependencies BLOB NOT NULL,
        PRIMARY KEY (record_id, position)
      ) STRICT;

      CREATE TABLE file_state (
        path TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        mtime TEXT NOT NULL,
        ctime TEXT NOT NULL,
        inode TEXT NOT NULL,
        content_hash ANY NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE note (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE run (
        id INTEGER PRIMARY KEY,
        started_at INTEGER NOT NULL,
        duration REAL NOT NULL,
        selected INTEGER NOT NULL,
        total INTEGER NOT NULL,
        saved REAL NOT NULL,
        UNIQUE (started_at, duration, selected, total, saved)
      ) STRICT;
    `);
  },
};
