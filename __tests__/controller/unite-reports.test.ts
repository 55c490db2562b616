import { describe, expect, it } from '@jest/globals';
import { renderText } from '../../src/controller/run-report/render';
import type { RunReport } from '../../src/controller/run-report/run-report';
import { uniteShards } from '../../src/controller/run-report/unite';

const report = (shard: string | null, more: Partial<RunReport> = {}): RunReport => ({
  version: 1,
  startedAt: 1000,
  duration: 500,
  shard,
  selects: true,
  testFiles: 10,
  ran: 1,
  unreached: 0,
  leftOut: 9,
  skippedTests: 0,
  saved: 2000,
  changes: ['src/a.js'],
  selected: [{ path: `${shard}.test.js`, project: null, reason: 'changed', changes: ['src/a.js'] }],
  failed: [],
  failures: 0,
  spotChecks: null,
  escapes: [],
  flaky: { known: [], found: [] },
  carried: null,
  ...more,
});

describe('a report on the shards of a run', () => {
  it('adds up what each of them did', () => {
    const spotChecks = { percent: 2, unaffected: 9, chosen: 1, ended: 1, failed: 0, duration: 5 };
    const united = uniteShards([
      report('2/2', { startedAt: 1200, failed: ['b.test.js'], failures: 1, spotChecks }),
      report('1/2', { changes: ['src/a.js', 'src/b.js'], spotChecks }),
    ]);
    expect(united).toMatchObject({
      shard: null,
      absentShards: [],
      startedAt: 1000,
      duration: 700,
      testFiles: 20,
      ran: 2,
      leftOut: 18,
      saved: 4000,
      changes: ['src/a.js', 'src/b.js'],
      selected: [{ path: '1/2.test.js' }, { path: '2/2.test.js' }],
      failed: ['b.test.js'],
      failures: 1,
      spotChecks: { percent: 2, unaffected: 18, chosen: 2, ended: 2, failed: 0, duration: 10 },
    });
  });

  it('tells of flaky tests, carried coverage and what was not reached', () => {
    const known = { label: '"a" in a.test.js', times: 2, last: Date.now() };
    const united = uniteShards([
      report('1/2', { flaky: { known: [known], found: [] }, carried: { testFiles: 3, since: 9 } }),
      report('2/2', {
        flaky: { known: [], found: ['"b" in b.test.js'] },
        carried: { testFiles: 2, since: 5 },
        unreached: 1,
      }),
    ]);
    expect(united).toMatchObject({
      flaky: { known: [known], found: ['"b" in b.test.js'] },
      carried: { testFiles: 5, since: 5 },
      unreached: 1,
    });
    const text = united === null ? [] : renderText(united);
    expect(text).toContain('Not reached in time: 1 affected test file, which stays affected');
    expect(text).toContain(
      'Failed, and known to be flaky: "a" in a.test.js (seen 2 times, last less than a minute ago)',
    );
    expect(text).toContain('Flaky: 1 test found ("b" in b.test.js)');
    expect(text.join('\n')).toMatch(
      /Coverage: of 5 test files that did not run .*, recorded from /,
    );
  });

  it('says which shard is missing, and heeds no run but the last of each', () => {
    const united = uniteShards([
      report('10/11', { ran: 5, startedAt: 900 }),
      report('10/11'),
      report(null, { ran: 7 }),
      ...[1, 2, 3, 4, 6, 7, 8, 9, 11].map((nth) => report(`${nth}/11`)),
    ]);
    expect(united).toMatchObject({ ran: 10, absentShards: ['5/11'] });
    expect(united && renderText(united)).toContain('Without a report: shard 5/11');
    expect(uniteShards([report(null)])).toBeNull();
  });
});
