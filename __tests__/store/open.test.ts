import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Database } from '../sqlite';
import { asStoreError, quarantineDatabase, Store } from '../../src/store';
import { MIGRATIONS } from '../../src/store/migrations';
import type { Migration } from '../../src/store/migrations/migration';
import { APPLICATION_ID } from '../../src/store/connection/open';
import {
  batch,
  executed,
  KEY,
  makeFolder,
  newFile,
  open,
  record,
  sql,
  storeError,
  test,
  version,
  must,
} from './helpers';

/** A database with something in it. */
function filled(): string {
  const file = newFile();
  const store = Store.open(file);
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  const source = version(
    'src/a.js',
    Array.from({ length: 200 }, (_, nth) => `block ${nth}`),
  );
  const records = Array.from({ length: 30 }, (_, nth) =>
    record(id, `${nth}.test.js`, [executed(source, 0, nth, 2 * nth)]),
  );
  store.commit(batch({ records }), 1);
  store.close();
  return file;
}

describe('opening to write', () => {
  it('makes a new database of one single file', () => {
    const file = path.join(makeFolder(), 'deep', 'er', '.testmondata');
    const store = open(file);
    store.findOrCreateEnvironment(KEY, 1);
    store.close();
    store.close();
    expect(fs.readdirSync(path.dirname(file))).toEqual(['.testmondata']);
    sql(file, (db) => {
      expect(db.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
      expect(db.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
      expect(db.pragma('journal_mode', { simple: true })).toBe('delete');
    });
  });

  it('takes an empty file for a new database', () => {
    const file = newFile();
    fs.writeFileSync(file, '');
    expect(open(file).findOrCreateEnvironment(KEY, 1).id).toBe(1);
  });

  it('brings a database in WAL mode back into one file', () => {
    const file = filled();
    sql(file, (db) => db.pragma('journal_mode = WAL'));
    open(file).close();
    expect(sql(file, (db) => db.pragma('journal_mode', { simple: true }))).toBe('delete');
  });

  it('says that a folder cannot be a database', () => {
    const file = makeFolder();
    expect(storeError(() => Store.open(file))).toMatchObject({
      reason: 'unwritable',
      message: expect.stringContaining(file),
    });
    expect(storeError(() => Store.open(file, { readonly: true })).reason).toBe('unreadable');
  });

  it('says that a file is where its folder should be', () => {
    const file = path.join(filled(), '.testmondata');
    expect(storeError(() => Store.open(file)).reason).toBe('unwritable');
  });
});

describe('permissions', () => {
  // Root may do anything, so it lets someone else try; Windows has no such permissions.
  const someone = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const opening = (mode: 'read' | 'write', ...files: string[]): string[] => {
    const script = path.join(__dirname, 'opening-child.ts');
    const run = spawnSync(
      process.execPath,
      ['-r', 'ts-node/register/transpile-only', script, mode, ...files],
      {
        cwd: path.resolve(__dirname, '../..'),
        encoding: 'utf8',
        env: { PATH: process.env.PATH },
        ...someone,
      },
    );
    return run.stdout.split('\n').filter((line) => line !== '');
  };
  const withModes = (folderMode: number, fileMode: number): string => {
    const file = filled();
    fs.chmodSync(file, fileMode);
    fs.chmodSync(path.dirname(file), folderMode);
    return file;
  };

  (process.platform === 'win32' ? it.skip : it)(
    'are told apart: what cannot be written, what not even read',
    () => {
      const files = [
        withModes(0o777, 0o666),
        withModes(0o555, 0o666),
        withModes(0o777, 0o444),
        withModes(0o555, 0o444),
        withModes(0o777, 0o000),
      ];
      expect(opening('write', ...files)).toEqual([
        'opened',
        ...Array<string>(4).fill('unwritable'),
      ]);
      expect(opening('read', ...files)).toEqual([...Array<string>(4).fill('opened'), 'unreadable']);
      for (const file of files) fs.chmodSync(path.dirname(file), 0o755);
    },
    60_000,
  );
});

describe('opening to read', () => {
  it('says that there is no database, and makes none', () => {
    const file = newFile();
    expect(storeError(() => Store.open(file, { readonly: true }))).toMatchObject({
      reason: 'missing',
      message: expect.stringContaining(file),
    });
    expect(fs.existsSync(file)).toBe(false);
    fs.writeFileSync(file, '');
    expect(storeError(() => Store.open(file, { readonly: true })).reason).toBe('missing');
  });

  it('changes nothing', () => {
    const file = filled();
    const before = fs.readFileSync(file);
    const store = open(file, { readonly: true });
    expect(store.findOrCreateEnvironment(KEY, 9).id).toBe(1);
    expect(storeError(() => store.commit(batch(), 9))).toMatchObject({ reason: 'unwritable' });
    expect(storeError(() => store.merge(filled(), 9)).reason).toBe('unwritable');
    store.load(1);
    store.close();
    expect(fs.readFileSync(file).equals(before)).toBe(true);
    expect(fs.readdirSync(path.dirname(file))).toEqual(['.testmondata']);
  });

  it('returns the environment that is there although the packages differ, without updating it', () => {
    const file = filled();
    const writer = Store.open(file);
    const newer = writer.findOrCreateEnvironment({ ...KEY, hash: 'h2' }, 5);
    writer.close();
    const before = fs.readFileSync(file);
    const store = open(file, { readonly: true });
    // The one that fits exactly, else the one last used.
    expect(store.findOrCreateEnvironment(KEY, 9)).toEqual({ ...KEY, id: 1 });
    expect(store.findOrCreateEnvironment({ ...KEY, hash: 'h3' }, 9)).toEqual(newer);
    store.close();
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  });

  it.each([{ name: 'ci' }, { project: 'b' }, { nodeMajor: 22 }, { platform: 'win32' }])(
    'says that the controller should have made the environment with %j',
    (part) => {
      const store = open(filled(), { readonly: true });
      const error = storeError(() => store.findOrCreateEnvironment({ ...KEY, ...part }, 9));
      expect(error).toMatchObject({
        reason: 'missing',
        message: expect.stringContaining('the controller should have pre-created it'),
      });
      expect(storeError(() => store.environment(77))).toMatchObject({
        reason: 'missing',
        message: expect.stringContaining('the controller should have pre-created it'),
      });
    },
  );

  it('is what a worker does while the controller keeps its own connection', () => {
    const file = filled();
    const writer = open(file);
    const reader = open(file, { readonly: true });
    const { id } = writer.findOrCreateEnvironment({ ...KEY, hash: 'h2' }, 5);
    expect(reader.environment(id).hash).toBe('h2');
    writer.commit(batch({ records: [record(id, 'a.test.js')] }), 6);
    expect(reader.load(id).testFiles.size).toBe(1);
  });
});

describe('a database of someone else', () => {
  it('is foreign, and stays as it is', () => {
    const file = newFile();
    // What pytest-testmon keeps under the same name.
    sql(file, (db) =>
      db.exec(
        'CREATE TABLE environment (id INTEGER PRIMARY KEY); CREATE TABLE node (id INTEGER PRIMARY KEY)',
      ),
    );
    const before = fs.readFileSync(file);
    for (const readonly of [true, false]) {
      const error = storeError(() => Store.open(file, { readonly }));
      expect(error).toMatchObject({
        reason: 'foreign',
        message: expect.stringContaining('TESTMON_DATAFILE'),
      });
    }
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  });

  it.each(['application_id = 7', 'user_version = 3'])(
    'is foreign by its header alone: %s',
    (pragma) => {
      const file = newFile();
      sql(file, (db) => db.pragma(pragma));
      expect(storeError(() => Store.open(file)).reason).toBe('foreign');
    },
  );

  it('is damaged when it is no SQLite at all', () => {
    const file = newFile();
    fs.writeFileSync(file, 'not a database, whatever its name says\n'.repeat(100));
    for (const readonly of [true, false])
      expect(storeError(() => Store.open(file, { readonly })).reason).toBe('damaged');
  });
});

describe('a database of a newer version', () => {
  it('is left alone, with the way out', () => {
    const file = filled();
    sql(file, (db) => db.pragma('user_version = 99'));
    const before = fs.readFileSync(file);
    for (const readonly of [true, false]) {
      expect(storeError(() => Store.open(file, { readonly }))).toMatchObject({
        reason: 'newer',
        message: expect.stringMatching(
          new RegExp(`format 99, .* up to ${MIGRATIONS.length}\\b.*update jest-testmon`),
        ),
      });
    }
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  });
});

describe('a database of an older version', () => {
  const steps: readonly Migration[] = [
    ...MIGRATIONS,
    {
      version: MIGRATIONS.length + 1,
      // Rebuilding a table that others refer to is the hardest there is.
      up: (db) =>
        db.exec(`
          CREATE TABLE new_record AS SELECT * FROM record;
          DROP TABLE record;
          CREATE TABLE record (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            test_file_id INTEGER NOT NULL REFERENCES test_file ON DELETE CASCADE,
            hash BLOB NOT NULL, complete INTEGER NOT NULL, duration REAL NOT NULL, recorded_at INTEGER NOT NULL,
            matched_at INTEGER NOT NULL, blocks BLOB NOT NULL, dependencies BLOB NOT NULL, added TEXT,
            UNIQUE (test_file_id, hash)
          ) STRICT;
          INSERT INTO record SELECT *, 'new' FROM new_record;
          DROP TABLE new_record;`),
    },
  ];

  it('is updated with all it holds', () => {
    const file = filled();
    const before = open(file).snapshot();
    const store = open(file, { migrations: steps });
    expect(store.snapshot()).toEqual(before);
    store.commit(batch({ records: [record(1, 'new.test.js')] }), 1);
    store.close();
    sql(file, (db) => {
      expect(db.pragma('user_version', { simple: true })).toBe(steps.length);
      expect(db.prepare('SELECT DISTINCT added FROM record').pluck().all()).toEqual(['new', null]);
    });
    expect(storeError(() => Store.open(file)).reason).toBe('newer');
  });

  it('is updated once', () => {
    const file = filled();
    let updates = 0;
    const counted = [
      ...MIGRATIONS,
      {
        version: MIGRATIONS.length + 1,
        // The expected schema is made in memory, by the same steps.
        up: (db: Database) => void (updates += db.name === file ? 1 : 0),
      },
    ];
    open(file, { migrations: counted });
    open(file, { migrations: counted });
    expect(updates).toBe(1);
  });

  it('needs a run that may write', () => {
    const file = filled();
    const error = storeError(() => Store.open(file, { readonly: true, migrations: steps }));
    expect(error).toMatchObject({
      reason: 'older',
      message: expect.stringContaining(`older format (format ${MIGRATIONS.length},`),
    });
  });

  it('is read through a copy in the newest format, where that is asked for', () => {
    const file = filled();
    const before = open(file).snapshot();
    const bytes = fs.readFileSync(file);
    const store = open(file, { readonly: true, older: 'copy', migrations: steps });
    expect(store.snapshot()).toEqual(before);
    expect(storeError(() => store.commit(batch({}), 1)).reason).toBe('unwritable');
    expect(fs.readFileSync(file).equals(bytes)).toBe(true);
    const newer = open(newFile(), { migrations: steps });
    newer.close();
    expect(storeError(() => Store.open(newer.file, { readonly: true, older: 'copy' })).reason).toBe(
      'newer',
    );
  });

  it('stays as it was when the update fails', () => {
    const file = filled();
    const failing = [
      ...MIGRATIONS,
      {
        version: MIGRATIONS.length + 1,
        up: (db: Database) => void db.exec('DROP TABLE test; SELECT nonsense'),
      },
    ];
    expect(() => Store.open(file, { migrations: failing })).toThrow();
    expect(open(file).load(1).testFiles.size).toBe(30);
  });

  it('is made by every list of steps from nothing', () => {
    const file = newFile();
    open(file, { migrations: steps }).findOrCreateEnvironment(KEY, 1);
    expect(sql(file, (db) => db.pragma('user_version', { simple: true }))).toBe(steps.length);
    expect(MIGRATIONS.map(({ version: of }) => of)).toEqual(MIGRATIONS.map((_, nth) => nth + 1));
  });
});

describe('a damaged database', () => {
  const sizes = [1, 15, 16, 50, 99, 100, 511, 512, 1024, 4095, 4096, 4097, 8192, 20_000];

  it.each(sizes)('cut to %i bytes is found on opening', (size) => {
    const file = filled();
    fs.truncateSync(file, size);
    for (const readonly of [true, false]) {
      expect(storeError(() => Store.open(file, { readonly }))).toMatchObject({
        reason: 'damaged',
        message: expect.stringContaining('damaged'),
      });
    }
  });

  it.each(['record', 'test', 'file_state'])('without its table %s is found on opening', (table) => {
    const file = filled();
    sql(file, (db) => db.exec(`DROP TABLE ${table}`));
    expect(storeError(() => Store.open(file))).toMatchObject({
      reason: 'altered',
      message: expect.stringContaining(table),
    });
  });

  it('with triggers or views is not used', () => {
    for (const statement of [
      'CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM test_file; END',
      'CREATE VIEW v AS SELECT 1',
    ]) {
      const file = filled();
      sql(file, (db) => db.exec(statement));
      expect(storeError(() => Store.open(file)).reason).toBe('altered');
    }
  });

  it('whose table lacks a column is found when it is opened', () => {
    const file = filled();
    sql(file, (db) => db.exec('ALTER TABLE test_file DROP COLUMN order_dependent'));
    expect(storeError(() => Store.open(file)).reason).toBe('altered');
  });

  it('whose bits flipped gives a StoreError or sound data, and never a block less in a record', () => {
    const file = filled();
    const sound = must(open(file, { readonly: true }).snapshot().environments[0]);
    const content = fs.readFileSync(file);
    const broken = newFile();
    let used = 0;
    for (let nth = 0; nth < 400; nth += 1) {
      const flipped = Buffer.from(content);
      const bit = (nth * 7_919_003) % (content.length * 8);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      fs.writeFileSync(broken, flipped);
      for (const readonly of [true, false]) {
        try {
          const store = Store.open(broken, { readonly, timeout: 50 });
          try {
            const taken = store.snapshot();
            for (const { path: name, records } of taken.environments.flatMap(
              ({ testFiles }) => testFiles,
            )) {
              const same = sound.testFiles.find((known) => known.path === name);
              if (same !== undefined)
                for (const one of records) expect(same.records).toContainEqual(one);
            }
            if (!readonly) store.commit(batch({ records: [record(1, 'new.test.js')] }), 9);
            used += 1;
          } finally {
            store.close();
          }
        } catch (error) {
          if ((error as Error).name !== 'StoreError') throw error;
        }
      }
    }
    expect(used).toBeGreaterThan(100);
  });
});

describe('moving a database aside', () => {
  it('keeps it, and what SQLite left beside it, under a name of its own', () => {
    const file = newFile();
    fs.writeFileSync(file, 'first');
    fs.writeFileSync(`${file}-journal`, 'journal');
    const at = Date.UTC(2024, 0, 2, 3, 4, 5, 678);
    const aside = quarantineDatabase(file, at);
    expect(aside).toBe(`${file}.damaged-20240102T030405Z`);
    fs.writeFileSync(file, 'second');
    const again = quarantineDatabase(file, at);
    expect(again).toBe(`${aside}-2`);
    expect([aside, `${aside}-journal`, again].map((name) => fs.readFileSync(name, 'utf8'))).toEqual(
      ['first', 'journal', 'second'],
    );
    expect(fs.existsSync(file)).toBe(false);
    expect(open(file).findOrCreateEnvironment(KEY, 1).id).toBe(1);
  });

  it('says that there is nothing to move', () => {
    expect(storeError(() => quarantineDatabase(newFile(), 1)).reason).toBe('missing');
  });
});

describe('any error', () => {
  const sqlite = (code: string) => Object.assign(new Error('what SQLite says'), { code });

  it.each([
    ['SQLITE_CORRUPT', 'damaged'],
    ['SQLITE_CORRUPT_VTAB', 'damaged'],
    ['SQLITE_NOTADB', 'damaged'],
    ['SQLITE_IOERR_SHORT_READ', 'damaged'],
    ['SQLITE_CONSTRAINT_FOREIGNKEY', 'bug'],
    ['SQLITE_MISUSE', 'bug'],
    ['ERR_INVALID_ARG_TYPE', 'bug'],
    ['SQLITE_BUSY', 'locked'],
    ['SQLITE_BUSY_SNAPSHOT', 'locked'],
    ['SQLITE_LOCKED', 'locked'],
    ['SQLITE_READONLY', 'unwritable'],
    ['SQLITE_READONLY_ROLLBACK', 'unreadable'],
    ['SQLITE_FULL', 'full'],
    ['ENOSPC', 'full'],
    ['SQLITE_IOERR_WRITE', 'unwritable'],
    ['SQLITE_IOERR_READ', 'unreadable'],
    ['EROFS', 'unwritable'],
    ['SQLITE_CANTOPEN', 'missing'],
    ['SQLITE_NOMEM', 'unreadable'],
  ])('of code %s is called %s, in one sentence that names the file', (code, reason) => {
    const error = asStoreError(sqlite(code), '/nowhere/.testmondata');
    expect(error.reason).toBe(reason);
    expect(error.message).toMatch(/^[^\n]*\/nowhere\/\.testmondata[^\n]*what SQLite says[^\n]*\.$/);
    expect(asStoreError(error, 'other')).toBe(error);
  });

  it('may be no error at all', () => {
    for (const thrown of ['text', undefined, null, 3])
      expect(asStoreError(thrown, 'f').reason).toBe('bug');
  });

  it.each([
    ['a TypeError', new TypeError('no such thing')],
    ['a RangeError', new RangeError('too long')],
    ['an error without a code', new Error('no code')],
  ])('of our own is no damage: %s', (_what, thrown) => {
    const { reason, message } = asStoreError(thrown, 'data');
    expect(reason).toBe('bug');
    expect(message).toMatch(
      /^Working on the database data failed \(.*\), so it was left as it is\. This is a fault of/,
    );
  });
});

describe('a write of ours that breaks a rule of a table', () => {
  const failing = (store: Store) => {
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    const tests = [test('a', { outcome: null as unknown as 'passed' })];
    return storeError(() =>
      store.commit(batch({ records: [record(id, 'a.test.js', [], { tests })] }), 2),
    );
  };

  it('is a fault of jest-testmon, and leaves the database as it was', () => {
    const file = newFile();
    const store = open(file);
    expect(failing(store).reason).toBe('bug');
    expect(store.totals().testFiles).toBe(0);
    expect(store.findDamage()).toEqual([]);
  });

  it.each([
    ['rows that refer to none', `PRAGMA foreign_keys = OFF; INSERT INTO places VALUES (77, '')`],
    ['an id that no number holds', `UPDATE environment SET id = 9007199254740993`],
  ])('shows damage where there is some: %s', (_what, change) => {
    const file = newFile();
    const store = open(file);
    store.findOrCreateEnvironment(KEY, 1);
    sql(file, (db) => db.exec(change));
    expect(failing(store).reason).toBe('damaged');
  });

  it('shows damage where the numbers of rows have run out, and not a full disk', () => {
    const file = newFile();
    const store = open(file);
    store.findOrCreateEnvironment(KEY, 1);
    sql(file, (db) => db.exec(`UPDATE sqlite_sequence SET seq = 9223372036854775807`));
    expect(storeError(() => store.findOrCreateEnvironment({ ...KEY, hash: 'h2' }, 2))).toEqual({
      reason: 'damaged',
      message: expect.stringContaining('the ids of its table "environment" are too large'),
    });
  });
});
