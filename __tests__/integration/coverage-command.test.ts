import { describe, expect, jest, test } from '@jest/globals';
import * as fs from 'node:fs';
import type { ReportData } from '../../src/report/data';
import { decodeRanges } from '../../src/report/ranges';
import {
  ALL,
  ALONE,
  ARGS,
  config,
  FILES,
  LARGE,
  make,
  replace,
  reportIn,
  SMALL,
  table,
  thresholds,
  TWICE,
} from './covered';
import type { Project, RunResult } from './harness';

jest.setTimeout(600_000);

/** The command, and bare Jest beside it: the reports and the ends are the same, and no test file ran. */
function compareReport(project: Project, ...args: string[]): RunResult {
  const given = [...args, ...ARGS];
  fs.rmSync(project.path('coverage'), { recursive: true, force: true });
  const before = fs.readFileSync(project.path('.testmondata'));
  const reported = project.run([
    'coverage',
    ...given.filter((arg) => arg !== '-i'),
    '--maxWorkers=2',
  ]);
  expect(fs.readFileSync(project.path('.testmondata')).equals(before)).toBe(true);
  const bare = project.run(['--coverage', '--coverageDirectory=bare', ...given], { plain: true });
  expect(reportIn(project, 'coverage')).toEqual(reportIn(project, 'bare'));
  expect(table(reported)).toBe(table(bare));
  expect([reported.exitCode, thresholds(reported)]).toEqual([bare.exitCode, thresholds(bare)]);
  expect(reported.ran).toEqual([]);
  return reported;
}

const RECORDED = 'recorded from less than a minute ago on.';
const ADVICE = '"jest-testmon --coverage" runs what is needed and writes the full report.';

describe('the coverage command', () => {
  test.each([
    ['Jest 30', { jest: 'jest' }],
    ['Jest 29', { jest: 'jest29' }],
  ])('writes the report of a full run, and runs nothing: %s', (_jest, packages) => {
    const project = make(
      {
        ...FILES,
        ...config({
          collectCoverageFrom: ['src/**'],
          coverageThreshold: { global: { lines: 20 } },
          globalSetup: './setup.js',
          globalTeardown: './setup.js',
          reporters: ['default', './reporter.js'],
        }),
        'src/never.js': 'exports.never = (a) => a ? 1 : 2;\n',
        'setup.js': `module.exports = () => { if (process.argv.length < 3) throw new Error('set up'); };`,
        'reporter.js': `module.exports = class { constructor() { console.error('a reporter'); } };`,
      },
      packages,
    );
    expect(project.run(['--coverage', '-i'])).toMatchObject({ ran: ALL, exitCode: 0 });
    const first = compareReport(project);
    expect(first).toMatchObject({
      exitCode: 0,
      messages: [`the report holds the coverage of 4 test files, ${RECORDED}`],
    });
    expect(first.stderr).not.toContain('a reporter');
    // What is edited was not run by any test file, so the report alone changes.
    replace(
      project,
      'src/sum.js',
      ['function sum', '// one\nfunction sum'],
      ['return c || this.a', 'if (c) return this.a; return c'],
    );
    project.edit('jest.config.js', '"lines":20', '"lines":99');
    const missed = compareReport(project);
    expect(missed.exitCode).toBe(1);
    expect(thresholds(missed)).toHaveLength(1);
    project.edit(
      'jest.config.js',
      '"collectCoverageFrom"',
      '"testFailureExitCode":7,"collectCoverageFrom"',
    );
    expect(compareReport(project).exitCode).toBe(7);
  });

  test('of two projects with one source', () => {
    const project = make({
      ...FILES,
      'jest.config.js': `module.exports = {
        coverageReporters: ['json'], projects: ['one', 'two'].map((displayName) => ({
          displayName, transform: {}, testMatch: ['**/__tests__/' + (displayName === 'one' ? '[ls]*' : '*')],
        })),
      };`,
    });
    project.run(['--coverage']);
    expect(compareReport(project).exitCode).toBe(0);
    expect(compareReport(project, '--selectProjects', 'one').messages).toEqual([
      `the report holds the coverage of 2 test files, ${RECORDED}`,
    ]);
  });

  test('of shards whose databases are merged, on a machine that ran no test', () => {
    const third = make(FILES);
    const shards = ['1/2', '2/2'].map((shard) => ({ project: third.fresh(), shard }));
    const runAndMerge = () => {
      const ran = shards.map(
        ({ project, shard }) => project.run(['--coverage', `--shard=${shard}`, ...ARGS]).ran,
      );
      const files = shards.map(({ project }) => project.path('.testmondata'));
      expect(third.run(['merge', ...files])).toMatchObject({ exitCode: 0 });
      return ran;
    };
    const first = runAndMerge();
    expect(first.flat().sort()).toEqual(ALL);
    expect(first.map(({ length }) => length)).toEqual([2, 2]);
    expect(compareReport(third).exitCode).toBe(0);
    // Each goes on with what it has, and with an edit that affects the test files of one of them.
    for (const project of [third, ...shards.map((one) => one.project)])
      replace(
        project,
        'src/sum.js',
        ['function sum', '// one\nfunction sum'],
        ['return one * 2;', 'return one > 5 ? 7 : one * 2;'],
      );
    const reported = third.run(['coverage', ...ARGS]);
    expect([reported.exitCode, reported.messages.at(-1)]).toEqual([
      1,
      `it lacks 1 of 4 test files: 1 affected (${TWICE}); ${ADVICE}`,
    ]);
    expect(runAndMerge().flat()).toEqual([TWICE]);
    expect(compareReport(third).exitCode).toBe(0);
  });

  test('says what the report lacks, and does not pass for it', () => {
    const project = make({ ...FILES, [TWICE]: null });
    const nothing = project.run(['coverage', ...ARGS]);
    expect([nothing.exitCode, nothing.messages]).toEqual([
      1,
      [`no report is written: 3 affected (${[ALONE, LARGE, SMALL].join(', ')}); ${ADVICE}`],
    ]);
    expect(fs.readdirSync(project.root)).not.toContain('.testmondata');
    project.run();
    expect(project.run(['coverage', ...ARGS]).messages).toEqual([
      `no report is written: 3 without recorded coverage (${[ALONE, LARGE, SMALL].join(', ')}); ${ADVICE}`,
    ]);
    expect(fs.readdirSync(project.root)).not.toContain('coverage');
    project.run(['--coverage', ...ARGS]);
    project.write({ [TWICE]: FILES[TWICE] ?? '' });
    project.run();
    replace(project, 'src/size.js', ["'large'", "'lar' + 'ge'"]);
    replace(project, 'src/alone.js', ['return a ?', '/* istanbul ignore next */ return a ?']);
    const lacking = project.run(['coverage', ...ARGS]);
    expect([lacking.exitCode, lacking.messages]).toEqual([
      1,
      [
        'the report holds the coverage of 1 test file, recorded less than a minute ago.',
        `it lacks 3 of 4 test files: 1 affected (${LARGE}), 1 without recorded coverage (${TWICE}), ` +
          `1 of which what is recorded does not tell what they cover now (${ALONE}); ${ADVICE}`,
      ],
    ]);
    expect(Object.keys(reportIn(project, 'coverage')[0] as object)).toEqual([
      project.path('src/size.js'),
      project.path('src/sum.js'),
    ]);
    expect(project.run(['coverage', '--coverageProvider=v8'])).toMatchObject({
      exitCode: 1,
      messages: [expect.stringContaining('no report is written: 3 affected')],
    });
    expect(project.run(['coverage'], { env: { TESTMON: '0' } })).toMatchObject({
      exitCode: 1,
      ran: [],
      messages: [expect.stringContaining('it is switched off for this project')],
    });
  });
});

test.each([
  ['Jest 30', { jest: 'jest' }],
  ['Jest 29', { jest: 'jest29' }],
])('commands answer in a project whose Jest is forced to exit: %s', (_jest, packages) => {
  const project = make({ ...FILES, ...config({ forceExit: true }) }, packages);
  const missing = project.run(['coverage', '--forceExit', ...ARGS]);
  expect([missing.exitCode, missing.messages]).toEqual([
    1,
    [expect.stringMatching(/^no report is written: 4 affected/)],
  ]);
  expect(missing.stderr).not.toContain('Force exiting');
  project.run(['--coverage', '-i']);
  expect(compareReport(project).exitCode).toBe(0);
  expect(project.run(['why', ALONE]).stdout).toContain(`${ALONE} need not run`);
});

/** First and last line, and the test files, as the report has them. */
function linesIn({ files, reaches, testFiles }: ReportData, file: string): unknown {
  const found = files.find(({ path }) => path === file)?.covered;
  return found?.map(({ line, endLine, reach }) => [
    line,
    endLine,
    decodeRanges(reaches[reach]?.testFiles ?? '').map((index) => testFiles[index]?.path),
  ]);
}

describe('the coverage command, of a file', () => {
  test('tells which test files hit which lines', () => {
    const project = make(FILES);
    project.run(['--coverage']);
    // Lines shift, and nothing runs for it.
    replace(project, 'src/size.js', ['const limit', '// one\n// two\nconst limit']);
    const { stdout, stderr, exitCode } = project.run(['coverage', 'src/size.js']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`src/size.js is hit by 2 test files:

  lines 4-6  2 test files (${LARGE}, ${SMALL})
  line 7     ${SMALL}
  line 9     2 test files (${LARGE}, ${SMALL})
`);
    expect(project.run(['coverage', 'size.js:6']).stdout)
      .toBe(`src/size.js:6 is hit by 2 test files:

  lines 4-6  ${LARGE}
             ${SMALL}
`);
    expect(JSON.parse(project.run(['coverage', 'src/alone.js', '--json']).stdout)).toEqual({
      file: 'src/alone.js',
      lines: [{ line: 1, endLine: 1, testFiles: [{ path: ALONE, project: '.' }] }],
      lacking: { affected: [], unrecorded: [], unknown: [] },
    });
    const shown = JSON.parse(project.run(['report', '--json']).stdout) as ReportData;
    expect(shown.coverage).toEqual({ lacking: 0 });
    expect(linesIn(shown, 'src/size.js')).toEqual([
      [4, 6, [LARGE, SMALL]],
      [7, 7, [SMALL]],
      [9, 9, [LARGE, SMALL]],
    ]);
    project.write({ 'src/never.js': 'exports.never = (a) => {\n  return a ? 1 : 2;\n};\n' });
    replace(project, 'src/size.js', ["'large'", "'lar' + 'ge'"]);
    expect(project.run(['coverage', 'src/size.js']).stdout).toBe(`src/size.js is hit by 1 test file:

  lines 4-9  ${SMALL}

Not told, until "jest-testmon --coverage" has run: 1 affected (${LARGE}).
`);
    expect(project.run(['coverage', 'src/never.js']).stdout).toContain(
      'src/never.js is hit by no test file:\n\n  lines 1-3  no test file\n',
    );
    expect(project.run(['coverage', 'src/none.js']).exitCode).toBe(2);
    expect(project.run(['coverage', '--json'])).toMatchObject({ exitCode: 2 });
  });

  test.each<[string, Record<string, string>, unknown, provider?: string]>([
    [
      'Jest 29',
      { jest: 'jest29', 'ts-jest': 'ts-jest', typescript: 'typescript' },
      ['ts-jest', { diagnostics: false }],
    ],
    ['Jest 30', { jest: 'jest', '@swc/jest': '@swc/jest', '@swc/core': '@swc/core' }, '@swc/jest'],
    [
      'V8, Jest 29',
      { jest: 'jest29', '@swc/jest': '@swc/jest', '@swc/core': '@swc/core' },
      '@swc/jest',
      'v8',
    ],
    [
      'V8, Jest 30',
      { jest: 'jest', 'ts-jest': 'ts-jest', typescript: 'typescript' },
      ['ts-jest', { diagnostics: false }],
      'v8',
    ],
  ])('tells the lines of its source: %s', (_jest, packages, transformer, provider = 'babel') => {
    const project = make(
      {
        ...config({ transform: { '\\.[jt]s$': transformer }, coverageProvider: provider }),
        'tsconfig.json':
          '{"compilerOptions":{"module":"CommonJS","target":"ES2022","isolatedModules":true}}',
        'src/kind.ts': `interface Kind {
  name: string;
}
type Names = Kind['name'][];

export function kind(name: string, all: Names): Kind | null {
  if (all.includes(name)) {
    return { name };
  }
  return null;
}
`,
        '__tests__/some.test.ts': `import { kind } from '../src/kind'; test('it', () => { expect(kind('a', ['a'])).toBeTruthy(); });`,
        '__tests__/none.test.ts': `import { kind } from '../src/kind'; test('it', () => { expect(kind('a', [])).toBeNull(); });`,
      },
      packages,
    );
    expect(project.run(['--coverage'])).toMatchObject({ exitCode: 0 });
    const { lines } = JSON.parse(project.run(['coverage', 'src/kind.ts', '--json']).stdout) as {
      lines: { line: number; endLine: number; testFiles: { path: string }[] }[];
    };
    const told = lines.map(({ line, testFiles }) => [line, testFiles.map(({ path }) => path)]);
    const [none, some] = ['__tests__/none.test.ts', '__tests__/some.test.ts'];
    expect(Object.fromEntries(told)).toMatchObject({ 8: [some], 10: [none] });
    const shown = JSON.parse(project.run(['report', '--json']).stdout) as ReportData;
    const named = lines.map(({ line, endLine, testFiles }) => [
      line,
      endLine,
      testFiles.map(({ path }) => path),
    ]);
    expect(linesIn(shown, 'src/kind.ts')).toEqual(named);
    expect(lines.find(({ line, endLine }) => line <= 7 && 7 <= endLine)?.testFiles).toHaveLength(2);
    project.write({ 'src/never.ts': 'export const never = (a: number) => {\n  return a;\n};\n' });
    expect(project.run(['coverage', 'src/never.ts']).stdout).toContain('hit by no test file:');
  });
});
