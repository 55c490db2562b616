import { describe, expect, it } from '@jest/globals';
import { decodeBlocks, decodeIds, type Store } from '../../src/store';
import type { ExecutedBlocks, SelectionData } from '../../src/records/types';
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

const source = version('src/a.js', ['module', 'f', 'f if', 'g']);
const other = version('src/b.js', ['module']);
const DAY = 24 * 3_600_000;

function setUp(file = newFile()): { file: string; store: Store; id: number } {
  const store = open(file);
  return { file, store, id: store.findOrCreateEnvironment(KEY, 1).id };
}

function only(store: Store, id: number, path = 'a.test.js') {
  const testFile = store.load(id).testFiles.get(path);
  if (testFile === undefined) throw new Error(`${path} is not there`);
  return testFile;
}

describe('a committed record', () => {
  it('comes back with the blocks of its shared part and all tests', () => {
    const { store, id } = setUp();
    const shared = { blocks: [executed(source, 0)], dependencies: [dependency('package.json')] };
    const tests = [
      test('one', { blocks: [executed(source, 0, 1)] }),
      test('two', {
        blocks: [executed(source, 1, 2), executed(other, 0)],
        dependencies: [dependency('data.json')],
      }),
    ];
    store.commit(batch({ records: [record(id, 'a.test.js', [], { shared, tests })] }), 5);

    const data = store.load(id);
    const [stored] = only(store, id).records;
    const footprint = decodeBlocks(must(stored).blocks).map(({ version: of, bits }) => [
      data.versions.get(of)?.path,
      [...bits],
    ]);
    expect(footprint).toEqual([
      ['src/a.js', [0b0111]],
      ['src/b.js', [1]],
    ]);
    expect(
      decodeIds(must(stored).dependencies).map((of) => data.dependencies.get(of)?.name),
    ).toEqual(['package.json', 'data.json']);
    expect(stored).toMatchObject({
      complete: true,
      duration: 100,
      recordedAt: 1_000,
      matchedAt: 5,
    });
    expect(data.contents.get('src/a.js|commonjs')?.get(source.contentHash)).toBe(
      decodeBlocks(must(stored).blocks)[0]?.version,
    );
  });

  it('tells apart what its tests share from what each adds', () => {
    const { store, id } = setUp();
    const tests = [
      test('one', { blocks: [executed(source, 0, 1)] }),
      test('two', { blocks: [executed(source, 0)] }),
    ];
    store.commit(
      batch({ records: [record(id, 'a.test.js', [executed(source, 0)], { tests })] }),
      5,
    );
    const recordId = must(only(store, id).records[0]).id;
    const bitsOf = (blocks: Buffer) => decodeBlocks(blocks).map(({ bits }) => [...bits]);
    expect(store.tests(recordId).map(({ name, blocks }) => [name, bitsOf(blocks)])).toEqual([
      [['one'], [[0b10]]],
      [['two'], []],
    ]);
    expect(bitsOf(must(store.shared(recordId)).blocks)).toEqual([[0b1]]);
    expect(store.tests(999)).toEqual([]);
    expect(store.shared(999)).toBeNull();
  });

  it('takes no notice of bits beyond the blocks of its version', () => {
    const { store, id } = setUp();
    const blocks: ExecutedBlocks[] = [{ version: other, bits: Uint8Array.of(0xff, 0xff) }];
    store.commit(batch({ records: [record(id, 'a.test.js', blocks)] }), 5);
    expect(decodeBlocks(must(only(store, id).records[0]).blocks)).toMatchObject([
      { bits: Buffer.of(1) },
    ]);
  });

  it('is the same fact when only comments, times or blocks that were not executed changed', () => {
    const { store, id } = setUp();
    const commented = version('src/a.js', ['module', 'f', 'f if', 'g'], {
      contentHash: 'commented',
    });
    const edited = version('src/a.js', ['module', 'f', 'f if', 'g changed', 'h']);
    [source, commented, edited].forEach((of, nth) => {
      const again = record(id, 'a.test.js', [executed(of, 0, 1)], {
        recordedAt: nth,
        duration: nth,
      });
      store.commit(batch({ records: [again] }), 10 + nth);
    });
    expect(only(store, id).records).toMatchObject([{ matchedAt: 12, duration: 2 }]);
    const contents = must(store.load(id).contents.get('src/a.js|commonjs'));
    expect(contents.get(source.contentHash)).toBe(contents.get('commented'));
    expect(contents.get(edited.contentHash)).not.toBe(contents.get('commented'));
  });

  it.each<[string, Parameters<typeof record>[3]]>([
    ['another executed block', { shared: { blocks: [executed(source, 0, 1)], dependencies: [] } }],
    [
      'another dependency',
      { shared: { blocks: [executed(source, 0)], dependencies: [dependency('x')] } },
    ],
    ['another test', { tests: [test('one')] }],
    ['being incomplete', { complete: false }],
  ])('is another fact with %s', (_, parts) => {
    const { store, id } = setUp();
    store.commit(batch({ records: [record(id, 'a.test.js', [executed(source, 0)])] }), 1);
    store.commit(batch({ records: [record(id, 'a.test.js', [executed(source, 0)], parts)] }), 2);
    expect(only(store, id).records).toHaveLength(2);
  });

  it('tells apart an outcome, a title, and the test that executed a block', () => {
    const { store, id } = setUp();
    const block = [executed(source, 1)];
    const variants = [
      [test('one', { blocks: block }), test('two')],
      [test('one'), test('two', { blocks: block })],
      [test('one', { blocks: block }), test('two', { outcome: 'skipped' })],
      [test('one', { blocks: block }), test('three')],
    ];
    variants.forEach((tests, nth) =>
      store.commit(batch({ records: [record(id, 'a.test.js', [], { tests })] }), nth),
    );
    expect(only(store, id).records).toHaveLength(variants.length);
  });

  it('has the same hash in whatever order and row ids it was stored', () => {
    const first = setUp();
    const second = setUp();
    const shared = [executed(source, 0, 2), executed(other, 0)];
    const tests = [test('one', { dependencies: [dependency('x'), dependency('y')] }), test('two')];
    first.store.commit(batch({ records: [record(first.id, 'a.test.js', shared, { tests })] }), 1);
    second.store.commit(
      batch({
        records: [record(second.id, 'z.test.js', [executed(version('src/z.js', ['m']), 0)])],
      }),
      1,
    );
    const turned = [
      { ...must(tests[1]) },
      { ...must(tests[0]), dependencies: [dependency('y'), dependency('x')] },
    ];
    const again = record(second.id, 'a.test.js', [...shared].reverse(), {
      tests: turned,
      duration: 7,
    });
    second.store.commit(batch({ records: [again] }), 9);
    expect(must(only(second.store, second.id).records[0]).hash).toBe(
      must(only(first.store, first.id).records[0]).hash,
    );
  });
});

describe('a failure', () => {
  const passed = (id: number, parts = {}) => record(id, 'a.test.js', [executed(source, 0)], parts);

  it('stays until a complete pass, and older records stay with it', () => {
    const { store, id } = setUp();
    store.commit(batch({ records: [passed(id)] }), 1);
    store.commit(batch({ records: [passed(id, { outcome: 'failed', duration: 7 })] }), 2);
    expect(only(store, id)).toMatchObject({
      failed: true,
      lastOutcome: 'failed',
      duration: 7,
      lastRunAt: 2,
    });
    expect(only(store, id).records).toMatchObject([{ matchedAt: 1 }]);

    store.commit(batch({ records: [passed(id, { complete: false })] }), 3);
    expect(only(store, id)).toMatchObject({ failed: true, lastOutcome: 'passed' });
    expect(only(store, id).records.map(({ complete }) => complete)).toEqual([false, true]);

    store.commit(batch({ records: [passed(id)] }), 4);
    expect(only(store, id)).toMatchObject({ failed: false, lastOutcome: 'passed' });
  });

  it('needs no record: a crash leaves none', () => {
    const { store, id } = setUp();
    store.commit(batch({ failures: [{ environmentId: id, path: 'a.test.js' }] }), 1);
    expect(only(store, id)).toMatchObject({ failed: true, duration: undefined, records: [] });
    store.commit(batch({ failures: [{ environmentId: id, path: 'a.test.js', duration: 3 }] }), 2);
    store.commit(batch({ failures: [{ environmentId: id, path: 'a.test.js' }] }), 3);
    expect(only(store, id).duration).toBe(3);
  });

  it('wins over a pass in the same batch', () => {
    const { store, id } = setUp();
    store.commit(
      batch({ records: [passed(id)], failures: [{ environmentId: id, path: 'a.test.js' }] }),
      1,
    );
    expect(only(store, id).failed).toBe(true);
  });

  it('is of one environment only', () => {
    const { store, id } = setUp();
    const second = store.findOrCreateEnvironment({ ...KEY, hash: 'h2' }, 1).id;
    store.commit(
      batch({ records: [passed(id)], failures: [{ environmentId: second, path: 'a.test.js' }] }),
      1,
    );
    expect(only(store, id).failed).toBe(false);
    expect(only(store, second).failed).toBe(true);
  });
});

describe('the records of a test file', () => {
  const variant = (id: number, nth: number, parts = {}) =>
    record(id, 'a.test.js', [executed(version('src/a.js', [`module ${nth}`]), 0)], {
      duration: nth,
      ...parts,
    });

  it('are eight at most; the least recently matched goes first', () => {
    const { file, store, id } = setUp();
    for (let nth = 1; nth <= 8; nth += 1) store.commit(batch({ records: [variant(id, nth)] }), nth);
    const oldest = must(only(store, id).records.at(-1));
    expect(oldest.duration).toBe(1);
    store.commit(batch({ matched: [oldest.id] }), 9);
    store.commit(batch({ records: [variant(id, 10)] }), 10);
    expect(only(store, id).records.map(({ duration }) => duration)).toEqual([
      10, 1, 8, 7, 6, 5, 4, 3,
    ]);
    // Running the dropped state again brings it back.
    store.commit(batch({ records: [variant(id, 2)] }), 11);
    expect(only(store, id).records.map(({ duration }) => duration)).toEqual([
      2, 10, 1, 8, 7, 6, 5, 4,
    ]);
    expect(rows(file, 'record')).toBe(8);
  });

  it('hold one incomplete record beside the complete ones', () => {
    const { store, id } = setUp();
    for (let nth = 1; nth <= 8; nth += 1) store.commit(batch({ records: [variant(id, nth)] }), nth);
    for (let nth = 21; nth <= 23; nth += 1)
      store.commit(batch({ records: [variant(id, nth, { complete: false })] }), nth);
    expect(only(store, id).records.map(({ duration }) => duration)).toEqual([
      23, 8, 7, 6, 5, 4, 3, 2, 1,
    ]);
  });

  it('never have an id again that was theirs', () => {
    const { store, id } = setUp();
    store.commit(batch({ records: [variant(id, 1)] }), 1);
    const before = must(only(store, id).records[0]).id;
    store.commit(batch({ gone: [{ environmentId: id, path: 'a.test.js' }] }), 31 * DAY);
    store.commit(batch({ records: [variant(id, 2)] }), 31 * DAY + 1);
    expect(must(only(store, id).records[0]).id).toBeGreaterThan(before);
    // A stamp for a record that another process dropped meanwhile is no error.
    store.commit(batch({ matched: [before] }), 31 * DAY + 99);
    expect(must(only(store, id).records[0]).matchedAt).toBe(31 * DAY + 1);
  });

  it('go 30 days after a test file that no longer exists', () => {
    const { file, store, id } = setUp();
    store.commit(
      batch({ records: [variant(id, 1, { tests: [test('one')] }), record(id, 'b.test.js')] }),
      1,
    );
    const gone = [{ environmentId: id, path: 'a.test.js' }];
    // Another branch may have it.
    store.commit(batch({ gone }), 2);
    store.commit(
      batch({ matched: [must(store.load(id).testFiles.get('a.test.js')?.records[0]).id] }),
      DAY,
    );
    store.commit(batch({ gone }), 31 * DAY);
    expect([...store.load(id).testFiles.keys()]).toEqual(['a.test.js', 'b.test.js']);
    store.commit(batch({ gone }), 31 * DAY + 1);
    expect([...store.load(id).testFiles.keys()]).toEqual(['b.test.js']);
    expect([rows(file, 'record'), rows(file, 'test')]).toEqual([1, 0]);
  });

  it('stay for as long where a test file has failed that no longer exists', () => {
    const { store, id } = setUp();
    store.commit(batch({ records: [variant(id, 1)] }), 1);
    const of = { environmentId: id, path: 'a.test.js' };
    store.commit(batch({ failures: [of] }), DAY);
    store.commit(batch({ gone: [of] }), 31 * DAY);
    expect(only(store, id)).toMatchObject({ failed: true, records: [{}] });
    store.commit(batch({ gone: [of] }), 31 * DAY + 1);
    expect(store.load(id).testFiles.size).toBe(0);
  });
});

describe('contents', () => {
  const first = version('src/a.js', ['module'], { contentHash: 'c1' });
  const second = version('src/a.js', ['module', 'f'], { contentHash: 'c1' });

  it('are learnt without a record', () => {
    const { store, id } = setUp();
    store.commit(batch({ records: [record(id, 'a.test.js', [executed(source, 0)])] }), 1);
    store.commit(batch({ contents: [{ environmentId: id, version: first }] }), 2);
    const data = store.load(id, ['a.test.js']);
    expect(
      data.versions.get(must(must(data.contents.get('src/a.js|commonjs')).get('c1')))?.fingerprints,
    ).toEqual(first.fingerprints);
  });

  it('follow the latest transform of the same content', () => {
    const { store, id } = setUp();
    store.commit(batch({ contents: [{ environmentId: id, version: first }] }), 1);
    store.commit(batch({ contents: [{ environmentId: id, version: second }] }), 2);
    const data = store.load(id);
    expect(
      data.versions.get(must(must(data.contents.get('src/a.js|commonjs')).get('c1')))?.fingerprints,
    ).toHaveLength(16);
  });

  it('that transformed differently within one run are not relied on', () => {
    const { store, id } = setUp();
    const contents = [first, second].map((of) => ({ environmentId: id, version: of }));
    store.commit(batch({ contents }), 1);
    expect(store.load(id).contents.get('src/a.js|commonjs')?.has('c1')).toBe(false);
  });

  it('of the two forms of a file stay apart', () => {
    const { store, id } = setUp();
    const module = version('src/a.js', ['module'], { contentHash: 'c1', form: 'module' });
    store.commit(
      batch({ contents: [first, module].map((of) => ({ environmentId: id, version: of })) }),
      1,
    );
    const { contents } = store.load(id);
    expect(contents.get('src/a.js|module')?.get('c1')).not.toBe(
      contents.get('src/a.js|commonjs')?.get('c1'),
    );
  });

  it('keep places apart from selection', () => {
    const { store, id } = setUp();
    store.commit(
      batch({ contents: [{ environmentId: id, version: { ...first, places: '1:2:f' } }] }),
      1,
    );
    const [stored] = store.load(id).versions.values();
    expect(store.places(must(stored).id)).toBe('1:2:f');
    expect(store.places(999)).toBe('');
  });
});

describe('a commit', () => {
  it('keeps file states, notes, marks of order and the last 200 runs', () => {
    const { store, id } = setUp();
    const state = {
      path: 'src/a.js',
      size: 12,
      mtime: '1700000000000000001',
      ctime: '1700000000000000002',
      inode: '18446744073709551615',
      contentHash: 'c1',
    };
    const orderDependent = [{ environmentId: id, path: 'a.test.js', value: true }];
    store.commit(
      batch({
        records: [record(id, 'a.test.js')],
        fileStates: [state],
        notes: [{ key: 'k', value: 'v' }],
        orderDependent,
      }),
      1,
    );
    expect(store.fileStates()).toEqual(new Map([['src/a.js', state]]));
    expect([store.note('k'), store.note('none')]).toEqual(['v', undefined]);
    expect(only(store, id).orderDependent).toBe(true);
    for (let nth = 1; nth <= 210; nth += 1) {
      store.commit(
        batch({ run: { startedAt: nth, duration: 1.5, selected: 2, total: 3, saved: 4.5 } }),
        nth,
      );
    }
    expect(store.runs(1)).toEqual([
      { startedAt: 210, duration: 1.5, selected: 2, total: 3, saved: 4.5 },
    ]);
    expect(store.runs(1_000)).toHaveLength(200);
  });

  it('is all or nothing', () => {
    const { store, id } = setUp();
    const work = () =>
      store.commit(batch({ records: [record(id, 'a.test.js'), record(id + 1, 'b.test.js')] }), 1);
    expect(storeError(work)).toMatchObject({
      reason: 'missing',
      message: expect.stringContaining('pre-created'),
    });
    expect(store.load(id).testFiles.size).toBe(0);
    const broken = record(id, 'b.test.js', [], {
      tests: [test('x', { outcome: null as unknown as 'passed' })],
    });
    expect(() => store.commit(batch({ records: [record(id, 'a.test.js'), broken] }), 1)).toThrow();
    expect(store.load(id).testFiles.size).toBe(0);
  });

  it('takes odd numbers for what they may mean', () => {
    const { store, id } = setUp();
    const odd = record(id, 'a.test.js', [], {
      duration: NaN,
      recordedAt: 1.5,
      tests: [test('x', { duration: Infinity })],
    });
    store.commit(batch({ records: [odd] }), 2.7);
    expect(only(store, id)).toMatchObject({ duration: 0, lastRunAt: 3 });
    store.commit(batch({ records: [{ ...odd, recordedAt: 1e308 }] }), 4);
    expect(only(store, id)).toMatchObject({ lastRunAt: 4 });
  });
});

describe('environments', () => {
  it('are found by all of their key', () => {
    const store = open();
    const first = store.findOrCreateEnvironment(KEY, 1);
    expect(store.findOrCreateEnvironment(KEY, 2)).toEqual(first);
    expect(store.environment(first.id)).toEqual({ ...KEY, id: first.id });
    const others = [
      { name: 'ci' },
      { project: 'b' },
      { nodeMajor: 22 },
      { platform: 'win32' },
      { hash: 'h2' },
    ];
    const ids = others.map((part) => store.findOrCreateEnvironment({ ...KEY, ...part }, 3).id);
    expect(new Set([first.id, ...ids]).size).toBe(6);
  });

  it('of two projects in use are stamped once an hour, not one because of the other', () => {
    const { file, store } = setUp();
    const usedAt = (): unknown[] =>
      sql(file, (db) => db.prepare('SELECT used_at FROM environment ORDER BY id').pluck().all());
    const use = (now: number): void => {
      store.findOrCreateEnvironment(KEY, now);
      store.findOrCreateEnvironment({ ...KEY, project: 'b', hash: 'h2' }, now);
    };
    use(10);
    const before = usedAt();
    use(20);
    use(30);
    expect(usedAt()).toEqual(before);
    use(10_000_000);
    expect(usedAt()).toEqual([10_000_000, 10_000_000]);
  });

  const stored = (nth: number) => record(nth, 'a.test.js');

  it('with records that differ in their hash only are ten at most; the least recently used goes first', () => {
    const { file, store, id } = setUp();
    store.commit(batch({ records: [stored(id)] }), 1);
    for (let nth = 2; nth <= 11; nth += 1) {
      const { id: other } = store.findOrCreateEnvironment({ ...KEY, hash: `h${nth}` }, nth);
      store.commit(batch({ records: [stored(other)] }), nth);
    }
    store.findOrCreateEnvironment({ ...KEY, name: 'other' }, 0);
    store.findOrCreateEnvironment({ ...KEY, hash: 'h2' }, 99);
    store.commit(batch(), 100);
    expect(storeError(() => store.environment(id)).reason).toBe('missing');
    expect([rows(file, 'environment'), rows(file, 'test_file'), rows(file, 'record')]).toEqual([
      11, 10, 10,
    ]);
  });

  it('without records are ten at most, and push out none with records', () => {
    const { file, store, id } = setUp();
    store.commit(batch({ records: [stored(id)] }), 1);
    for (let nth = 2; nth <= 30; nth += 1) {
      const { id: other } = store.findOrCreateEnvironment({ ...KEY, hash: `h${nth}` }, nth);
      // A failure is no record either.
      store.commit(batch({ failures: [{ environmentId: other, path: 'a.test.js' }] }), nth);
    }
    expect(store.load(id).testFiles.get('a.test.js')?.records).toHaveLength(1);
    expect(rows(file, 'environment')).toBe(11);
  });
});

/** Selection data with all that is read only where it is asked for. */
function contentOf({ versions, byFile, contents, dependencies, testFiles }: SelectionData) {
  return {
    versions: Array.from(versions, ([id, { path, form, fingerprints, contents: hashes }]) => [
      id,
      [path, form, fingerprints, hashes],
    ]),
    files: Array.from(byFile(), (of) => of.map((one) => one.id)),
    contents,
    dependencies: [...dependencies.entries()],
    testFiles: Array.from(testFiles.values(), ({ records, ...testFile }) => ({
      ...testFile,
      records: records.map(({ hash, blocks, dependencies: ids }) => [hash, blocks, ids]),
    })),
  };
}

describe('load', () => {
  it('gives the test files asked for, with what they refer to', () => {
    const { store, id } = setUp();
    const records = [
      record(id, 'a.test.js', [executed(source, 0)]),
      record(id, 'b.test.js', [executed(other, 0)]),
    ];
    store.commit(batch({ records }), 1);
    const data = store.load(id, ['a.test.js', 'a.test.js', 'none.test.js']);
    expect([...data.testFiles.keys()]).toEqual(['a.test.js']);
    expect([...data.versions.values()].map(({ path }) => path)).toEqual(['src/a.js']);
    expect(store.load(id, []).testFiles.size).toBe(0);
  });

  it('gives the same for few and for many', () => {
    const { store, id } = setUp();
    const paths = Array.from({ length: 300 }, (_, nth) => `${nth}.test.js`);
    const records = paths.map((path, nth) =>
      record(id, path, [executed(version(`src/${nth % 7}.js`, ['module', `f${nth}`]), 0, 1)], {
        shared: { blocks: [executed(source, 0)], dependencies: [dependency(`d${nth % 3}`)] },
      }),
    );
    store.commit(batch({ records }), 1);
    const all = store.load(id);
    const lazily = store.loadLazily(id);
    expect(contentOf(store.load(id, paths))).toEqual(contentOf(all));
    expect(contentOf(lazily)).toEqual(contentOf(all));
    expect(lazily.dependencies.get(4)).toBeUndefined();
    const few = store.load(id, paths.slice(0, 100));
    expect(few.testFiles).toEqual(
      new Map(paths.slice(0, 100).map((path) => [path, all.testFiles.get(path)])),
    );
    for (const [versionId, of] of few.versions) expect(all.versions.get(versionId)).toEqual(of);
  });
});
