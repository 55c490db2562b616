import { beforeEach, describe, expect, it } from '@jest/globals';
import { PartialFailures } from '../../src/controller/partial-failures';
import type { WorkingTree } from '../../src/workspace/working-tree';
import type { Store } from '../../src/store';
import { batch, executed, open, record, version } from '../store/helpers';

const FILE = version('a.js', ['module']);
let store: Store;

beforeEach(() => {
  store = open();
});

/** One run, in which these test files failed. */
function fail(paths: readonly string[], isPartly: boolean): string[] {
  const tree = { contentHash: () => null } as unknown as WorkingTree;
  const failures = new PartialFailures(store, tree, () => tree);
  for (const path of paths)
    failures.learn(
      record(1, path, [executed(FILE, 0)], { outcome: 'failed' }),
      isPartly,
      () => false,
    );
  const { notes } = failures.learnt;
  store.commit(batch({ notes }), 1);
  const [note] = notes;
  return Object.keys(JSON.parse(note?.value ?? '{}') as object);
}

const paths = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, nth) => `t${from + nth}.test.js`);
const keys = (...args: Parameters<typeof paths>) =>
  paths(...args).map((path) => expect.stringContaining(path));

describe.each([
  ['as a whole', false],
  ['with some of their tests skipped', true],
])('test files that failed %s', (_how, isPartly) => {
  it('are noted up to a number in one run', () => {
    expect(fail(paths(0, 100), isPartly)).toEqual(keys(0, 20));
  });

  it('make room for those of later runs, the oldest first', () => {
    fail(paths(0, 15), isPartly);
    expect(fail(paths(15, 25), isPartly)).toEqual(keys(5, 25));
    expect(fail(paths(25, 60), isPartly)).toEqual(keys(25, 45));
  });

  it('stand at the end when they fail again', () => {
    fail(paths(0, 20), isPartly);
    fail(paths(0, 1), isPartly);
    expect(fail(paths(20, 21), isPartly)).toEqual([...keys(2, 20), ...keys(0, 1), ...keys(20, 21)]);
  });
});

it('those of one kind make no room for the other', () => {
  fail(paths(0, 20), true);
  expect(fail(paths(20, 40), false)).toHaveLength(40);
});
