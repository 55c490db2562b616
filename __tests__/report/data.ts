import type { ReportData } from '../../src/report/data';

/** A small report: two test files, three functions, one of which nothing executes. */
export function sampleReport(changes: Partial<ReportData> = {}): ReportData {
  return {
    format: 1,
    generator: 'jest-testmon 1.2.3',
    project: 'sample',
    generatedAt: Date.UTC(2026, 2, 3, 12),
    notice: null,
    testFiles: [
      {
        path: 'a.test.js',
        project: '',
        duration: 100,
        verdict: 'unaffected',
        skippedTests: 0,
        causes: [],
        lastOutcome: 'passed',
        ranLast: true,
      },
      {
        path: 'b.test.js',
        project: '',
        duration: 300,
        verdict: 'unaffected',
        skippedTests: 0,
        causes: [],
        lastOutcome: 'passed',
        ranLast: false,
      },
    ],
    tests: [
      { file: 0, name: ['a', 'one'], duration: 5, outcome: 'passed' },
      { file: 1, name: ['b'], duration: 7, outcome: 'passed' },
    ],
    causes: [],
    files: [
      {
        path: 'src/deep/a.js',
        functions: [
          { name: '', line: 1, endLine: 10, lines: 4, reach: 0 },
          { name: 'add', line: 2, endLine: 7, lines: 6, reach: 1 },
        ],
        covered: [
          { line: 1, endLine: 3, reach: 0 },
          { line: 4, endLine: 5, reach: 1 },
          { line: 9, endLine: 9, reach: 2 },
        ],
      },
      {
        path: 'src/deep/b.js',
        functions: [{ name: 'unused', line: 1, endLine: 10, lines: 10, reach: 2 }],
        covered: null,
      },
    ],
    coverage: { lacking: 1 },
    reaches: [
      { testFiles: '0-1', tests: '0-1' },
      { testFiles: '0', tests: '0' },
      { testFiles: '', tests: '' },
    ],
    runs: [],
    spotChecks: { percent: 0, checked: 0, latest: null, escapes: [] },
    flaky: [],
    ...changes,
  };
}
