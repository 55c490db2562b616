import * as path from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { Store } from '../../src/store';
import { Adoption } from '../../src/store/sharing/adoption';
import { uniteBundles } from '../../src/store/sharing/bundle-file';
import {
  batch,
  dependency,
  executed,
  KEY,
  makeFolder,
  newFile,
  open,
  record,
  sql,
  test,
  version,
} from './helpers';

const PLACE = { store: 'a-store', scope: 'main' };
const TAKE = { wants: () => true, now: 10 };

let run: jest.SpiedFunction<Adoption['run']>;

beforeEach(() => {
  run = jest.spyOn(Adoption.prototype, 'run');
});

afterEach(() => {
  run.mockRestore();
});

/** What there is of everything: tests, places, coverage, failures, and an incomplete record. */
function fill(store: Store, key = KEY): void {
  const { id } = store.findOrCreateEnvironment(key, 1);
  const source = version('src/a.js', ['module', 'f', 'g'], { places: '1:1' });
  const records = ['a', 'b'].map((name) =>
    record(id, `${name}.test.js`, [executed(source, 0)], {
      shared: {
        blocks: [executed(source, 0), executed(version(`${name}.test.js`, ['module']), 0)],
        dependencies: [dependency('data.json'), dependency(`${name}.json`)],
      },
      tests: [
        test('one', { blocks: [executed(source, 1)], dependencies: [dependency('one.json')] }),
        test('two', { blocks: [executed(source, 2)] }),
      ],
      coverage: [{ path: 'src/a.js', layout: Buffer.from('x'), bits: Buffer.from([3]) }],
      scripts: { key: 'k', files: [{ path: 'src/a.js', packed: Buffer.from(name) }] },
    }),
  );
  records.push(record(id, 'c.test.js', [executed(source, 1)], { complete: false }));
  store.commit(batch({ records }), 2);
  store.commit(batch({ failures: [{ environmentId: id, path: 'b.test.js', duration: 1 }] }), 3);
}

/** All that was recorded, as a bundle's database. */
function bundleOf(store: Store): { name: string; file: string } {
  const sharing = store.sharing(PLACE);
  const [environment] = sharing.withUnsent();
  if (environment === undefined) throw new Error('nothing to send');
  const file = path.join(makeFolder(), 'bundle.db');
  sharing.exportTo(file, environment, sharing.unsent(environment.id));
  return { name: 'one', file };
}

function everything(store: Store): object {
  const { environments } = store.snapshot();
  return {
    environments,
    totals: store.totals(),
    damage: store.findDamage(),
    unsent: store.sharing(PLACE).withUnsent(),
    taken: [...store.sharing(PLACE).taken()],
    known: environments.map(({ testFiles: _testFiles, contents: _contents, ...key }) => {
      const { id } = store.findOrCreateEnvironment(key, 1);
      return [...store.load(id).testFiles.values()].map(({ records, ...testFile }) => ({
        ...testFile,
        id: null,
        records: records.map((one) => ({
          ...{ hash: one.hash, tests: store.tests(one.id).map(({ name }) => name) },
          coverage: store.coverage(one.id),
          scripts: store.scripts(one.id),
          failures: store.failures(key.project),
        })),
      }));
    }),
  };
}

/** What taking a bundle in leads to, where its rows may be copied from this many records on. */
function received(bundle: { name: string; file: string }, many: number, store = open()): Store {
  store.sharing(PLACE).takeIn([bundle], { ...TAKE, many });
  return store;
}

const OTHER = { ...KEY, hash: 'h2' };
const THIRD = { ...KEY, project: 'packages/x' };

it.each<[string, (store: Store) => void]>([
  ['nothing', () => undefined],
  ['its environment alone', (store) => store.findOrCreateEnvironment(KEY, 1)],
  ['another environment alone', (store) => store.findOrCreateEnvironment(OTHER, 1)],
  ['the same of another environment', (store) => fill(store, OTHER)],
  ['the same of two others', (store) => [OTHER, THIRD].forEach((key) => fill(store, key))],
])('copies a bundle into a database with %s as a merge would', (_name, prepare) => {
  const first = open();
  fill(first);
  const bundle = bundleOf(first);
  const [merged, copied] = [Infinity, 1].map((many) => {
    const store = open();
    prepare(store);
    return everything(received(bundle, many, store));
  });
  expect(run.mock.results.map(({ value }) => value)).toEqual([true]);
  expect(copied).toEqual(merged);
  expect(copied).toMatchObject({ damage: [] });
});

it('gives the next record an id that was never used', () => {
  const first = open();
  fill(first);
  const store = received(bundleOf(first), 1);
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  const before = store.totals().records;
  store.commit(batch({ records: [record(id, 'new.test.js', [])] }), 20);
  expect(store.totals().records).toBe(before + 1);
  expect(store.sharing(PLACE).withUnsent()).toHaveLength(1);
  expect(store.findDamage()).toEqual([]);
});

it('keeps as many records as the option says', () => {
  const first = open();
  const { id } = first.findOrCreateEnvironment(KEY, 1);
  for (const value of ['1', '2', '3']) {
    const shared = { blocks: [], dependencies: [dependency('a.json', value)] };
    const tests = [test('one')];
    const records = [record(id, 'a.test.js', [], { shared, tests })];
    first.commit(batch({ records }), Number(value));
  }
  const bundle = bundleOf(first);
  const second = open();
  second.sharing(PLACE).takeIn([bundle], { ...TAKE, many: 1, keep: 2 });
  expect(second.totals().records).toBe(2);
  // With the records went their tests.
  expect(second.findDamage()).toEqual([]);
  expect(run).toHaveReturnedWith(true);
});

it('merges a bundle of an environment of which something is known', () => {
  const first = open();
  fill(first);
  const second = open();
  const { id } = second.findOrCreateEnvironment(KEY, 1);
  second.commit(batch({ records: [record(id, 'mine.test.js', [])] }), 2);
  received(bundleOf(first), 1, second);
  expect(run).not.toHaveBeenCalled();
  expect(second.totals()).toMatchObject({ testFiles: 4 });
});

it('merges what it fails to copy', () => {
  const first = open();
  fill(first);
  const bundle = bundleOf(first);
  run.mockImplementation(() => {
    throw new Error('made up');
  });
  const second = received(bundle, 1);
  expect(everything(second)).toEqual(everything(received(bundle, Infinity)));
});

/** Changes of a bundle's database after which it must not be copied. */
it.each([
  [
    'another environment',
    "UPDATE environment SET id = 7; INSERT INTO environment SELECT 8, name, project, node_major, platform, 'x', 1, 1 FROM environment; UPDATE environment SET id = 1 WHERE id = 7",
  ],
  ['a path out of the root', "UPDATE test_file SET path = '../x' WHERE path = 'a.test.js'"],
  [
    'the path of a version out of the root',
    "UPDATE file_version SET path = '/etc/passwd' WHERE path = 'src/a.js'",
  ],
  ['half a fingerprint', "UPDATE file_version SET fingerprints = x'0102' WHERE path = 'src/a.js'"],
  [
    'a kind of dependency that is none',
    "UPDATE dependency SET kind = 'x' WHERE name = 'data.json'",
  ],
  ['a record that is not sealed', "UPDATE record SET blocks = x'01' WHERE id = 1"],
  ['a test that is not sealed', "UPDATE test SET blocks = x'01' WHERE record_id = 1"],
  [
    'a test of another record',
    'UPDATE test SET blocks = (SELECT blocks FROM test WHERE record_id = 2 AND position = 0) WHERE record_id = 1',
  ],
  ['a hash of another length', "UPDATE record SET hash = x'01' WHERE id = 1"],
  ['a time before all times', 'UPDATE record SET matched_at = -1'],
  ['a content that is a number', 'UPDATE content SET hash = 5'],
  ['a dependency that is gone', "DELETE FROM dependency WHERE name = 'data.json'"],
])('merges row by row what has %s', (_name, statements) => {
  const first = open();
  fill(first);
  const bundle = bundleOf(first);
  sql(bundle.file, (db) => {
    db.pragma('foreign_keys = OFF');
    db.exec(statements);
  });
  const second = received(bundle, 1);
  expect(run).not.toHaveBeenCalled();
  expect(everything(second)).toEqual(everything(received(bundle, Infinity)));
});

it('merges a bundle in another encoding of texts', () => {
  const first = open();
  fill(first);
  const bundle = bundleOf(first);
  const file = newFile();
  sql(file, (db) => {
    db.pragma("encoding = 'UTF-16'");
    db.exec('CREATE TABLE t (x)');
    db.exec('DROP TABLE t');
  });
  sql(bundle.file, (from) => {
    const parts = from
      .prepare<[], { sql: string; name: string; type: string }>(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY rowid",
      )
      .all();
    sql(file, (to) => {
      for (const part of parts) to.exec(part.sql);
      for (const { name } of parts.filter(({ type }) => type === 'table'))
        for (const row of from.prepare<[], unknown[]>(`SELECT * FROM ${name}`).raw().all())
          to.prepare<unknown[]>(`INSERT INTO ${name} VALUES (${row.map(() => '?').join()})`).run(
            ...row,
          );
      for (const name of ['application_id', 'user_version'])
        to.pragma(`${name} = ${Number(from.pragma(name, { simple: true }))}`);
    });
  });
  const second = received({ name: 'one', file }, 1);
  expect(run).not.toHaveBeenCalled();
  expect(everything(second)).toEqual(everything(received(bundle, Infinity)));
});

it('unites bundles as a merge would, the largest of which it copies', () => {
  const [first, second] = [open(), open()];
  fill(first);
  const { id } = second.findOrCreateEnvironment(KEY, 1);
  second.commit(batch({ records: [record(id, 'mine.test.js', [])] }), 2);
  const bundles = [
    { ...bundleOf(second), name: 'two' },
    { ...bundleOf(first), name: 'one' },
  ];
  const names = new Set(['one', 'two', 'three']);
  const [merged, copied] = [Infinity, 1].map((many) => {
    const file = path.join(makeFolder(), 'all.db');
    expect(uniteBundles(file, bundles, names, { ...TAKE, many })).toEqual(['two', 'one']);
    return everything(received({ name: 'all', file }, Infinity));
  });
  expect(run.mock.results.map(({ value }) => value)).toEqual([true, false]);
  expect(copied).toEqual(merged);
  expect(copied).toMatchObject({ damage: [] });
});
