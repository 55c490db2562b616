import { describe, expect, it } from '@jest/globals';
import type { FlakySighting, StoredFlakySighting } from '../../src/store';
import { batch, KEY, newFile, open, record, sql } from './helpers';
import { makeFormat1, makeFormat2, makeFormat3, makeFormat4 } from './older';

const DAY = 24 * 3600 * 1000;
const SEEN = { path: 'a.test.js', test: ['a', 'rolls'], outcome: 'failed' } as const;

/** A database in which tests were seen to be flaky at some times. */
function seen(...sightings: [at: number, sighting?: Partial<FlakySighting>][]): string {
  const file = newFile();
  const store = open(file);
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  for (const [at, sighting] of sightings)
    store.commit(
      batch({ flaky: [{ environmentId: id, ...SEEN, test: [...SEEN.test], ...sighting }] }),
      at,
    );
  store.close();
  return file;
}

function flakyIn(file: string): StoredFlakySighting[] {
  return open(file, { readonly: true, older: 'copy' }).flaky();
}

function merged(...files: string[]): string {
  const file = newFile();
  const store = open(file);
  for (const other of files) store.merge(other, 100);
  store.close();
  return file;
}

describe('sightings of flaky tests', () => {
  it('are kept by test, newest first, the last hundred of a test file', () => {
    const file = seen([5], [6, { test: null }], [7, { outcome: 'retried' }]);
    expect(flakyIn(file)).toEqual([
      { project: KEY.project, ...SEEN, outcome: 'retried', seenAt: 7 },
      { project: KEY.project, ...SEEN, test: null, seenAt: 6 },
      { project: KEY.project, ...SEEN, seenAt: 5 },
    ]);
    const store = open(file);
    for (let at = 10; at < 120; at += 1)
      store.commit(batch({ flaky: [{ environmentId: 1, ...SEEN, test: ['b'] }] }), at);
    expect(store.flaky().map(({ seenAt }) => seenAt)).toEqual(
      Array.from({ length: 100 }, (_, nth) => 119 - nth),
    );
  });

  it('are forgotten after 90 days, and with their test file', () => {
    const store = open(seen([5], [6, { path: 'b.test.js' }]));
    expect(store.testFilePaths(1)).toEqual(['a.test.js', 'b.test.js']);
    store.commit(batch({ gone: [{ environmentId: 1, path: 'a.test.js' }] }), 8);
    expect(store.flaky().map(({ path }) => path)).toEqual(['b.test.js']);
    store.commit(batch(), 90 * DAY);
    expect(store.flaky()).toHaveLength(1);
    store.commit(batch(), 91 * DAY);
    expect(store.flaky()).toEqual([]);
  });

  it('do not count while an escape is open, also where this commit settles it', () => {
    const store = open(seen());
    const lost = { project: KEY.project, path: 'b.test.js', recordHash: '', recordedAt: 0 };
    store.commit(batch({ escapes: [{ ...lost, message: '' }] }), 5);
    const flaky = [{ environmentId: 1, ...SEEN, test: [...SEEN.test] }];
    store.commit(batch({ flaky }), 6);
    store.commit(batch({ flaky, records: [record(1, 'b.test.js')] }), 7);
    expect(store.flaky()).toEqual([]);
    store.commit(batch({ flaky }), 8);
    expect(store.flaky()).toHaveLength(1);
  });

  it('are merged in whatever order and however often', () => {
    const [one, two] = [seen([5], [6, { test: null }]), seen([5, { outcome: 'passed' }], [9])];
    const united = flakyIn(merged(one, two));
    expect(united.map(({ seenAt, outcome }) => [seenAt, outcome])).toEqual([
      [9, 'failed'],
      [6, 'failed'],
      [5, 'passed'],
    ]);
    expect(flakyIn(merged(two, one, merged(two), one))).toEqual(united);
  });

  it('are not read from rows that cannot be ours', () => {
    const file = seen([5]);
    sql(file, (db) =>
      db.exec(`INSERT INTO flaky VALUES ('.', '/etc/passwd', '', 1, 'failed'), ('.', 'a.test.js', '{}', 1, 'failed'),
        ('.', 'a.test.js', '', -1, 'failed'), ('.', 'a.test.js', '', 1, 'odd')`),
    );
    expect(flakyIn(file)).toHaveLength(1);
  });
});

describe('a database of an older format', () => {
  it('knows which failures came with nothing changed', () => {
    const file = newFile();
    const store = open(file);
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    const failures = ['a.test.js', 'b.test.js'].map((path) => ({ environmentId: id, path }));
    store.commit(batch({ failures }), 5);
    const before = [store.snapshot(), store.failures(KEY.project)];
    store.close();
    makeFormat4(file);
    sql(file, (db) => db.exec("UPDATE failure SET unaffected = 1 WHERE path = 'b.test.js'"));
    const expected = [
      { project: KEY.project, path: 'b.test.js', test: null, seenAt: 5, outcome: 'failed' },
    ];
    expect(flakyIn(file)).toEqual(expected);
    expect(flakyIn(merged(file))).toEqual(expected);
    const updated = open(file);
    expect([updated.snapshot(), updated.failures(KEY.project)]).toEqual(before);
    expect(updated.flaky()).toEqual(expected);
  });

  it.each([
    ['1', makeFormat1],
    ['2', makeFormat2],
    ['3', makeFormat3],
  ])('%s knows none', (_version, makeOlder) => {
    const file = seen([5]);
    makeOlder(file);
    expect(flakyIn(merged(file))).toEqual([]);
    expect(open(file).flaky()).toEqual([]);
  });
});
