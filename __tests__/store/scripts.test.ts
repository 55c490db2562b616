import { describe, expect, it } from '@jest/globals';
import type { CountedScripts, Store } from '../../src/store';
import { batch, executed, KEY, must, newFile, open, record, rows, sql, version } from './helpers';
import {
  makeFormat1,
  makeFormat2,
  makeFormat3,
  makeFormat4,
  makeFormat5,
  makeFormat6,
  makeFormat7,
  makeFormat8,
} from './older';

const DAY = 24 * 3_600_000;
const A = version('src/a.js', ['module', 'f']);

function scripts(files: Record<string, string>, key = 'key'): CountedScripts {
  return {
    key,
    files: Object.entries(files).map(([path, text]) => ({ path, packed: Buffer.from(text) })),
  };
}

function commit(store: Store, file: string, counted?: CountedScripts, at = 1_000): number {
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  const parts = { recordedAt: at, ...(counted === undefined ? {} : { scripts: counted }) };
  store.commit(batch({ records: [record(id, file, [executed(A, 0)], parts)] }), 5);
  return must(store.load(id, [file]).testFiles.get(file)?.records[0]).id;
}

const ONE = scripts({ 'src/a.js': 'one' });
const BOTH = scripts({ 'src/a.js': 'one', 'src/b.js': 'two' });

describe('what V8 counted', () => {
  it('is read back with the record, and not known of a record without', () => {
    const store = open();
    const first = commit(store, 'a.test.js', BOTH);
    const second = commit(store, 'b.test.js', scripts({}));
    const third = commit(store, 'c.test.js');
    expect(store.scripts(first)).toEqual({ ...BOTH, recordedAt: 1_000 });
    expect(store.scripts(second)).toEqual({ ...scripts({}), recordedAt: 1_000 });
    expect(store.scripts(third)).toBeNull();
  });

  it('stays when the same is recorded without, and is replaced with', () => {
    const store = open();
    const id = commit(store, 'a.test.js', BOTH);
    expect(commit(store, 'a.test.js')).toBe(id);
    expect(store.scripts(id)).toMatchObject(BOTH);
    const other = scripts({ 'src/a.js': 'other' }, 'new');
    commit(store, 'a.test.js', other);
    expect(open(store.file, { readonly: true }).scripts(id)).toMatchObject(other);
  });

  it('is stored once for many records, and goes with the last of them', () => {
    const file = newFile();
    const store = open(file);
    for (const name of ['a', 'b', 'c']) commit(store, `${name}.test.js`, BOTH);
    commit(store, 'd.test.js', scripts({ 'src/a.js': 'other' }));
    expect([rows(file, 'script_counts'), rows(file, 'script_coverage')]).toEqual([3, 4]);
    sql(file, (db) => db.exec("DELETE FROM test_file WHERE path = 'd.test.js'"));
    sql(file, (db) => db.exec("INSERT OR REPLACE INTO note VALUES ('store:pending', '100000')"));
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    store.commit(batch({ gone: [{ environmentId: id, path: 'c.test.js' }] }), 31 * DAY);
    expect([rows(file, 'script_counts'), rows(file, 'script_coverage')]).toEqual([2, 2]);
  });

  it.each([
    ['counts', 'UPDATE script_counts SET packed = zeroblob(7)'],
    ['counts of another file', "UPDATE script_counts SET path = path || 'x'"],
    ['a list', "UPDATE script_coverage SET counts = x'01'"],
    ['a key', "UPDATE script_coverage SET key = 'other'"],
    ['counts that are gone', 'DELETE FROM script_counts WHERE id = 1'],
  ])(
    'counts as not known where it is damaged, until it is recorded again: %s',
    (_what, statement) => {
      const file = newFile();
      const id = commit(open(file), 'a.test.js', ONE);
      sql(file, (db) => db.exec(statement));
      expect(open(file).scripts(id)).toBeNull();
      commit(open(file), 'a.test.js', ONE);
      expect(open(file).scripts(id)).toMatchObject(ONE);
    },
  );

  it('is united in a merge, the later in any order, and left out where it is damaged', () => {
    const recorded = (name: string, counted: CountedScripts, at?: number) => {
      const store = open();
      commit(store, name, counted, at);
      return store;
    };
    const later = scripts({ 'src/a.js': 'later' });
    const damaged = recorded('c.test.js', BOTH);
    sql(damaged.file, (db) => db.exec('UPDATE script_counts SET packed = zeroblob(7)'));
    const all = [
      recorded('a.test.js', BOTH),
      recorded('a.test.js', later, 2_000),
      recorded('b.test.js', BOTH),
      damaged,
    ];
    for (const sources of [all, all.toReversed(), [...all, ...all]]) {
      const target = open();
      for (const source of sources) target.merge(source.file, 9);
      const { id } = target.findOrCreateEnvironment(KEY, 1);
      const found = [...target.load(id).testFiles].map(([name, { records }]) => [
        name,
        records.map((one) => target.scripts(one.id)),
      ]);
      expect(Object.fromEntries(found)).toEqual({
        'a.test.js': [{ ...later, recordedAt: 2_000 }],
        'b.test.js': [{ ...BOTH, recordedAt: 1_000 }],
        'c.test.js': [null],
      });
    }
  });

  it.each([
    ['1', makeFormat1],
    ['2', makeFormat2],
    ['3', makeFormat3],
    ['4', makeFormat4],
    ['5', makeFormat5],
    ['6', makeFormat6],
    ['7', makeFormat7],
    ['8', makeFormat8],
  ])(
    'is not in a database of format %s, which keeps its records and can take it',
    (_v, makeOlder) => {
      const file = newFile();
      const store = open(file);
      const id = commit(store, 'a.test.js', BOTH);
      const before = store.snapshot();
      store.close();
      makeOlder(file);
      const union = open();
      union.merge(file, 9);
      expect(union.snapshot()).toEqual(before);
      const updated = open(file);
      expect(updated.snapshot()).toEqual(before);
      expect(updated.scripts(id)).toBeNull();
      expect(commit(updated, 'a.test.js', BOTH)).toBe(id);
      expect(updated.scripts(id)).toMatchObject(BOTH);
    },
  );
});
