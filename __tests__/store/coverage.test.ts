import { describe, expect, it } from '@jest/globals';
import type { FileHits, Store } from '../../src/store';
import { batch, executed, KEY, must, newFile, open, record, rows, sql, version } from './helpers';
import {
  makeFormat1,
  makeFormat2,
  makeFormat3,
  makeFormat4,
  makeFormat5,
  makeFormat6,
  makeFormat7,
} from './older';

const A = version('src/a.js', ['module', 'f']);
const DAY = 24 * 3_600_000;

function hits(bits: number, layout = 'layout', path = 'src/a.js'): FileHits {
  return { path, layout: Buffer.from(layout), bits: Buffer.from([bits]) };
}

function commit(store: Store, file: string, coverage?: FileHits[], block = 0): number {
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  const parts = coverage === undefined ? {} : { coverage };
  const one = record(id, file, [executed(A, block)], parts);
  store.commit(batch({ records: [one] }), 5);
  return must(store.load(id, [file]).testFiles.get(file)?.records[0]).id;
}

describe('what test files hit', () => {
  it('is read back with the record, in the order of the files', () => {
    const store = open();
    const first = commit(store, 'a.test.js', [hits(1), hits(2, 'other', 'src/b.js')]);
    const second = commit(store, 'b.test.js', []);
    expect(store.coverage(first)).toEqual({
      files: [hits(1), hits(2, 'other', 'src/b.js')],
      recordedAt: 1_000,
    });
    expect(store.coverage(second)).toEqual({ files: [], recordedAt: 1_000 });
  });

  it('is not known of a record without coverage', () => {
    const store = open();
    expect(store.coverage(commit(store, 'a.test.js'))).toBeNull();
  });

  it('stays when the same is recorded without coverage, and is replaced with', () => {
    const store = open();
    const id = commit(store, 'a.test.js', [hits(1)]);
    expect(commit(store, 'a.test.js')).toBe(id);
    expect(store.coverage(id)?.files).toEqual([hits(1)]);
    commit(store, 'a.test.js', [hits(3)]);
    expect(open(store.file, { readonly: true }).coverage(id)?.files).toEqual([hits(3)]);
  });

  it('is stored once for many records, and goes with the last of them', () => {
    const file = newFile();
    const store = open(file);
    for (const name of ['a', 'b', 'c']) commit(store, `${name}.test.js`, [hits(1)]);
    commit(store, 'd.test.js', [hits(2)]);
    expect([rows(file, 'hit_set'), rows(file, 'counter_layout')]).toEqual([2, 1]);
    // Enough old records for unused rows to be looked for.
    for (let round = 0; round < 300; round += 1)
      commit(store, 'd.test.js', [hits(3)], round % 2 === 0 ? 0 : 1);
    sql(file, (db) => db.exec("DELETE FROM test_file WHERE path = 'd.test.js'"));
    sql(file, (db) => db.exec("INSERT OR REPLACE INTO note VALUES ('store:pending', '100000')"));
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    store.commit(batch({ gone: [{ environmentId: id, path: 'c.test.js' }] }), 31 * DAY);
    expect([rows(file, 'hit_set'), rows(file, 'coverage')]).toEqual([1, 2]);
  });

  it.each([
    ['hits', 'UPDATE hit_set SET bits = zeroblob(5)'],
    ['hits of another file', 'UPDATE hit_set SET counter_layout_id = 3 - counter_layout_id'],
    ['a list', "UPDATE coverage SET hit_sets = x'01'"],
    ['a set that is gone', 'DELETE FROM hit_set WHERE id = 1'],
  ])('counts as not known where it is damaged: %s', (_what, statement) => {
    const file = newFile();
    const id = commit(open(file), 'a.test.js', [hits(1), hits(2, 'other', 'src/b.js')]);
    sql(file, (db) => {
      db.pragma('foreign_keys = OFF');
      db.pragma('ignore_check_constraints = ON');
      db.exec(statement);
    });
    expect(open(file).coverage(id)).toBeNull();
  });
});

describe('what test files hit, in databases that are merged', () => {
  /** By path of the test file: what its record hit in the union of databases, merged in this order. */
  function merged(...sources: Store[]) {
    const target = open();
    for (const source of sources) target.merge(source.file, 9);
    const { id } = target.findOrCreateEnvironment(KEY, 1);
    return Object.fromEntries(
      [...target.load(id).testFiles].map(([name, { records }]) => [
        name,
        records.map((one) => target.coverage(one.id)),
      ]),
    );
  }

  /** A database with one test file that hit this. */
  function recorded(file: string, coverage?: FileHits[], at = 1_000): Store {
    const store = open();
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    const parts = { recordedAt: at, ...(coverage === undefined ? {} : { coverage }) };
    store.commit(batch({ records: [record(id, file, [executed(A, 0)], parts)] }), 5);
    return store;
  }

  it('is united, whichever comes first', () => {
    const all = [
      recorded('a.test.js', [hits(1), hits(2, 'other', 'src/b.js')]),
      recorded('b.test.js', [hits(1)]),
      recorded('c.test.js'),
    ];
    const union = {
      'a.test.js': [{ files: [hits(1), hits(2, 'other', 'src/b.js')], recordedAt: 1_000 }],
      'b.test.js': [{ files: [hits(1)], recordedAt: 1_000 }],
      'c.test.js': [null],
    };
    expect(merged(...all)).toEqual(union);
    expect(merged(...all.toReversed(), ...all)).toEqual(union);
  });

  it.each<[string, [bits: number | null, at: number], [bits: number | null, at: number], number]>([
    ['one knows none', [1, 1_000], [null, 2_000], 1],
    ['one is later', [1, 2_000], [3, 1_000], 1],
    ['both are of one time', [1, 1_000], [3, 1_000], 3],
  ])('is the same where both hold a record, whichever comes first: %s', (_why, a, b, stays) => {
    const [one, other] = [a, b].map(([bits, at]) =>
      recorded('a.test.js', bits === null ? undefined : [hits(bits)], at),
    );
    const found = [merged(must(one), must(other)), merged(must(other), must(one))];
    for (const { 'a.test.js': records } of found)
      expect(records?.map((coverage) => coverage?.files)).toEqual([[hits(stays)]]);
    expect(found[0]).toEqual(found[1]);
  });

  it('is left out where it is damaged, and its record is not', () => {
    const source = recorded('a.test.js', [hits(1)]);
    sql(source.file, (db) => db.exec('UPDATE hit_set SET bits = zeroblob(5)'));
    expect(merged(source)).toEqual({ 'a.test.js': [null] });
  });
});

describe('a database of an older format', () => {
  it.each([
    ['1', makeFormat1],
    ['2', makeFormat2],
    ['3', makeFormat3],
    ['4', makeFormat4],
    ['5', makeFormat5],
    ['6', makeFormat6],
  ])('%s keeps its records, and knows no coverage', (_version, makeOlder) => {
    const file = newFile();
    const store = open(file);
    const id = commit(store, 'a.test.js', [hits(1)]);
    const before = store.snapshot();
    store.close();
    makeOlder(file);
    const updated = open(file);
    expect(updated.snapshot()).toEqual(before);
    expect(updated.coverage(id)).toBeNull();
    expect(commit(updated, 'a.test.js', [hits(1)])).toBe(id);
    expect(
      updated.coverage(id)?.files ?? open(file, { readonly: true }).coverage(id)?.files,
    ).toEqual([hits(1)]);
  });
});

describe('a covered file', () => {
  function keep(
    store: Store,
    content: string,
    name = 'src/a.js',
    form: 'commonjs' | 'module' = 'commonjs',
  ) {
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    const file = { environmentId: id, path: name, form, content: Buffer.from(content) };
    store.commit(batch({ coveredFiles: [file] }), 5);
    return id;
  }

  it('is kept in its last state, for each form and environment', () => {
    const store = open();
    const id = keep(store, 'old');
    keep(store, 'new');
    keep(store, 'other', 'src/a.js', 'module');
    expect(store.coveredFile(id, 'src/a.js', 'commonjs')?.toString()).toBe('new');
    expect(store.coveredFile(id, 'src/a.js', 'module')?.toString()).toBe('other');
    expect(store.coveredFile(id, 'src/a.js', 'untested')).toBeNull();
    expect(store.coveredFile(id, 'src/b.js', 'commonjs')).toBeNull();
    expect(store.coveredFile(id + 1, 'src/a.js', 'commonjs')).toBeNull();
  });

  it.each([
    ['its bytes', 'UPDATE covered_file SET content = zeroblob(9)'],
    ['its form', "UPDATE covered_file SET form = 'module'"],
    ['its file', "UPDATE covered_file SET path = 'src/b.js'"],
  ])('counts as none where it is damaged: %s', (_what, statement) => {
    const file = newFile();
    const store = open(file);
    const id = keep(store, 'content');
    sql(file, (db) => db.exec(statement));
    for (const name of ['src/a.js', 'src/b.js'])
      for (const form of ['commonjs', 'module'] as const)
        expect(store.coveredFile(id, name, form)).toBeNull();
  });

  it('goes when no version of the file is left', () => {
    const file = newFile();
    const store = open(file);
    commit(store, 'a.test.js');
    keep(store, 'content', 'src/gone.js');
    const id = keep(store, 'content');
    sql(file, (db) => db.exec("INSERT OR REPLACE INTO note VALUES ('store:pending', '100000')"));
    store.commit(batch({ gone: [{ environmentId: id, path: 'a.test.js' }] }), 31 * DAY);
    expect(store.coveredFile(id, 'src/gone.js', 'commonjs')).toBeNull();
  });

  it('comes along in a merge, the same in any order, and not where it is damaged', () => {
    const stores = ['one', 'two', 'one'].map((content, at) => {
      const store = open();
      keep(store, content);
      keep(store, `only ${at}`, `src/${at}.js`);
      return store;
    });
    sql(must(stores[1]).file, (db) =>
      db.exec("UPDATE covered_file SET content = zeroblob(9) WHERE path = 'src/1.js'"),
    );
    const merged = [stores, stores.toReversed(), [...stores, ...stores]].map((sources) => {
      const target = open();
      // Another environment has its own.
      const other = { ...KEY, hash: 'other' };
      const { id } = target.findOrCreateEnvironment(other, 1);
      for (const source of sources) target.merge(source.file, 9);
      const mine = target.findOrCreateEnvironment(KEY, 1).id;
      const names = ['src/a.js', 'src/0.js', 'src/1.js', 'src/2.js'];
      expect(names.map((name) => target.coveredFile(id, name, 'commonjs'))).toEqual(
        names.map(() => null),
      );
      return names.map((name) => target.coveredFile(mine, name, 'commonjs')?.toString());
    });
    for (const found of merged) expect(found).toEqual(['two', 'only 0', undefined, 'only 2']);
  });

  it('is not in a database of the seventh format, which can keep some once it is opened', () => {
    const file = newFile();
    keep(open(file), 'content');
    makeFormat7(file);
    const store = open(file);
    const id = keep(store, 'new', 'src/b.js');
    expect(store.coveredFile(id, 'src/a.js', 'commonjs')).toBeNull();
    expect(store.coveredFile(id, 'src/b.js', 'commonjs')?.toString()).toBe('new');
  });
});
