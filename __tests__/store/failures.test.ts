import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Store } from '../../src/store';
import { batch, KEY, newFile, open, record, sql } from './helpers';
import { makeFormat1 } from './older';

/** A database in which test files failed, each at some times. */
function failed(times: Record<string, readonly number[]>, hash = 'h1'): string {
  const file = newFile();
  const store = open(file);
  const { id } = store.findOrCreateEnvironment({ ...KEY, hash }, 1);
  for (const at of [...new Set(Object.values(times).flat())].sort((a, b) => a - b)) {
    const paths = Object.keys(times).filter((path) => times[path]?.includes(at));
    store.commit(batch({ failures: paths.map((path) => ({ environmentId: id, path })) }), at);
  }
  store.close();
  return file;
}

function failuresIn(file: string): Record<string, number[]> {
  return Object.fromEntries(open(file, { readonly: true }).failures(KEY.project));
}

/** Merges databases into a new one, in this order. */
function merged(...files: string[]): string {
  const file = newFile();
  const store = Store.open(file);
  for (const other of files) store.merge(other, 100);
  store.close();
  return file;
}

it('remembers the last ten failures of a test file, whether it left a record or crashed', () => {
  const file = newFile();
  const store = open(file);
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  for (let at = 1; at <= 12; at += 1) {
    const one = record(id, 'a.test.js', [], { outcome: 'failed' });
    const crash = { environmentId: id, path: 'a.test.js' };
    store.commit(batch(at % 2 === 0 ? { records: [one] } : { failures: [crash] }), at);
  }
  store.commit(batch({ records: [record(id, 'a.test.js'), record(id, 'b.test.js')] }), 20);
  expect(failuresIn(file)).toEqual({ 'a.test.js': [12, 11, 10, 9, 8, 7, 6, 5, 4, 3] });
});

it('knows them in every environment of the project, and in no other project', () => {
  const store = open(failed({ 'a.test.js': [5] }));
  store.findOrCreateEnvironment({ ...KEY, hash: 'new' }, 6);
  expect([...store.failures(KEY.project)]).toEqual([['a.test.js', [5]]]);
  expect([...store.failures('other')]).toEqual([]);
});

it('forgets those of a test file that is gone', () => {
  const store = open(failed({ 'a.test.js': [5], 'b.test.js': [6] }));
  const { id } = store.findOrCreateEnvironment({ ...KEY, hash: 'new' }, 7);
  expect(store.testFilePaths(id)).toEqual(['a.test.js', 'b.test.js']);
  store.commit(batch({ gone: [{ environmentId: id, path: 'a.test.js' }] }), 8);
  expect([...store.failures(KEY.project)]).toEqual([['b.test.js', [6]]]);
});

it('reads nothing from rows that cannot be ours', () => {
  const file = failed({ 'a.test.js': [5] });
  sql(file, (db) =>
    db.exec(
      `INSERT INTO failure (project, path, failed_at) VALUES ('.', '/etc/passwd', 1), ('.', 'a.test.js', -3)`,
    ),
  );
  expect(failuresIn(file)).toEqual({ 'a.test.js': [5] });
});

describe('merging', () => {
  const times = fc.dictionary(
    fc.constantFrom('a.test.js', 'b.test.js'),
    fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 14 }),
  );

  it('unites failures: in any order, however often, the last ten of all', () => {
    fc.assert(
      fc.property(times, times, times, (...histories) => {
        const [a = '', b = '', c = ''] = histories.map((one) => failed(one));
        const all = merged(a, b, c);
        const expected = failuresIn(all);
        expect(failuresIn(merged(c, merged(b, a)))).toEqual(expected);
        expect(failuresIn(merged(all, a, b, all))).toEqual(expected);
        for (const [path, kept] of Object.entries(expected)) {
          const every = new Set(histories.flatMap((one) => one[path] ?? []));
          expect(kept).toEqual([...every].sort((x, y) => y - x).slice(0, 10));
        }
      }),
      { numRuns: 10 },
    );
  }, 60_000);

  it('is followed by commits that are later than what came in', () => {
    const target = merged(failed({ 'a.test.js': [5_000] }));
    const store = open(target);
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    store.commit(batch({ failures: [{ environmentId: id, path: 'b.test.js' }] }), 100);
    expect(store.failures(KEY.project).get('b.test.js')).toEqual([5_001]);
  });
});

describe('a database of format 1', () => {
  it('is updated with all it holds; of what failed last one failure is known', () => {
    const file = failed({ 'a.test.js': [3, 5], 'b.test.js': [6] });
    const store = open(file);
    store.commit(batch({ records: [record(1, 'b.test.js'), record(1, 'c.test.js')] }), 8);
    const before = store.snapshot();
    store.close();
    makeFormat1(file);
    const updated = open(file);
    expect(updated.snapshot()).toEqual(before);
    expect([...updated.failures(KEY.project)]).toEqual([['a.test.js', [5]]]);
    updated.commit(batch({ failures: [{ environmentId: 1, path: 'b.test.js' }] }), 9);
    expect([...updated.failures(KEY.project).keys()].sort()).toEqual(['a.test.js', 'b.test.js']);
  });

  it('is merged as it is', () => {
    const file = failed({ 'a.test.js': [5] });
    makeFormat1(file);
    expect(failuresIn(merged(file))).toEqual({ 'a.test.js': [5] });
  });
});
