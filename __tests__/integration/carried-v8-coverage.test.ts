import { describe, expect, jest, test } from '@jest/globals';
import { Database } from '../sqlite';
import {
  ALL,
  ALONE,
  ARGS,
  compare,
  compareAfterEach,
  compareWith,
  config,
  type CoveredEdit,
  FILES,
  JESTS,
  LARGE,
  make,
  replace,
  reportIn,
  SMALL,
  thresholds,
  TWICE,
} from './covered';
import type { Files, Project } from './harness';

jest.setTimeout(600_000);

function byV8(more: object = {}): Files {
  return config({ coverageProvider: 'v8', ...more });
}

const V8_FILES: Files = { ...FILES, ...byV8() };

/** One after the other, on one project: what runs is written beside it. */
const EDITS: CoveredEdit[] = [
  ['nothing', () => undefined, []],
  [
    'a statement in a function',
    (project) =>
      replace(project, 'src/size.js', [
        "return 'large' + unit;",
        "{ n += 1; return 'large' + unit; }",
      ]),
    [LARGE, SMALL],
  ],
  [
    'what V8 is to ignore, and comments, which move what it counted',
    (project) => {
      replace(project, 'src/alone.js', ['exports', '/* v8 ignore next 3 */\nexports']);
      replace(project, 'src/sum.js', ['function sum', '// one\n/* two\n\n */\nfunction sum']);
    },
    [ALONE, SMALL, TWICE],
  ],
  [
    'a test file is gone, and a new one loads a new module',
    (project) =>
      project.write({
        [TWICE]: null,
        'src/new.js': 'exports.one = (a) => a ? 1 : 2;',
        '__tests__/new.test.js': `const { one } = require('../src/new'); test('it', () => { one(); });`,
      }),
    ['__tests__/new.test.js'],
  ],
  [
    'a module is loaded twice, and calls are other in number',
    (project) =>
      replace(project, ALONE, [
        "test('it', () => {",
        "test('it', () => { require('../src/alone').alone(0); jest.resetModules(); require('../src/alone');",
      ]),
    [ALONE],
  ],
  ['nothing again', () => undefined, []],
];

describe('a run with coverage by V8 that selects', () => {
  test.each(JESTS)('reports what a full run would: %s', (_jest, packages) => {
    compareAfterEach(make(V8_FILES, packages), EDITS);
  });

  test.each<[string, Record<string, string>, unknown]>([
    [
      'ts-jest',
      { jest: 'jest', 'ts-jest': 'ts-jest', typescript: 'typescript' },
      ['ts-jest', { diagnostics: false }],
    ],
    [
      'ts-jest, Jest 29',
      { jest: 'jest29', 'ts-jest': 'ts-jest', typescript: 'typescript' },
      ['ts-jest', { diagnostics: false }],
    ],
    ['babel-jest', { jest: 'jest', 'babel-jest': 'babel-jest' }, 'babel-jest'],
    [
      '@swc/jest',
      { jest: 'jest', '@swc/jest': '@swc/jest', '@swc/core': '@swc/core' },
      '@swc/jest',
    ],
  ])('reports what a full run would: %s', (_by, packages, transformer) => {
    const project = make(
      {
        ...byV8({ transform: { '\\.[jt]s$': transformer }, collectCoverageFrom: ['src/**'] }),
        'babel.config.js': `module.exports = { presets: [['${require.resolve('@babel/preset-env')}', { targets: { node: 'current' } }], '${require.resolve('@babel/preset-typescript')}'] };`,
        'tsconfig.json':
          '{"compilerOptions":{"module":"CommonJS","target":"ES2022","isolatedModules":true}}',
        'src/size.ts': `
export const limit: number = 3;
interface Unused { name: string }
export const size = (n: number, unit = 'm'): string => {
  if (n > limit) return 'large' + unit;
  return n > 1 && n < limit ? 'some' : 'small';
};
`,
        'src/kinds.ts': `
import { limit } from './size';
export * from './size';
export class Kinds { static all = [limit, 2 * limit]; name = 'kinds'; of(a: unknown = 1) { return a ?? this.name; } }
`,
        'src/never.ts': 'export const never: number = 1;\n',
        '__tests__/size.test.ts': `
import { size } from '../src/size';
test('it', () => { expect(size(4)).toBe('largem'); });`,
        '__tests__/kinds.test.ts': `
import { Kinds, size } from '../src/kinds';
test('it', () => { expect(new Kinds().of()).toBe(1); expect(size(1)).toBe('small'); });`,
      },
      packages,
    );
    const [KINDS, SIZE] = ['__tests__/kinds.test.ts', '__tests__/size.test.ts'];
    expect(compare(project).ran).toEqual([KINDS, SIZE]);
    expect(compare(project).ran).toEqual([]);
    replace(project, 'src/kinds.ts', ['export class', '// A comment.\nexport class']);
    expect(compare(project).ran).toEqual([KINDS]);
    replace(project, 'src/size.ts', ["'large'", "'lar' + 'ge'"]);
    expect(compare(project).ran).toEqual([KINDS, SIZE]);
    replace(project, 'src/never.ts', ['= 1', '= 1 || 2']);
    expect(compare(project).ran).toEqual([]);
  });

  test.each(JESTS)('with native ES modules, beside others: %s', (_jest, packages) => {
    const env = { NODE_OPTIONS: '--experimental-vm-modules' };
    const project = make(
      {
        'package.json': '{"name":"fixture","private":true,"type":"module"}',
        'jest.config.cjs': `module.exports = { transform: {}, coverageProvider: 'v8', collectCoverageFrom: ['src/**'] };`,
        'src/size.js': `
export const limit = 3;
export function size(n, unit = 'm') {
  if (n > limit) return 'large' + unit;
  return n > 1 && n < limit ? 'some' : 'small';
}
`,
        'src/all.js': `export * from './size.js';\nexport const all = (n) => n ?? limit;\nimport { limit } from './size.js';\n`,
        'src/old.cjs': `exports.old = (a) => { if (a) { return 1; } return 2; };\n`,
        '__tests__/large.test.js': `import { size } from '../src/size.js'; test('it', () => { expect(size(4)).toBe('largem'); });`,
        '__tests__/all.test.js': `
import old from '../src/old.cjs';
test('it', async () => { const { all, size } = await import('../src/all.js'); expect(size(all(old.old(1)))).toBe('small'); });`,
      },
      packages,
    );
    const [EVERY, SOME] = ['__tests__/all.test.js', '__tests__/large.test.js'];
    expect(compareWith(env, project).ran).toEqual([EVERY, SOME]);
    expect(compareWith(env, project).ran).toEqual([]);
    replace(project, 'src/old.cjs', ['return 2', 'return 3']);
    expect(compareWith(env, project).ran).toEqual([EVERY]);
    replace(project, 'src/size.js', ["'large'", "'lar' + 'ge'"]);
    expect(compareWith(env, project).ran).toEqual([EVERY, SOME]);
  });

  test('judges thresholds, and covers what nobody loads, as a full run does', () => {
    const project = make({
      ...FILES,
      ...byV8({
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
    project.write({ 'src/never.js': 'exports.never = (a) => a && a.b && 2;\nexports.b = 1;\n' });
    expect(compare(project).ran).toEqual([]);
    // Now the report is of more, of which nothing was counted.
    replace(project, 'jest.config.js', ['"lines":99', '"lines":20'], [',"!src/sum.js"', '']);
    const more = compare(project);
    expect(more).toMatchObject({ ran: ALL, exitCode: 0 });
    expect(more.messages).toContain(
      '4 unaffected test files run for the coverage report, as what they cover cannot be told from what is recorded.',
    );
    expect(compare(project).ran).toEqual([]);
    expect(compare(project, 'large', 'alone').ran).toEqual([]);
    expect(compare(project, '-t', 'it', '--testmon-forceselect').ran).toEqual(ALL);
    expect(project.run(['--coverage=false']).ran).toEqual([]);
  });

  test('reports what a full run would of two projects with one source', () => {
    const project = make({
      ...FILES,
      'jest.config.js': `module.exports = {
        coverageReporters: ['json'], coverageProvider: 'v8',
        projects: ['one', 'two'].map((displayName) => ({
          displayName, transform: {}, testMatch: ['**/__tests__/' + (displayName === 'one' ? '[ls]*' : '*')],
        })),
      };`,
    });
    expect(compare(project).ran).toHaveLength(6);
    replace(project, 'src/alone.js', ['exports', '\n// moved\nexports']);
    expect(compare(project).ran).toEqual([`two ${ALONE}`]);
  });

  test('and runs without it, and with that of istanbul, select by the records of each other', () => {
    const project = make({ ...FILES, ...config() });
    const v8 = '--coverageProvider=v8';
    project.run();
    const first = compare(project, v8);
    expect([first.ran, first.messages]).toEqual([
      ALL,
      [
        'nothing affected: all 4 test files are unchanged since they passed.',
        '4 unaffected test files run for the coverage report, as their coverage is not recorded yet.',
      ],
    ]);
    replace(project, 'src/size.js', ['limit || exports', 'limit && exports']);
    expect(project.run().ran).toEqual([]);
    // No block changed that they executed, but where V8 counted in it did.
    expect(compare(project, v8).ran).toEqual([LARGE, SMALL]);
    expect(compare(project, v8).ran).toEqual([]);
    expect(compare(project).ran).toEqual(ALL);
    replace(project, 'src/size.js', ['limit && exports', '!limit || exports']);
    expect(compare(project).ran).toEqual([]);
    expect(compare(project, v8).ran).toEqual([LARGE, SMALL]);
  });

  test('records whole files, of which other runs record the blocks when they run', () => {
    const project = make(V8_FILES);
    project.run(['--coverage', '-i']);
    expect(project.run().ran).toEqual([]);
    replace(project, 'src/size.js', ['limit || exports', 'limit && exports']);
    expect(project.run().ran).toEqual([LARGE, SMALL]);
    replace(project, 'src/size.js', ['limit && exports', '!limit || exports']);
    expect(project.run().ran).toEqual([]);
  });
});

function change(project: Project, sql: string): void {
  const db = new Database(project.path('.testmondata'));
  db.exec(sql);
  db.close();
}

describe('what V8 counted, where it', () => {
  test('is damaged: those test files run', () => {
    const project = make(V8_FILES);
    compare(project);
    const recordOf = (file: string) =>
      `(SELECT r.id FROM record r JOIN test_file t ON t.id = r.test_file_id WHERE t.path = '${file}')`;
    change(
      project,
      `UPDATE script_coverage SET counts = x'01' WHERE record_id = ${recordOf(ALONE)};
       UPDATE script_coverage SET key = '' WHERE record_id = ${recordOf(TWICE)};
       DELETE FROM script_coverage WHERE record_id = ${recordOf(LARGE)};`,
    );
    expect(compare(project).ran).toEqual([ALONE, LARGE, TWICE]);
    expect(compare(project).ran).toEqual([]);
    // Of counts that several test files share, each of them runs.
    change(project, `UPDATE script_counts SET packed = zeroblob(9) WHERE path = 'src/sum.js'`);
    expect(compare(project).ran).toEqual([SMALL, TWICE]);
    change(project, `UPDATE script_counts SET path = 'src/other.js' WHERE path = 'src/alone.js'`);
    expect(compare(project).ran).toEqual([ALONE]);
    expect(compare(project).ran).toEqual([]);
  });

  test('is unreadable in all of them: all run', () => {
    const project = make(V8_FILES);
    compare(project);
    change(project, `UPDATE script_coverage SET key = 'other'`);
    expect(compare(project).ran).toEqual(ALL);
  });

  test('comes from another checkout, in which it is merged: nothing runs', () => {
    const project = make(V8_FILES);
    const shards = ['1/2', '2/2'].map((shard) => {
      const one = project.fresh();
      one.run(['--coverage', `--shard=${shard}`, ...ARGS]);
      return one;
    });
    const files = shards.map((one) => one.path('.testmondata'));
    expect(project.run(['merge', ...files])).toMatchObject({ exitCode: 0 });
    const reported = project.run(['coverage', ...ARGS]);
    expect(reported).toMatchObject({ exitCode: 0, ran: [] });
    const report = reportIn(project, 'coverage');
    expect(compare(project).ran).toEqual([]);
    expect(report).toEqual(reportIn(project, 'bare'));
  });

  test('is of test files that are skipped while others run in parallel', () => {
    const project = make(V8_FILES);
    project.run(['--coverage', '-w', '2', ...ARGS.slice(1)]);
    replace(project, 'src/size.js', ['limit ||', 'limit &&']);
    expect(compare(project).ran).toEqual([LARGE, SMALL]);
  });
});
