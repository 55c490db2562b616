import { describe, expect, it } from '@jest/globals';
import { batch, executed, KEY, newFile, open, record, sql, version } from './helpers';
import { makeFormat1, makeFormat2 } from './older';

const LONG = '1:2:name,3:4:,'.repeat(1_000);

/** A database with a version that has places, one that has none, and a record of both. */
function filled(): string {
  const file = newFile();
  const store = open(file);
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  const blocks = [
    executed(version('src/a.js', ['module', 'f'], { places: LONG }), 0, 1),
    executed(version('src/b.js', ['module']), 0),
  ];
  store.commit(batch({ records: [record(id, 'a.test.js', blocks)] }), 1);
  store.close();
  return file;
}

describe.each([
  ['format 1', makeFormat1],
  ['format 2', makeFormat2],
])('a database of %s', (_, makeOlder) => {
  it('is updated with all it holds, and with the places of its blocks', () => {
    const file = filled();
    const before = open(file, { readonly: true }).snapshot();
    makeOlder(file);
    expect(sql(file, (db) => db.pragma('table_info(file_version)'))).toContainEqual(
      expect.objectContaining({ name: 'places' }),
    );
    const store = open(file);
    expect(store.snapshot()).toEqual(before);
    const byPath = Array.from(store.load(1).versions.values(), ({ id, path }) => [
      path,
      store.places(id),
    ]);
    expect(Object.fromEntries(byPath)).toEqual({ 'src/a.js': LONG, 'src/b.js': '' });
    expect(store.recall(1)?.tests).toHaveLength(store.tests(1).length);
  });

  it('loses only places that cannot be read', () => {
    const file = filled();
    const before = open(file, { readonly: true }).snapshot();
    makeOlder(file);
    sql(file, (db) => db.exec("UPDATE file_version SET places = x'ff00'"));
    const store = open(file);
    expect(store.snapshot()).toEqual(before);
    expect(store.places(1)).toBe('');
  });
});

it('places go with their version', () => {
  const file = filled();
  const left = sql(file, (db) => {
    db.pragma('foreign_keys = ON');
    db.exec("DELETE FROM file_version WHERE path = 'src/a.js'");
    return db.prepare('SELECT count(*) FROM places').pluck().get();
  });
  expect(left).toBe(0);
});
