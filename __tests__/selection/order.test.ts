import { expect, it } from '@jest/globals';
import { likelihood } from '../../src/selection/history';
import { order, type Orderable, type Decision } from '../../src/selection/select';

const DAY = 24 * 3_600_000;
const NOW = 1_750_000_000_000;

const UNAFFECTED: Decision = { affected: false, recordId: 1 };

function changed(...versions: number[]): Decision {
  return {
    affected: true,
    reason: 'changed',
    mismatch: { versions, dependencies: [] },
    recordId: 1,
  };
}

function item(path: string, decision: Decision, parts: Partial<Orderable> = {}): Orderable {
  return { path, decision, duration: 100, failures: [], ...parts };
}

it('orders by the last failure, the change, failures before, and time', () => {
  const ordered = order([
    item('never failed, long', UNAFFECTED, { duration: 900 }),
    item('never failed, short', UNAFFECTED, { duration: 10 }),
    item('failed once, long', UNAFFECTED, { duration: 900, failures: [NOW] }),
    item('affected', changed(1)),
    item('affected, failed before', changed(1), { failures: [NOW - DAY], duration: 900 }),
    item('affected by more', changed(1, 2)),
    item('failed last', { affected: true, reason: 'failed' }, { failures: [NOW] }),
    item(
      'failed last and often',
      { affected: true, reason: 'failed' },
      { failures: [NOW, NOW - 1] },
    ),
  ]);
  expect(ordered.map(({ path }) => path)).toEqual([
    'failed last and often',
    'failed last',
    'affected by more',
    'affected, failed before',
    'affected',
    'failed once, long',
    'never failed, short',
    'never failed, long',
  ]);
});

it('leaves in the order given what nothing tells apart', () => {
  const given = ['b', 'c', 'a'];
  const ordered = order(given.map((path) => item(path, { affected: true, reason: 'new' })));
  expect(ordered.map(({ path }) => path)).toEqual(given);
});

it('takes what failed often and lately for likely to fail', () => {
  const likely = (...daysAgo: number[]) => likelihood(daysAgo.map((days) => NOW - days * DAY));
  expect(likely(0)).toBeGreaterThan(likely(1));
  expect(likely(0, 1)).toBeGreaterThan(likely(0));
  expect(likely(3, 4, 5)).toBeGreaterThan(likely(0));
  expect(likely(100, 101, 102)).toBeLessThan(likely(0));
  // Two of two weeks ago count like one of now.
  expect(likely(14, 14)).toBeCloseTo(likely(0));
  expect(likelihood([])).toBe(-Infinity);
  expect(likelihood([1, 0])).toBeLessThan(likely(5_000));
});
