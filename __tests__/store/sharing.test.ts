import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Store } from '../../src/store';
import { uniteBundles } from '../../src/store/sharing/bundle-file';
import { makeFormat1, makeFormat2, makeFormat3, makeFormat4, makeFormat5 } from './older';
import {
  batch,
  dependency,
  KEY,
  makeFolder,
  newFile,
  open,
  record,
  sql,
  storeError,
} from './helpers';

const PLACE = { store: 'a-store', scope: 'main' };
const TAKE = { wants: () => true, now: 10 };

/** Records test files that pass, each with a dependency of this value. */
function recordAll(store: Store, names: readonly string[], value: string, now: number): number {
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  const records = names.map((name) =>
    record(id, name, [], {
      shared: { blocks: [], dependencies: [dependency(`${name}.json`, value)] },
    }),
  );
  store.commit(batch({ records }), now);
  return id;
}

/** What a store has not sent yet, as a bundle; the account of it is settled. */
function send(store: Store, name: string, place = PLACE): string {
  const sharing = store.sharing(place);
  const [environment, ...others] = sharing.withUnsent();
  if (environment === undefined || others.length > 0) throw new Error('not one environment');
  const facts = sharing.unsent(environment.id);
  const file = path.join(makeFolder(), name);
  sharing.exportTo(file, environment, facts);
  sharing.markSent(facts, name);
  return file;
}

function paths(file: string): string[] {
  const store = open(file, { readonly: true });
  const found = store.snapshot().environments.flatMap(({ testFiles }) => testFiles);
  store.close();
  return found.flatMap(({ path: name, records }) => records.map(() => name)).sort();
}

it('sends each fact once', () => {
  const store = open();
  recordAll(store, ['a.test.js', 'b.test.js'], '1', 2);
  expect(paths(send(store, 'one'))).toEqual(['a.test.js', 'b.test.js']);
  expect(store.sharing(PLACE).withUnsent()).toEqual([]);
  recordAll(store, ['b.test.js'], '2', 3);
  expect(paths(send(store, 'two'))).toEqual(['b.test.js']);
  // Another scope has nothing of it yet.
  expect(store.sharing({ ...PLACE, scope: 'pr/7' }).withUnsent()).toHaveLength(1);
});

it('sends a record again when it is first known what its test file hit', () => {
  const hits = (bits: number) => [
    { path: 'src/a.js', layout: Buffer.from('x'), bits: Buffer.from([bits]) },
  ];
  const [first, second] = [open(), open()];
  const { id } = first.findOrCreateEnvironment(KEY, 1);
  const add = (coverage?: ReturnType<typeof hits>) =>
    first.commit(
      batch({ records: [record(id, 'a.test.js', [], coverage === undefined ? {} : { coverage })] }),
      2,
    );
  const receive = (name: string) => {
    second.sharing(PLACE).takeIn([{ name, file: send(first, name) }], TAKE);
    const environment = second.findOrCreateEnvironment(KEY, 1);
    const [one] = second.load(environment.id).testFiles.get('a.test.js')?.records ?? [];
    return one && second.coverage(one.id)?.files;
  };
  add();
  expect(receive('one')).toBeUndefined();
  add(hits(1));
  expect(receive('two')).toEqual(hits(1));
  expect(first.sharing(PLACE).withUnsent()).toEqual([]);
  // What came from there does not go back.
  expect(second.sharing(PLACE).withUnsent()).toEqual([]);
  add(hits(3));
  expect([...first.sharing(PLACE).unsent(id).records]).toEqual([]);
});

it('makes of bundles what was recorded, in any order and however often', () => {
  const first = open();
  recordAll(first, ['a.test.js', 'b.test.js'], '1', 2);
  const one = { name: 'one', file: send(first, 'one') };
  recordAll(first, ['b.test.js', 'c.test.js'], '2', 3);
  const two = { name: 'two', file: send(first, 'two') };
  for (const order of [
    [one, two],
    [two, one, two],
  ]) {
    const second = open();
    second.sharing(PLACE).takeIn(order, TAKE);
    expect(second.snapshot()).toEqual(first.snapshot());
    expect([...second.sharing(PLACE).taken().keys()].sort()).toEqual(['one', 'two']);
  }
});

it('sends nothing back that came from there, and all else', () => {
  const first = open();
  recordAll(first, ['a.test.js'], '1', 2);
  const file = send(first, 'one');
  const second = open();
  recordAll(second, ['mine.test.js'], '1', 2);
  second.sharing(PLACE).takeIn([{ name: 'one', file }], TAKE);
  expect(paths(send(second, 'two'))).toEqual(['mine.test.js']);
});

it('sends a failure, and that it was settled', () => {
  const first = open();
  const id = recordAll(first, ['a.test.js'], '1', 2);
  const second = open();
  second.sharing(PLACE).takeIn([{ name: 'one', file: send(first, 'one') }], TAKE);
  const failed = () => second.load(1).testFiles.get('a.test.js')?.failed;
  expect(failed()).toBe(false);
  first.commit(batch({ failures: [{ environmentId: id, path: 'a.test.js', duration: 1 }] }), 20);
  second.sharing(PLACE).takeIn([{ name: 'two', file: send(first, 'two') }], TAKE);
  expect(failed()).toBe(true);
  recordAll(first, ['a.test.js'], '1', 30);
  second.sharing(PLACE).takeIn([{ name: 'three', file: send(first, 'three') }], TAKE);
  expect(failed()).toBe(false);
});

it('takes the environments that it wants', () => {
  const first = open();
  recordAll(first, ['a.test.js'], '1', 2);
  const second = open();
  const bundle = { name: 'one', file: send(first, 'one') };
  second.sharing(PLACE).takeIn([bundle], { ...TAKE, wants: ({ hash }) => hash === 'other' });
  expect(second.totals().records).toBe(0);
});

it('takes all bundles or none, and leaves those as they are that cannot be used', () => {
  const first = open();
  recordAll(first, ['a.test.js'], '1', 2);
  const good = { name: 'one', file: send(first, 'one') };
  const evil = { name: 'evil', file: path.join(makeFolder(), 'evil') };
  fs.copyFileSync(good.file, evil.file);
  sql(evil.file, (db) => db.exec('CREATE TRIGGER t AFTER INSERT ON record BEGIN SELECT 1; END'));
  const second = open();
  const sharing = second.sharing(PLACE);
  expect(storeError(() => sharing.takeIn([good, evil], TAKE))).toMatchObject({ reason: 'altered' });
  expect(second.totals().records).toBe(0);
  expect(sharing.taken().size).toBe(0);
});

describe('a bundle that stands for others', () => {
  it('says for which', () => {
    const first = open();
    recordAll(first, ['a.test.js'], '1', 2);
    const one = send(first, 'one');
    recordAll(first, ['b.test.js'], '1', 3);
    const two = send(first, 'two');
    const file = path.join(makeFolder(), 'all');
    const bundles = [
      { name: 'one', file: one },
      { name: 'two', file: two },
    ];
    expect(uniteBundles(file, bundles, new Set(['one', 'two']), TAKE)).toEqual(['one', 'two']);
    const second = open();
    const sharing = second.sharing(PLACE);
    sharing.takeIn([{ name: 'all', file }], TAKE);
    expect(second.snapshot()).toEqual(first.snapshot());
    expect(Object.fromEntries(sharing.taken())).toEqual({ all: null, one: 'all', two: 'all' });
    sharing.forgetAllBut(new Set(['all']));
    expect([...sharing.taken().keys()]).toEqual(['all']);
  });
});

it('settles the account also where something has gone since it was read', () => {
  const file = newFile();
  const store = open(file);
  recordAll(store, ['a.test.js', 'b.test.js', 'c.test.js'], '1', 2);
  const sharing = store.sharing(PLACE);
  const facts = sharing.unsent(1);
  sql(file, (db) => {
    db.pragma('foreign_keys = ON');
    db.exec("DELETE FROM test_file WHERE path = 'a.test.js'");
    db.exec('DELETE FROM record WHERE id = (SELECT min(id) FROM record)');
  });
  sharing.markSent(facts, 'one');
  expect(sharing.withUnsent()).toEqual([]);
});

it('forgets what it sent of a record that is gone', () => {
  const file = newFile();
  const store = open(file);
  recordAll(store, ['a.test.js'], '1', 2);
  send(store, 'one');
  store.close();
  sql(file, (db) => {
    db.pragma('foreign_keys = ON');
    db.exec('DELETE FROM test_file');
    expect(db.prepare('SELECT count(*) FROM shared_record').pluck().get()).toBe(0);
    expect(db.prepare('SELECT count(*) FROM shared_test_file').pluck().get()).toBe(0);
  });
});

it.each([
  [1, makeFormat1],
  [2, makeFormat2],
  [3, makeFormat3],
  [4, makeFormat4],
  [5, makeFormat5],
])('sends what a database of format %d held', (_format, makeOlder) => {
  const file = newFile();
  const store = open(file);
  recordAll(store, ['a.test.js'], '1', 2);
  store.close();
  makeOlder(file);
  expect(paths(send(open(file), 'one'))).toEqual(['a.test.js']);
});

it('sends only what the records refer to, and no record that was damaged', () => {
  const file = newFile();
  const store = open(file);
  recordAll(store, ['a.test.js', 'b.test.js'], '1', 2);
  send(store, 'one');
  recordAll(store, ['b.test.js', 'c.test.js', 'd.test.js'], '2', 3);
  // As a flipped bit would: SQLite does not notice it.
  sql(file, (db) => db.exec("UPDATE dependency SET value = '3' WHERE name = 'd.test.js.json'"));
  const two = send(store, 'two');
  expect(paths(two)).toEqual(['b.test.js', 'c.test.js']);
  const names = sql(two, (db) => db.prepare('SELECT name, value FROM dependency').raw().all());
  expect(names).toEqual([
    ['b.test.js.json', '2'],
    ['c.test.js.json', '2'],
  ]);
});
