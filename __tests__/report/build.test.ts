import { expect, jest, test } from '@jest/globals';
import { buildReport, type ReportSource } from '../../src/report/build';
import type { SelectionData } from '../../src/records/types';

/** A project of as many test files, each of which is selected by a file of its own. */
function source(count: number): ReportSource {
  const data: SelectionData = {
    versions: new Map(),
    byFile: () => [],
    contents: new Map(),
    dependencies: new Map(
      Array.from({ length: count }, (_, id) => [
        id,
        { kind: 'file', name: `${id}.txt`, value: '' },
      ]),
    ),
    testFiles: new Map(),
  };
  const judged = Array.from({ length: count }, (_, id) => ({
    path: `${String(id).padStart(6, '0')}.test.js`,
    decision: {
      affected: true as const,
      reason: 'changed' as const,
      mismatch: { versions: [], dependencies: [id, 0] },
      recordId: 0,
    },
    duration: undefined,
    skips: null,
  }));
  return {
    generator: '',
    project: '',
    now: 0,
    notice: null,
    projects: [{ name: '', data, judged, current: () => null }],
    details: { tests: () => [], shared: () => null, places: () => '' },
    coverage: null,
    runs: [],
    spotChecks: { percent: 0, checked: 0, latest: null, escapes: [] },
    flaky: [],
  };
}

test('causes are told by their place, the one that selects most first', () => {
  const { causes, testFiles } = buildReport(source(3));
  expect(causes.map(({ label }) => label)).toEqual([
    expect.stringContaining('0.txt'),
    expect.stringContaining('1.txt'),
    expect.stringContaining('2.txt'),
  ]);
  expect(testFiles.map((file) => file.causes)).toEqual([[0], [0, 1], [0, 2]]);
});

test('no list of causes is searched or copied for each test file', () => {
  const searched = jest.spyOn(Array.prototype, 'indexOf');
  const copied = jest.spyOn(Map.prototype, 'keys');
  buildReport(source(500));
  const searches = searched.mock.contexts.filter((list) => (list as unknown[]).length > 100).length;
  const copies = copied.mock.contexts.filter(
    (map) => (map as Map<string, unknown>).size > 100,
  ).length;
  searched.mockRestore();
  copied.mockRestore();
  expect([searches, copies]).toEqual([0, 0]);
});
