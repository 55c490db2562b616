import { describe, expect, jest, test } from '@jest/globals';
import {
  ALL,
  ALONE,
  compare,
  compareAfterEach,
  config,
  type CoveredEdit,
  FILES,
  JESTS,
  LARGE,
  make,
  replace,
  SMALL,
  thresholds,
  TWICE,
} from './covered';
import type { Files } from './harness';

jest.setTimeout(600_000);

const SUM = 'function sum(a, b) { if (a) { return a + b; } return b; }';
/** A function that nobody uses. */
const OTHER = 'function other(a = 1) { return a ? 1 : 2; }';

const TYPED: Files = {
  'babel.config.js': `module.exports = { presets: [['${require.resolve('@babel/preset-env')}', { targets: { node: 'current' } }]] };`,
  'tsconfig.json':
    '{"compilerOptions":{"module":"CommonJS","target":"ES2022","allowJs":true,"isolatedModules":true}}',
  'src/size.js': `
export const limit = 3;
export const size = (n, unit = 'm') => {
  if (n > limit) return 'large' + unit;
  return n > 1 && n < limit ? 'some' : 'small';
};
export default function never() { return limit || size(limit); }
`,
  'src/kinds.js': `
import { limit } from './size';
export * from './size';
export class Kinds { static all = [limit, 2 * limit]; name = 'kinds'; of(a = 1) { return a ?? this.name; } }
`,
  '__tests__/large.test.js': `
import { size } from '../src/size';
test('it', () => { expect(size(4)).toBe('largem'); });`,
  '__tests__/kinds.test.js': `
import { Kinds, size } from '../src/kinds';
test('it', () => { expect(new Kinds().of()).toBe(1); expect(size(1)).toBe('small'); });`,
};
const TYPED_TESTS = ['__tests__/kinds.test.js', '__tests__/large.test.js'];

/** One after the other, on one project: what runs is written beside it. */
const EDITS: CoveredEdit[] = [
  ['nothing', () => undefined, []],
  [
    'a statement in a function, and a branch in another',
    (project) => {
      replace(project, 'src/size.js', [
        "return 'large' + unit;",
        "{ n += 1; return 'large' + unit; }",
      ]);
      replace(project, 'src/sum.js', ['return one * 2;', 'return one > 5 ? 7 : one * 2;']);
    },
    [LARGE, TWICE],
  ],
  [
    'comments, a constant and functions that nobody uses, and what did not run is other',
    (project) => {
      replace(project, 'src/sum.js', ['function sum', '// one\n/* two\n\n */\nfunction sum']);
      replace(project, 'src/sum.js', ['class Pair', 'const more = [1, 2];\nclass Pair']);
      replace(project, 'src/sum.js', ['return c || this.a', 'if (c) return this.a; return c']);
      replace(project, 'src/alone.js', ['exports', `${OTHER}\nexports`]);
      replace(project, 'src/size.js', ['=> limit ||', '=> 2 * limit ||']);
    },
    [],
  ],
  [
    'a module-level constant that is used',
    (project) => replace(project, 'src/size.js', ['limit = 3', 'limit = 2 + 1']),
    [LARGE, SMALL],
  ],
  [
    'a function moves, one is gone, and what did not run is to be ignored',
    (project) => {
      replace(
        project,
        'src/sum.js',
        [`${SUM}\n`, ''],
        ['exports.sum = sum;', `${SUM}\nexports.sum = sum;`],
      );
      replace(project, 'src/alone.js', [`${OTHER}\n`, '']);
      replace(project, 'src/size.js', [
        'exports.never',
        '/* istanbul ignore next */\nexports.never',
      ]);
    },
    [],
  ],
  [
    'what ran is to be ignored',
    (project) =>
      replace(project, 'src/alone.js', ['return a ?', '/* istanbul ignore next */ return a ?']),
    [ALONE],
  ],
  [
    'a file is to be ignored, a test file is gone, and a new one loads a new module',
    (project) => {
      replace(project, 'src/alone.js', ['exports', '/* istanbul ignore file */\nexports']);
      project.write({ [TWICE]: null, 'src/new.js': 'exports.one = () => 1;' });
      project.write({
        '__tests__/new.test.js': `const { one } = require('../src/new'); test('it', () => { one(); });`,
      });
    },
    ['__tests__/new.test.js'],
  ],
];

describe('a run with coverage that selects', () => {
  test.each(JESTS)('reports what a full run would: %s', (_jest, packages) => {
    compareAfterEach(make(FILES, packages), EDITS);
  });

  test.each<[string, Record<string, string>, unknown]>([
    [
      'ts-jest',
      { 'ts-jest': 'ts-jest', typescript: 'typescript' },
      ['ts-jest', { diagnostics: false }],
    ],
    ['babel-jest', { 'babel-jest': 'babel-jest' }, 'babel-jest'],
    ['@swc/jest', { '@swc/jest': '@swc/jest', '@swc/core': '@swc/core' }, '@swc/jest'],
  ])('reports what a full run would: %s', (_by, packages, transformer) => {
    const project = make(
      { ...TYPED, ...config({ transform: { '\\.[jt]s$': transformer } }) },
      { jest: 'jest', ...packages },
    );
    expect(compare(project).ran).toEqual(TYPED_TESTS);
    replace(
      project,
      'src/size.js',
      ['export', '// A comment.\n\nexport'],
      ["return 'large' + unit;", "{ n += 1; return 'large' + unit; }"],
      ['limit || size', 'limit && size'],
    );
    replace(project, 'src/kinds.js', ['export class', 'const unused = () => 1;\nexport class']);
    expect(compare(project).ran).toEqual(['__tests__/large.test.js']);
  });

  test('judges thresholds, and covers what nobody loads, as a full run does', () => {
    const project = make({
      ...FILES,
      ...config({
        collectCoverage: true,
        collectCoverageFrom: ['src/**', '!src/sum.js'],
        coverageThreshold: { global: { lines: 99 }, './src/alone.js': { branches: 50 } },
      }),
      'src/never.js': 'exports.never = (a) => a ? 1 : 2;\n',
    });
    expect(compare(project)).toMatchObject({ ran: ALL, exitCode: 1 });
    const again = compare(project);
    expect(again).toMatchObject({ ran: [], exitCode: 1 });
    expect(thresholds(again)).toHaveLength(1);
    expect(again.messages).toEqual([
      'nothing affected: all 4 test files are unchanged since they passed.',
      'the report holds the coverage of 4 test files that did not run, recorded from less than a minute ago on.',
    ]);
    // Now the report is of more, and its thresholds are met.
    replace(project, 'jest.config.js', ['"lines":99', '"lines":20'], [',"!src/sum.js"', '']);
    const more = compare(project);
    expect(more).toMatchObject({ ran: [SMALL, TWICE], exitCode: 0 });
    expect(more.messages).toContain(
      '2 unaffected test files run for the coverage report, as what they cover cannot be told from what is recorded.',
    );
    project.write({ 'src/never.js': 'exports.never = (a) => a && a.b && 2;\nexports.b = 1;\n' });
    expect(compare(project).ran).toEqual([]);
    // Only some of the test files are asked for, and one by its tests.
    expect(compare(project, 'large', 'alone').ran).toEqual([]);
    expect(compare(project, '-t', 'it', '--testmon-forceselect').ran).toEqual(ALL);
  });

  test('runs what was recorded without, and records by which a run without selects', () => {
    const project = make(FILES);
    project.run();
    const first = project.run(['--coverage']);
    expect([first.ran, first.messages]).toEqual([
      ALL,
      [
        'nothing affected: all 4 test files are unchanged since they passed.',
        '4 unaffected test files run for the coverage report, as their coverage is not recorded yet.',
      ],
    ]);
    replace(project, 'src/size.js', ["'large'", "'lar' + 'ge'"]);
    expect(project.run().ran).toEqual([LARGE]);
    const next = compare(project);
    expect([next.ran, next.messages]).toEqual([
      [LARGE],
      [
        'nothing affected: all 4 test files are unchanged since they passed.',
        '1 unaffected test file runs for the coverage report, as its coverage is not recorded yet.',
        expect.stringMatching(/^3 test files not affected and not run, .*; the report holds the/),
      ],
    ]);
  });

  test('reports what a full run would of two projects with one source', () => {
    const project = make({
      ...FILES,
      'jest.config.js': `module.exports = {
        coverageReporters: ['json'], projects: ['one', 'two'].map((displayName) => ({
          displayName, transform: {}, testMatch: ['**/__tests__/' + (displayName === 'one' ? '[ls]*' : '*')],
        })),
      };`,
    });
    expect(compare(project).ran).toHaveLength(6);
    replace(project, 'src/sum.js', ['return one * 2;', 'return one > 5 ? 7 : one * 2;']);
    replace(project, 'src/alone.js', ['exports', '\n// moved\nexports']);
    expect(compare(project).ran).toEqual([`two ${TWICE}`]);
  });
});
