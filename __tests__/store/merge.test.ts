import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Store, type Snapshot } from '../../src/store';
import type { TestFileRecord } from '../../src/records/types';
import {
  batch,
  dependency,
  executed,
  KEY,
  newFile,
  open,
  record,
  rows,
  sql,
  storeError,
  test,
  version,
  must,
} from './helpers';

/** One thing that happens to a database. Small numbers, so that databases often hold the same. */
const event = fc.record({
  at: fc.integer({ min: 1, max: 30 }),
  hash: fc.constantFrom('h1', 'h2'),
  path: fc.constantFrom('a.test.js', 'b.test.js'),
  outcome: fc.constantFrom(
    'passed' as const,
    'passed' as const,
    'failed' as const,
    'crashed' as const,
  ),
  complete: fc.boolean(),
  variant: fc.integer({ min: 0, max: 11 }),
  /** Of the part that is not executed: the record stays the same fact. */
  unexecuted: fc.integer({ min: 0, max: 2 }),
  comment: fc.integer({ min: 0, max: 2 }),
  orderDependent: fc.boolean(),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;
const history = fc.array(event, { maxLength: 14 });

function makeRecord(
  environmentId: number,
  { path, outcome, complete, variant, unexecuted, comment, at }: Event,
): TestFileRecord {
  const contentHash = `${variant} ${unexecuted} ${comment}`;
  const source = version('src/a.js', ['module', `f${variant % 4}`, `never ${unexecuted}`], {
    contentHash,
  });
  const tests = [
    test('one', {
      blocks: [executed(source, 0, 1)],
      dependencies: variant > 5 ? [dependency('data.json')] : [],
    }),
    test('two', { outcome: variant % 2 === 0 ? 'passed' : 'skipped' }),
  ];
  return record(environmentId, path, [executed(source, 0)], {
    outcome: outcome === 'passed' ? 'passed' : 'failed',
    complete,
    recordedAt: at,
    duration: at * 3 + unexecuted,
    tests,
  });
}

function play(events: readonly Event[]): string {
  const file = newFile();
  const store = Store.open(file);
  for (const one of events) {
    const { id } = store.findOrCreateEnvironment({ ...KEY, hash: one.hash }, one.at);
    const key = { environmentId: id, path: one.path };
    store.commit(
      batch(
        one.outcome === 'crashed'
          ? { failures: [key] }
          : {
              records: [makeRecord(id, one)],
              orderDependent: [{ ...key, value: one.orderDependent }],
            },
      ),
      one.at,
    );
  }
  store.close();
  return file;
}

/** Merges databases into a new one, in this order. */
function merged(...files: string[]): { file: string; snapshot: Snapshot } {
  const file = newFile();
  const store = Store.open(file);
  for (const other of files) store.merge(other, 100);
  const snapshot = store.snapshot();
  store.close();
  return { file, snapshot };
}

function snapshotOf(file: string): Snapshot {
  const store = Store.open(file, { readonly: true });
  const snapshot = store.snapshot();
  store.close();
  return snapshot;
}

describe('merging', () => {
  it('into an empty database is a copy', () => {
    fc.assert(
      fc.property(history, (events) => {
        const file = play(events);
        expect(merged(file).snapshot).toEqual(snapshotOf(file));
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(history, history, history, (...histories) => {
        const [a = '', b = '', c = ''] = histories.map(play);
        const all = merged(a, b, c);
        expect(merged(c, b, a).snapshot).toEqual(all.snapshot);
        expect(merged(merged(b, c).file, a).snapshot).toEqual(all.snapshot);
        expect(merged(a, merged(c, b).file, b, a).snapshot).toEqual(all.snapshot);
        expect(merged(all.file, a, all.file).snapshot).toEqual(all.snapshot);
      }),
      { numRuns: 25 },
    );
  }, 240_000);

  it('keeps every record of both', () => {
    const base: Event = {
      at: 1,
      hash: 'h1',
      path: 'a.test.js',
      outcome: 'passed',
      complete: true,
      variant: 0,
      unexecuted: 0,
      comment: 0,
      orderDependent: false,
    };
    const { snapshot } = merged(
      play([base]),
      play([
        { ...base, variant: 1 },
        { ...base, path: 'b.test.js' },
      ]),
      play([{ ...base, hash: 'h2' }]),
    );
    expect(
      snapshot.environments.map(({ testFiles }) =>
        testFiles.map(({ path, records }) => [path, records.length]),
      ),
    ).toEqual([
      [
        ['a.test.js', 2],
        ['b.test.js', 1],
      ],
      [['a.test.js', 1]],
    ]);
  });

  it.each([
    ['a later pass', 'passed', 2, false],
    ['an earlier pass', 'passed', 0, true],
    ['a pass at the same time', 'passed', 1, true],
  ] as const)('of a failure and %s: the later counts', (_, outcome, at, failed) => {
    const first = newFile();
    const second = newFile();
    const write = (file: string, how: 'passed' | 'failed', when: number) => {
      const store = open(file);
      const { id } = store.findOrCreateEnvironment(KEY, 1);
      store.commit(batch({ records: [record(id, 'a.test.js', [], { outcome: how })] }), when);
    };
    write(first, 'failed', 1);
    write(second, outcome, at);
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      expect(merged(...order).snapshot.environments[0]?.testFiles[0]?.failed).toBe(failed);
    }
  });

  it('keeps eight records, the last matched', () => {
    const write = (times: number[]) => {
      const file = newFile();
      const store = open(file);
      const { id } = store.findOrCreateEnvironment(KEY, 1);
      for (const at of times) {
        const source = version('src/a.js', [`module ${at}`]);
        store.commit(
          batch({ records: [record(id, 'a.test.js', [executed(source, 0)], { duration: at })] }),
          at,
        );
      }
      return file;
    };
    const { file } = merged(write([1, 3, 5, 7, 9, 11]), write([2, 4, 6, 8, 10, 12]));
    const [testFile] = open(file).load(1).testFiles.values();
    expect(testFile?.records.map(({ duration }) => duration)).toEqual([12, 11, 10, 9, 8, 7, 6, 5]);
  });

  it('unites runs, and leaves what is about one machine', () => {
    const first = newFile();
    const store = open(first);
    const run = { startedAt: 1, duration: 2, selected: 3, total: 4, saved: 5 };
    const fileStates = [
      { path: 'a.js', size: 1, mtime: '1', ctime: '1', inode: '1', contentHash: 'c' },
    ];
    store.commit(batch({ run, fileStates, notes: [{ key: 'k', value: 'v' }] }), 1);
    const { file } = merged(first, first);
    const united = open(file);
    expect([united.runs(), united.fileStates().size, united.note('k')]).toEqual([
      [run],
      0,
      undefined,
    ]);
  });

  it('a database with itself changes nothing', () => {
    const file = play(fc.sample(history, { numRuns: 1, seed: 7 })[0] ?? []);
    const before = snapshotOf(file);
    open(file).merge(file, 100);
    expect(snapshotOf(file)).toEqual(before);
  });

  it('leaves out records that do not say what their hash says', () => {
    const file = newFile();
    const store = open(file);
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    const source = version('src/a.js', ['module', 'f']);
    store.commit(
      batch({
        records: [record(id, 'a.test.js', [executed(source, 0, 1)]), record(id, 'b.test.js')],
      }),
      1,
    );
    store.close();
    sql(file, (db) => db.prepare('UPDATE file_version SET fingerprints = ?').run(Buffer.alloc(16)));
    const { snapshot } = merged(file);
    expect(snapshot.environments[0]?.testFiles.map(({ records }) => records.length)).toEqual([
      0, 1,
    ]);
  });

  it('says which of the two cannot be used, and changes nothing', () => {
    const target = open();
    const missing = newFile();
    expect(storeError(() => target.merge(missing, 1))).toMatchObject({
      reason: 'missing',
      message: expect.stringContaining(missing),
    });
    const altered = play([]);
    sql(altered, (db) =>
      db.exec(
        'ALTER TABLE test_file DROP COLUMN order_dependent; INSERT INTO environment VALUES (1, "", ".", 20, "linux", "h", 1, 1)'.replace(
          /"/g,
          "'",
        ),
      ),
    );
    expect(storeError(() => target.merge(altered, 1))).toMatchObject({
      reason: 'altered',
      message: expect.stringContaining(altered),
    });
    expect(rows(target.file, 'environment')).toBe(0);
  });
});

describe('a snapshot', () => {
  it('is the same in whatever order things were recorded', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
        fc.integer({ min: 1, max: 4 }),
        (order, workers) => {
          const run = (numbers: number[], batches: number) => {
            const file = newFile();
            const store = Store.open(file);
            const { id } = store.findOrCreateEnvironment(KEY, 1);
            const records = numbers.map((nth) => {
              const sources = [
                version('src/shared.js', ['module', 'f']),
                version(`src/${nth % 3}.js`, ['module', `f${nth % 3}`]),
              ];
              return record(
                id,
                `${nth}.test.js`,
                sources.map((of) => executed(of, nth % 2)),
                {
                  duration: batches * 10 + nth,
                  recordedAt: batches,
                  outcome: nth === 5 ? 'failed' : 'passed',
                  tests: [
                    test('one', {
                      blocks: [executed(must(sources[1]), 1)],
                      dependencies: [dependency(`d${nth % 2}`)],
                    }),
                  ],
                },
              );
            });
            for (let nth = 0; nth < batches; nth += 1) {
              store.commit(
                batch({ records: records.filter((_, index) => index % batches === nth) }),
                nth,
              );
            }
            const snapshot = store.snapshot();
            store.close();
            return snapshot;
          };
          expect(run(order, workers)).toEqual(run([0, 1, 2, 3, 4, 5, 6, 7], 1));
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);
});
