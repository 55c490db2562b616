import { describe, expect, jest, test as it } from '@jest/globals';
import { Accumulator } from '../../src/recording/accumulator';
import { keepSnapshots } from '../../src/recording/tests/skipped-snapshots';
import { readSkippedTests } from '../../src/recording/tests/skipped-tests';
import type { ExecutedBlocks, TestResultRecord } from '../../src/records/types';
import {
  batch,
  dependency,
  executed,
  KEY,
  must,
  open,
  record,
  test,
  version,
} from '../store/helpers';

const FILE = version('a.js', ['module', 'one', 'two', 'three']);

/** What is read of a record with these tests, all of which are to be skipped. */
function skipped(tests: readonly TestResultRecord[]) {
  const store = open();
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  store.commit(batch({ records: [record(id, 'a.test.js', [], { tests: [...tests] })] }), 1);
  const stored = must(must(store.load(id).testFiles.get('a.test.js')).records[0]);
  store.close();
  return must(
    readSkippedTests(store.file, {
      recordId: stored.id,
      positions: tests.map((_, position) => position),
    }),
  );
}

const ran = (...blocks: number[]): { blocks: ExecutedBlocks[] } => ({
  blocks: [executed(FILE, ...blocks)],
});

describe('which skipped tests may have loaded modules', () => {
  const loading = (tests: readonly TestResultRecord[]): string[] =>
    Array.from(skipped(tests).tests.values())
      .filter(({ loadsModules }) => loadsModules)
      .map(({ name }) => name.join(' '))
      .sort();

  it('those of which all tests after them hold everything', () => {
    expect(
      loading([test('a', ran(0, 1)), test('b', ran(0, 1, 2)), test('c', ran(0, 1, 3))]),
    ).toEqual(['a']);
  });

  it('not those of which one test after them lacks something', () => {
    expect(
      loading([
        test('a', ran(0, 1)),
        test('b', ran(0, 2)),
        test('c', ran(0, 1)),
        test('d', ran(0, 1)),
      ]),
    ).toEqual(['c']);
  });

  it('dependencies count like blocks, with their values', () => {
    const reads = (name: string): Partial<TestResultRecord> => ({
      dependencies: [dependency(name)],
    });
    expect(loading([test('a', reads('x')), test('b', reads('x')), test('c', reads('y'))])).toEqual(
      [],
    );
    expect(loading([test('a', reads('x')), test('b', reads('x'))])).toEqual(['a']);
  });

  it('tests that did not pass tell nothing', () => {
    expect(
      loading([
        test('a', ran(0, 1)),
        test('b', { ...ran(2), outcome: 'skipped' }),
        test('c', ran(0, 1)),
        test('d', { outcome: 'todo' }),
      ]),
    ).toEqual(['a']);
  });

  it('the tests are gone through once', () => {
    const compared = jest.spyOn(Accumulator.prototype, 'holds');
    const tests = Array.from({ length: 200 }, (_, nth) => test(`test ${nth}`, ran(0, 1)));
    expect(loading(tests)).toHaveLength(199);
    const comparisons = compared.mock.calls.length;
    compared.mockRestore();
    expect(comparisons).toBeLessThanOrEqual(200);
  });
});

describe('the snapshots of skipped tests', () => {
  const MATCHERS = Symbol.for('$$jest-matchers-object');

  /** Which of the unchecked snapshots are kept. */
  function kept(keys: readonly string[], names: readonly string[]): string[] {
    const marked: string[] = [];
    const snapshotState = {
      getUncheckedKeys: () => keys,
      markSnapshotsAsCheckedForTest: (name: string) => marked.push(name),
    };
    keepSnapshots({ [MATCHERS]: { state: { snapshotState } } }, names);
    return marked;
  }

  it('are kept with their hints', () => {
    expect(kept(['a: hint 1', 'b: hint 1', 'a: b: hint 2', 'c 1'], ['a'])).toEqual([
      'a: hint',
      'a: b: hint',
    ]);
    expect(kept(['a: b: hint 2', 'a: 1'], ['a: b', 'a'])).toEqual(['a: b: hint']);
  });

  it('are not compared with each skipped test', () => {
    const compared = jest.spyOn(String.prototype, 'startsWith');
    const names = Array.from({ length: 200 }, (_, nth) => `test ${nth}`);
    expect(
      kept(
        names.map((name) => `${name}: hint 1`),
        names,
      ),
    ).toHaveLength(200);
    const comparisons = compared.mock.calls.length;
    compared.mockRestore();
    expect(comparisons).toBeLessThan(200);
  });
});
