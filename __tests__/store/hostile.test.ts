import * as fs from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Database } from '../sqlite';
import * as fc from 'fast-check';
import { matches } from '../../src/selection/match';
import { TreeView } from '../../src/selection/tree-view';
import { EncodingError, mergeFiles, Store, type StoredRecord } from '../../src/store';
import { isDependencyName, isStoredPath } from '../../src/records/checks';
import { Columns } from '../../src/store/read/columns';
import { encodeBlocks, seal } from '../../src/records/encoding';
import { MIGRATIONS } from '../../src/store/migrations';
import { recordOwner } from '../../src/store/write/record-writer';
import { makeFormat1 } from './older';
import {
  batch,
  dependency,
  executed,
  KEY,
  newFile,
  open,
  record,
  sql,
  storeError,
  test,
  version,
  must,
} from './helpers';

/** Two test files, one dependency and one source file each. */
function filled(): string {
  const file = newFile();
  const store = Store.open(file);
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  const records = ['a', 'b'].map((name) =>
    record(id, `${name}.test.js`, [], {
      shared: {
        blocks: [executed(version(`src/${name}.js`, ['module', 'f'], { places: '1:1:' }), 0, 1)],
        dependencies: [dependency(`${name}.json`)],
      },
      tests: [test('one')],
    }),
  );
  const fileStates = [
    { path: 'src/a.js', size: 1, mtime: '1', ctime: '1', inode: '1', contentHash: 'c' },
  ];
  store.commit(batch({ records, fileStates, notes: [{ key: 'k', value: 'v' }] }), 1);
  store.close();
  return file;
}

/** How many records the test files have, of those that are there. */
function recordCounts(file: string): Record<string, number> {
  const store = open(file, { readonly: true });
  const all = [...store.load(1).testFiles.values()];
  for (const { path, records } of all) {
    const [again] = store.load(1, [path]).testFiles.values();
    expect(again?.records.length).toBe(records.length);
  }
  expect(matchingCounts(store)).toEqual(all.map(({ path, records }) => [path, records.length]));
  expect(() => store.snapshot()).not.toThrow();
  return Object.fromEntries(all.map(({ path, records }) => [path, records.length]));
}

/** How many records match, read one by one, where nothing has changed. */
function matchingCounts(store: Store): [string, number][] {
  const data = store.loadLazily(1);
  const view = new TreeView(data, (id) => data.dependencies.has(id));
  for (const version of data.versions.values()) view.note(version, 'all');
  const doesMatch = (one: StoredRecord) => {
    try {
      return matches(one.footprint ?? one, view);
    } catch (error) {
      if (error instanceof EncodingError) return false;
      throw error;
    }
  };
  return Array.from(data.testFiles.values(), ({ path, records }) => [
    path,
    records.filter(doesMatch).length,
  ]);
}

describe('a record that cannot be ours', () => {
  it.each([
    ['blocks that are text', `UPDATE record SET blocks = 'text' WHERE id = 1`],
    ['no blocks', `UPDATE record SET blocks = x'' WHERE id = 1`],
    ['blocks without a seal', `UPDATE record SET blocks = x'0101010000000000' WHERE id = 1`],
    [
      'the blocks of another record',
      `UPDATE record SET blocks = (SELECT blocks FROM record WHERE id = 2) WHERE id = 1`,
    ],
    [
      'another test file',
      `DELETE FROM record WHERE id = 2; UPDATE record SET test_file_id = 2 WHERE id = 1`,
    ],
    ['completeness it had not', `UPDATE record SET complete = 0 WHERE id = 1`],
    ['a hash that is text', `UPDATE record SET hash = 'text' WHERE id = 1`],
    ['a version that is gone', `DELETE FROM file_version WHERE path = 'src/a.js'`],
    [
      'a version of an odd length',
      `UPDATE file_version SET fingerprints = x'010203' WHERE path = 'src/a.js'`,
    ],
    [
      'a version with too few blocks',
      `UPDATE file_version SET fingerprints = x'' WHERE path = 'src/a.js'`,
    ],
    ['an unknown form', `UPDATE file_version SET form = 'script' WHERE path = 'src/a.js'`],
    [
      'an absolute source path',
      `UPDATE file_version SET path = '/etc/passwd' WHERE path = 'src/a.js'`,
    ],
    [
      'a source path with a detour',
      `UPDATE file_version SET path = 'src/../../x.js' WHERE path = 'src/a.js'`,
    ],
    ['a dependency that is gone', `DELETE FROM dependency WHERE name = 'a.json'`],
    [
      'an unknown kind of dependency',
      `UPDATE dependency SET kind = 'command' WHERE name = 'a.json'`,
    ],
    ['an absolute dependency', `UPDATE dependency SET name = '/etc/passwd' WHERE name = 'a.json'`],
    ['a drive as dependency', `UPDATE dependency SET name = 'C:\\x' WHERE name = 'a.json'`],
    [
      'a dependency value that is a blob',
      `UPDATE dependency SET value = x'01' WHERE name = 'a.json'`,
    ],
  ])('counts as none: %s', (_, change) => {
    const file = filled();
    loosely(file, change);
    const counts = recordCounts(file);
    expect(counts['a.test.js'] ?? 0).toBe(0);
    if (!change.includes('record SET test_file_id')) expect(counts['b.test.js']).toBe(1);
  });

  it('counts as none when it refers to more blocks than there are, in sound encoding', () => {
    const file = filled();
    const blocks = [
      [{ version: 1, bits: new Uint8Array(1 << 20).fill(255) }],
      [{ version: 2 ** 40, bits: Uint8Array.of(1) }],
    ];
    for (const of of blocks) {
      const sealed = seal(
        encodeBlocks(of),
        recordOwner({ environmentId: 1, path: 'a.test.js' }, true),
      );
      sql(file, (db) => db.prepare('UPDATE record SET blocks = ? WHERE id = 1').run(sealed));
      expect(recordCounts(file)).toEqual({ 'a.test.js': 0, 'b.test.js': 1 });
    }
  });

  it('is removed when unused rows are', () => {
    const file = filled();
    loosely(file, `UPDATE record SET blocks = 'text' WHERE id = 1`);
    loosely(file, `INSERT OR REPLACE INTO note VALUES ('store:pending', 1000)`);
    const store = open(file);
    store.commit(
      batch({ contents: [{ environmentId: 1, version: version('src/c.js', ['module']) }] }),
      2,
    );
    expect(sql(file, (db) => db.prepare('SELECT id FROM record').pluck().all())).toEqual([2]);
  });
});

describe('other rows that cannot be ours', () => {
  it.each([
    '/abs.test.js',
    '../x/../y.test.js',
    'a//b.test.js',
    './a.test.js',
    '',
    'a\0.test.js',
    'x'.repeat(5_000),
  ])('a test file of path %j is not there', (path) => {
    const file = filled();
    sql(file, (db) =>
      db.prepare(`UPDATE test_file SET path = ? WHERE path = 'a.test.js'`).run(path),
    );
    expect(Object.keys(recordCounts(file))).toEqual(['b.test.js']);
  });

  it('a test file of which it is not clear whether it failed has failed', () => {
    const file = filled();
    loosely(
      file,
      `UPDATE test_file SET failed = 'no', last_outcome = 'fine', duration = 'long', last_run_at = x'00'`,
    );
    const [testFile] = open(file).load(1).testFiles.values();
    expect(testFile).toMatchObject({
      failed: true,
      lastOutcome: 'failed',
      duration: undefined,
      lastRunAt: 0,
    });
  });

  it.each([
    `UPDATE test SET name = '{"a":1}'`,
    `UPDATE test SET name = 'no JSON'`,
    `UPDATE test SET name = '[1]'`,
    `UPDATE test SET outcome = 'great'`,
    `UPDATE test SET blocks = x'00'`,
    `UPDATE test SET ordinal = 'first'`,
  ])('tests are none after: %s', (change) => {
    const file = filled();
    loosely(file, change);
    expect(open(file).tests(1)).toEqual([]);
    expect(
      open(file)
        .snapshot()
        .environments[0]?.testFiles.map(({ records }) => records.length),
    ).toEqual([0, 0]);
  });

  it.each([
    `UPDATE file_state SET path = '../../a/../etc'`,
    `UPDATE file_state SET size = 'large'`,
    `UPDATE file_state SET mtime = x'00'`,
    `UPDATE file_state SET content_hash = 1.5`,
  ])('file states are none after: %s', (change) => {
    const file = filled();
    loosely(file, change);
    expect(open(file).fileStates().size).toBe(0);
  });

  it('notes, runs, places and contents of the wrong type are not there', () => {
    const file = filled();
    loosely(
      file,
      `UPDATE note SET value = x'00'; INSERT INTO run VALUES (1, 'now', 1, 1, 1, 1); UPDATE places SET text = x'00';
       UPDATE content SET hash = 7`,
    );
    const store = open(file);
    expect([store.note('k'), store.runs(), store.places(1), store.load(1).contents.size]).toEqual([
      undefined,
      [],
      '',
      0,
    ]);
  });

  it('never make a load throw, whichever value is swapped for whichever', () => {
    const columns = [
      ...[
        'path',
        'failed',
        'last_outcome',
        'duration',
        'order_dependent',
        'last_run_at',
        'environment_id',
      ].map((name) => `test_file.${name}`),
      ...[
        'hash',
        'complete',
        'duration',
        'recorded_at',
        'matched_at',
        'blocks',
        'dependencies',
        'test_file_id',
      ].map((name) => `record.${name}`),
      ...['path', 'form', 'identity', 'fingerprints', 'environment_id'].map(
        (name) => `file_version.${name}`,
      ),
      'places.text',
      ...['hash', 'file_version_id', 'learned_at'].map((name) => `content.${name}`),
      ...['kind', 'name', 'value'].map((name) => `dependency.${name}`),
      ...['name', 'project', 'node_major', 'platform', 'hash', 'used_at'].map(
        (name) => `environment.${name}`,
      ),
    ];
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        '',
        'text',
        2 ** 53,
        -1,
        1.5,
        1e300,
        9_007_199_254_740_993n,
        -(2n ** 63n),
        Buffer.alloc(0),
      ),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      fc.string(),
      fc.double(),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...columns), value), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const file = filled();
          withoutRules(file, (db) => {
            for (const [column, to] of changes) {
              const [table, name] = column.split('.');
              // The first row, by any column: one table has no row ids.
              const [where] = Object.entries(
                db.prepare(`SELECT * FROM ${table} LIMIT 1`).get() as object,
              );
              try {
                db.prepare(`UPDATE ${table} SET ${name} = ? WHERE ${must(where)[0]} IS ?`).run(
                  to,
                  must(where)[1],
                );
              } catch (error) {
                // Some rules hold in any schema: keys are unique, and not null.
                expect(String(error)).toContain('constraint failed');
              }
            }
          });
          const store = Store.open(file, { readonly: true });
          try {
            store.load(1);
            store.load(1, ['a.test.js', 'b.test.js']);
            store.snapshot();
            store.fileStates();
            store.tests(1);
          } finally {
            store.close();
          }
          const target = open();
          target.merge(file, 2);
          target.close();
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it.each([
    ['no number', [0x23, 0, 0]],
    ['more values than one', [0x57, ...Buffer.from('x","y')]],
  ])(
    "a BLOB that SQLite takes for its own JSON, with %s, hides no other row's value",
    (_what, bytes) => {
      const db = new Database(':memory:');
      db.exec('CREATE TABLE t (id, text)');
      const insert = db.prepare('INSERT INTO t VALUES (?, ?)');
      insert.run(1, Buffer.from(bytes));
      insert.run(2, 'two');
      expect(new Columns(db, ['id', 'text'], 't').read()).toEqual([
        [1, 2],
        [null, 'two'],
      ]);
      db.close();
    },
  );

  it('more records of a test file than we keep are cut off', () => {
    const file = filled();
    sql(file, (db) => {
      const copy = db.prepare(
        `INSERT INTO record (test_file_id, hash, complete, duration, recorded_at, matched_at, blocks, dependencies)
         SELECT test_file_id, ?, complete, duration, recorded_at, matched_at, blocks, dependencies FROM record WHERE id = 1`,
      );
      for (let nth = 0; nth < 1_000; nth += 1) copy.run(Buffer.from(`hash ${nth}`));
    });
    expect(open(file).load(1).testFiles.get('a.test.js')?.records.length).toBeLessThanOrEqual(64);
  });

  it.each([
    [
      'other columns',
      'DROP TABLE content; CREATE TABLE content (something TEXT)',
      'table "content"',
    ],
    [
      'a column that is computed as it is read',
      `ALTER TABLE note ADD COLUMN more ANY AS (zeroblob(1000000000))`,
      'table "note"',
    ],
    [
      'a column that is computed as it is written',
      `DROP TABLE places; CREATE TABLE places (file_version_id INTEGER PRIMARY KEY, text TEXT AS (hex(zeroblob(500000000))) STORED)`,
      'table "places"',
    ],
    [
      'a column of ours that is computed',
      `DROP TABLE note; CREATE TABLE note (key TEXT PRIMARY KEY, value TEXT NOT NULL AS (printf('%.*c', 1000000000, 'x')))`,
      'table "note"',
    ],
    [
      'a default that is computed',
      `DROP TABLE note; CREATE TABLE note (key TEXT PRIMARY KEY, value TEXT DEFAULT (hex(randomblob(100000000))))`,
      'table "note"',
    ],
    [
      'a check that takes its time',
      `DROP TABLE note; CREATE TABLE note (key TEXT PRIMARY KEY, value TEXT CHECK (length(zeroblob(1000000000)) > 0))`,
      'table "note"',
    ],
    ['an index on an expression', `CREATE INDEX i ON note (length(zeroblob(100)))`, 'index "i"'],
    ['an index on a part', `CREATE INDEX i ON note (value) WHERE length(key) > 9`, 'index "i"'],
    ['a view', 'CREATE VIEW v AS SELECT 1', 'view "v"'],
    ['a view in the place of a table', 'DROP TABLE run; CREATE VIEW run AS SELECT 1', 'view "run"'],
    [
      'a trigger',
      'CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM record; END',
      'trigger "t"',
    ],
    ['a virtual table', 'CREATE VIRTUAL TABLE x USING fts5(text)', 'table "x"'],
    [
      'a virtual table in the place of one of ours',
      'DROP TABLE note; CREATE VIRTUAL TABLE note USING fts5(key, value)',
      'table "note"',
    ],
    ['one table more', 'CREATE TABLE more (text)', 'table "more"'],
    ['one table less', 'DROP TABLE places', 'table "places"'],
    ['one index less', 'DROP INDEX file_version_path', 'index "file_version_path"'],
    [
      'another order of what is equal',
      'DROP TABLE note; CREATE TABLE note (key TEXT PRIMARY KEY COLLATE NOCASE, value TEXT NOT NULL) STRICT, WITHOUT ROWID',
      'table "note"',
    ],
  ])('a schema that we do not make is foreign, whoever opens it: %s', (_what, change, part) => {
    for (const formats of [MIGRATIONS.length, 1]) {
      const file = filled();
      if (formats === 1) makeFormat1(file);
      try {
        sql(file, (db) => db.exec(change));
      } catch (error) {
        // Some of these tables and columns came with a later format.
        expect([formats, String(error)]).toEqual([1, expect.stringMatching(/no such|already/)]);
        continue;
      }
      const before = fs.readFileSync(file);
      for (const options of [{}, { readonly: true }, { readonly: true, older: 'copy' as const }]) {
        const { reason, message } = storeError(() => Store.open(file, options));
        expect([reason, message]).toEqual(['altered', expect.stringContaining(part)]);
        expect(message).not.toContain('damaged');
      }
      expect(storeError(() => mergeFiles(newFile(), [file], { now: 2 })).reason).toBe('altered');
      expect(fs.readFileSync(file).equals(before)).toBe(true);
    }
  });

  it('what SQLite adds by itself is none of that', () => {
    const file = filled();
    sql(file, (db) => db.exec('ANALYZE; VACUUM'));
    expect(recordCounts(file)).toEqual({ 'a.test.js': 1, 'b.test.js': 1 });
  });
});

describe('a value beyond all bounds', () => {
  const TEXT = `printf('%.*c', 70000000, 'x')`;

  it.each([
    ['a text', `UPDATE note SET value = ${TEXT}`, 'note.value'],
    ['a name of a test', `UPDATE test SET name = ${TEXT} WHERE record_id = 1`, 'test.name'],
    ['a BLOB', `UPDATE record SET blocks = zeroblob(70000000) WHERE id = 1`, 'record.blocks'],
    ['a BLOB for a text', `UPDATE dependency SET value = zeroblob(70000000)`, 'dependency.value'],
    [
      'a text for a number',
      `UPDATE test_file SET duration = ${TEXT} WHERE id = 1`,
      'test_file.duration',
    ],
    [
      'a column of many texts',
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70)
       INSERT INTO dependency (kind, name, value) SELECT 'file', 'f' || i, printf('%.*c', 1000000, 'x') FROM n`,
      'dependency.value',
    ],
  ])('is none that jest-testmon made, whoever opens it: %s', (_what, change, column) => {
    const file = filled();
    loosely(file, change);
    for (const options of [{}, { readonly: true }, { readonly: true, older: 'copy' as const }])
      expect(storeError(() => Store.open(file, options))).toEqual({
        reason: 'altered',
        message: expect.stringContaining(`"${column}" holds`),
      });
    const target = newFile();
    expect(storeError(() => mergeFiles(target, [file], { now: 2 })).reason).toBe('altered');
    expect(fs.existsSync(target)).toBe(false);
  });

  it('is none that many of a usual size make', () => {
    const file = filled();
    loosely(
      file,
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70)
       INSERT INTO test SELECT 1, i + 10, '["t"]', i, 'passed', 1, zeroblob(1000000), x'' FROM n`,
    );
    expect(fs.statSync(file).size).toBeGreaterThan(1 << 26);
    expect(() => Store.open(file, { readonly: true }).close()).not.toThrow();
  });

  it.each(['[', '{"a":'])('is no title either: %s, over and over', (part) => {
    const file = filled();
    sql(file, (db) =>
      db.prepare('UPDATE test SET name = ?').run(part.repeat(5_000_000 / part.length)),
    );
    expect(open(file).tests(1)).toEqual([]);
  });
});

describe('paths that can be stored', () => {
  it.each([
    'a',
    'src/a.js',
    '../shared/a.js',
    '../../node_modules/x',
    '.hidden',
    '...',
    '..a/b',
    'a b/ü.js',
    'a:b',
    'C:',
  ])('%j', (path) => {
    expect(isStoredPath(path)).toBe(true);
  });

  it.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    'a/../b',
    'a/..',
    './a',
    '../a/../b',
    'C:/a',
    'c:\\a',
    'a\0b',
    3,
    null,
    undefined,
  ])('are not %j', (path) => {
    expect(isStoredPath(path)).toBe(false);
  });

  it('may be the root for dependencies, and variables are no paths', () => {
    expect(isDependencyName('listing', '')).toBe(true);
    expect(isDependencyName('variable', '/any=thing')).toBe(true);
    expect(isDependencyName('variable', 3)).toBe(false);
  });
});

/** Changes rows without the types and references that our schema demands, which stand there again afterwards. */
function loosely(file: string, change: string): void {
  withoutRules(file, (db) => db.exec(change));
}

/**
 * Works on a database as someone else might: the same tables and columns, but any types and no rules. SQLite does not
 * check what it finds in a file, so it reads such values under our schema, too.
 */
function withoutRules(file: string, work: (db: Database) => void): void {
  const before = sql(
    file,
    (db) =>
      db
        .prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%STRICT%'`)
        .all() as { name: string; sql: string }[],
  );
  rewriteTables(
    file,
    before.map(({ name, sql: statement }) => ({
      name,
      sql: statement
        .replace(/STRICT, WITHOUT ROWID$/, 'WITHOUT ROWID')
        .replace(/ STRICT$/, '')
        .replace(/NOT NULL/g, '')
        .replace(/ (TEXT|INTEGER|REAL|BLOB|ANY)\b(?! PRIMARY)/g, ' '),
    })),
  );
  sql(file, (db) => {
    db.pragma('foreign_keys = OFF');
    work(db);
  });
  rewriteTables(file, before);
}

function rewriteTables(file: string, tables: readonly { name: string; sql: string }[]): void {
  sql(file, (db) => {
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    const rewrite = db.prepare('UPDATE sqlite_schema SET sql = ? WHERE name = ?');
    for (const { name, sql: statement } of tables) rewrite.run(statement, name);
  });
}
