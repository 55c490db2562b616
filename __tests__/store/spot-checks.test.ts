import { describe, expect, it } from '@jest/globals';
import type { Store } from '../../src/store';
import { batch, KEY, newFile, open, record, sql } from './helpers';
import { makeFormat3 } from './older';

const LOST = { recordHash: 'ab', recordedAt: 5, message: '"t": wrong' };

function made(file: string): { store: Store; id: number } {
  const store = open(file);
  return { store, id: store.findOrCreateEnvironment(KEY, 1).id };
}

/** A database in which a spot check of each path ran and failed at the time. */
function escaped(times: Record<string, number>): string {
  const file = newFile();
  const { store } = made(file);
  for (const [path, at] of Object.entries(times)) {
    const key = { project: KEY.project, path };
    store.commit(batch({ spotChecks: [key], escapes: [{ ...key, ...LOST }] }), at);
  }
  store.close();
  return file;
}

const openPaths = (store: Store): string[] =>
  store
    .escapes()
    .filter(({ isOpen }) => isOpen)
    .map(({ path }) => path)
    .sort();

describe('an escape', () => {
  it('is open until its test file passes as a whole, for good', () => {
    const { store, id } = made(escaped({ 'a.test.js': 10, 'b.test.js': 20 }));
    store.commit(batch({ records: [record(id, 'a.test.js', [], { complete: false })] }), 30);
    expect(openPaths(store)).toEqual(['a.test.js', 'b.test.js']);
    const provisional = store.commit(
      batch({ records: [record(id, 'a.test.js')], isProvisional: () => true }),
      40,
    );
    expect(openPaths(store)).toEqual(['a.test.js', 'b.test.js']);
    store.settle(provisional);
    expect(openPaths(store)).toEqual(['b.test.js']);
    store.commit(batch({ records: [record(id, 'b.test.js')] }), 50);
    expect(openPaths(store)).toEqual([]);
    const again = { project: KEY.project, path: 'a.test.js', ...LOST };
    store.commit(batch({ escapes: [again] }), 60);
    expect(openPaths(store)).toEqual(['a.test.js']);
    store.commit(batch({ trust: true }), 70);
    expect(openPaths(store)).toEqual([]);
    store.commit(batch({ escapes: [again] }), 80);
    store.commit(batch({ gone: [{ environmentId: id, path: 'a.test.js' }] }), 90);
    expect(openPaths(store)).toEqual([]);
    expect(store.spotChecks().map(({ path }) => path)).toEqual(['b.test.js']);
  });

  it('is merged in whatever order and however often; a pass of one side settles what it knew', () => {
    const one = escaped({ 'a.test.js': 10, 'b.test.js': 20 });
    const two = escaped({ 'a.test.js': 30, 'c.test.js': 40 });
    const settled = made(one);
    settled.store.commit(
      batch({ records: ['a.test.js', 'b.test.js'].map((path) => record(settled.id, path)) }),
      25,
    );
    settled.store.close();
    const results = [
      [one, two],
      [two, one, two],
    ].map((files) => {
      const store = open();
      for (const file of files) store.merge(file, 50);
      return [openPaths(store), store.escapes(), store.spotChecks()];
    });
    expect(results[0]).toEqual(results[1]);
    expect(results[0]?.[0]).toEqual(['a.test.js', 'c.test.js']);
  });

  it('that cannot be ours is passed over', () => {
    const file = escaped({ 'a.test.js': 10 });
    sql(file, (db) => {
      db.exec(
        "INSERT INTO escaped VALUES ('.', '../../x/../y', 1, 0, '', 0, ''), ('.', 'b', -1, -2, '', 0, '')",
      );
      db.exec("INSERT INTO spot_check VALUES ('.', '/etc/passwd', 1)");
    });
    const store = open();
    store.merge(file, 50);
    expect(openPaths(store)).toEqual(['a.test.js']);
    expect(store.spotChecks()).toHaveLength(1);
  });

  it('makes databases differ', () => {
    const { store } = made(escaped({ 'a.test.js': 10 }));
    const before = store.contentHash();
    store.commit(batch({ trust: true }), 20);
    expect(store.contentHash()).not.toBe(before);
  });
});

describe('a database of format 3', () => {
  it('is updated with all it holds, and knows of no spot checks', () => {
    const file = newFile();
    const { store, id } = made(file);
    store.commit(
      batch({
        records: [record(id, 'a.test.js')],
        failures: [{ environmentId: id, path: 'b.test.js' }],
      }),
      10,
    );
    const [before, failures] = [store.snapshot(), store.failures(KEY.project)];
    store.close();
    makeFormat3(file);
    const merged = open();
    merged.merge(file, 20);
    expect(merged.failures(KEY.project)).toEqual(failures);
    const updated = open(file);
    expect(updated.snapshot()).toEqual(before);
    expect(updated.failures(KEY.project)).toEqual(failures);
    expect([updated.escapes(), updated.spotChecks(), updated.flaky().length]).toEqual([[], [], 0]);
  });
});
