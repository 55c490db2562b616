import { afterEach, describe, expect, jest, test } from '@jest/globals';
import * as fs from 'node:fs';
import { Database } from '../sqlite';
import {
  ALL,
  ALONE,
  ARGS,
  compare,
  compareWith,
  config,
  FILES,
  LARGE,
  make,
  replace,
  reportIn,
  SMALL,
  TWICE,
} from './covered';
import type { Project } from './harness';
import { MARKER_FILE, WATCHED_FILES, Watcher } from './watcher';

jest.setTimeout(600_000);

let watcher: Watcher | null = null;
afterEach(() => {
  watcher?.kill();
  watcher = null;
});

function change(project: Project, sql: string): void {
  const db = new Database(project.path('.testmondata'));
  db.exec(sql);
  db.close();
}

const UNRECORDED = (files: string, their: string) =>
  `${files} for the coverage report, as ${their} coverage is not recorded yet.`;

describe('what test files covered, where it', () => {
  test('is damaged: those test files run', () => {
    const project = make(FILES);
    compare(project);
    const recordOf = (file: string) =>
      `(SELECT r.id FROM record r JOIN test_file t ON t.id = r.test_file_id WHERE t.path = '${file}')`;
    change(project, `UPDATE coverage SET hit_sets = x'01' WHERE record_id = ${recordOf(ALONE)}`);
    change(project, `DELETE FROM coverage WHERE record_id = ${recordOf(LARGE)}`);
    const first = compare(project);
    expect(first.ran).toEqual([ALONE, LARGE]);
    expect(first.messages).toContain(UNRECORDED('2 unaffected test files run', 'their'));
    expect(compare(project).ran).toEqual([]);
    // Of a set of hits that several test files share, each of them runs.
    change(
      project,
      `UPDATE hit_set SET bits = zeroblob(5 + id) WHERE counter_layout_id IN
         (SELECT id FROM counter_layout WHERE path = 'src/sum.js')`,
    );
    expect(compare(project).ran).toEqual([SMALL, TWICE]);
    // Groups that are no groups: nobody can tell which counters the bits are of.
    change(project, `UPDATE counter_layout SET groups = x'0102' WHERE path = 'src/alone.js'`);
    const last = compare(project);
    expect(last.ran).toEqual([ALONE]);
    expect(compare(project).ran).toEqual([]);
  });

  test('is of test files and modules that are gone', () => {
    const project = make({ ...FILES, ...config({ collectCoverageFrom: ['src/**'] }) });
    compare(project);
    project.write({ [ALONE]: null, [TWICE]: null });
    expect(compare(project).ran).toEqual([]);
    project.write({ 'src/alone.js': null, 'src/more.js': 'exports.more = () => 1;\n' });
    expect(compare(project).ran).toEqual([]);
    // It is back, as it was, and its record is still there.
    project.write({ [TWICE]: FILES[TWICE] ?? '' });
    expect(compare(project).ran).toEqual([]);
  });

  test('was hit by a skipped test file alone, in a file that changes again and again', () => {
    const project = make({
      ...FILES,
      ...config({ coverageThreshold: { global: { statements: 60 } } }),
    });
    expect(compare(project).exitCode).toBe(0);
    for (let round = 1; round < 3; round += 1) {
      replace(
        project,
        'src/sum.js',
        ['function twice', `// ${round}\n\nfunction twice`],
        ['return a + b; }', `a += ${round}; a -= ${round}; return a + b; }`],
      );
      const { ran, exitCode } = compare(project);
      // Nobody goes into that branch, so its statements are new and not hit.
      expect([ran, exitCode]).toEqual([[], 0]);
    }
    replace(project, 'src/sum.js', ['return b; }', 'if (b === 7) return 7; return b; }']);
    // What runs alone does not meet the threshold.
    expect(compare(project)).toMatchObject({ ran: [SMALL], exitCode: 0 });
  });
});

describe('coverage is carried', () => {
  test('with -t, patterns, shards and tests that are skipped one by one', () => {
    const project = make({
      ...FILES,
      '__tests__/large.test.js': `
const { size } = require('../src/size');
test('large', () => { expect(size(4)).toBe('largem'); });
test('some', () => { expect(size(2)).toBe('some'); });
`,
    });
    compare(project);
    // Those that match run, and what is recorded of all tests stays.
    expect(compare(project, '-t', 'large').ran).toEqual([LARGE]);
    expect(compare(project, '--shard=1/2').ran).toEqual([]);
    expect(compare(project, '--testPathPatterns=large').ran).toEqual([]);
    expect(compare(project).ran).toEqual([]);
    replace(project, 'src/size.js', ["'large'", "'lar' + 'ge'"]);
    // The other test of it runs too: what each test hits is not recorded apart.
    expect(compare(project, '--testmon-granularity=test').ran).toEqual([LARGE]);
    expect(compare(project, '--testmon-granularity=test').ran).toEqual([]);
    const named = project.run(['coverage', '-t', 'large']);
    expect([named.exitCode, named.messages]).toEqual([
      2,
      ['-t says which tests run, of which nothing is recorded apart; leave it out'],
    ]);
  });

  test.each([
    ['Jest 30', { jest: 'jest' }],
    ['Jest 29', { jest: 'jest29' }],
  ])('with native ES modules: %s', (_jest, packages) => {
    const env = { NODE_OPTIONS: '--experimental-vm-modules' };
    const project = make(
      {
        'package.json': '{"name":"fixture","private":true,"type":"module"}',
        'jest.config.cjs': `module.exports = { transform: {}, collectCoverageFrom: ['src/**'] };`,
        'src/size.js': `
export const limit = 3;
export function size(n, unit = 'm') {
  if (n > limit) return 'large' + unit;
  return n > 1 && n < limit ? 'some' : 'small';
}
export default () => limit;
`,
        'src/all.js': `export * from './size.js';\nexport const all = (n) => n ?? limit;\nimport { limit } from './size.js';\n`,
        'src/never.js': `export const never = 1;\n`,
        '__tests__/large.test.js': `import { size } from '../src/size.js'; test('it', () => { expect(size(4)).toBe('largem'); });`,
        '__tests__/all.test.js': `
test('it', async () => { const { all, size } = await import('../src/all.js'); expect(size(all(1))).toBe('small'); });`,
      },
      packages,
    );
    const tests = ['__tests__/all.test.js', '__tests__/large.test.js'];
    expect(compareWith(env, project).ran).toEqual(tests);
    expect(compareWith(env, project).ran).toEqual([]);
    replace(
      project,
      'src/size.js',
      ['export function', '// one\n\nexport function'],
      ["return 'large' + unit;", "{ n += 1; return 'large' + unit; }"],
      ['=> limit;', '=> limit || 1;'],
    );
    expect(compareWith(env, project).ran).toEqual(['__tests__/large.test.js']);
    const reported = project.run(['coverage', ...ARGS], { env });
    expect(reported).toMatchObject({ exitCode: 0, ran: [] });
    expect(reportIn(project, 'coverage')).toEqual(reportIn(project, 'bare'));
  });

  test('while Jest watches', async () => {
    const project = make({
      ...FILES,
      // The report of bare Jest is no edit that would start a run.
      ...config({ watchPlugins: [MARKER_FILE], watchPathIgnorePatterns: ['/bare/'] }),
      ...WATCHED_FILES,
    });
    const reporters = ARGS.filter((arg) => arg !== '-i');
    watcher = new Watcher(project, ['--watchAll', '-i', '--coverage', ...reporters]);
    expect((await watcher.run()).ran).toEqual(ALL);
    const bare = () => {
      project.run(['--coverage', '--coverageDirectory=bare', ...ARGS], { plain: true });
      return reportIn(project, 'bare');
    };
    replace(project, 'src/sum.js', ['return one * 2;', 'return one > 5 ? 7 : one * 2;']);
    expect((await watcher.run()).ran).toEqual([TWICE]);
    expect(reportIn(project, 'coverage')).toEqual(bare());
    replace(project, 'src/size.js', ['exports.never', '// one\nexports.never']);
    expect((await watcher.run()).ran).toEqual([]);
    expect(reportIn(project, 'coverage')).toEqual(bare());
    expect(await watcher.quit()).toBe(0);
  });

  test('of what a config leaves out, and what it names in spite of that', () => {
    const project = make({
      ...FILES,
      ...config({
        collectCoverage: true,
        coveragePathIgnorePatterns: ['/node_modules/', 'alone'],
        forceCoverageMatch: ['**/large.test.js'],
      }),
    });
    compare(project);
    replace(project, 'src/sum.js', ['function sum', '// one\nfunction sum']);
    expect(compare(project).ran).toEqual([]);
    project.edit('jest.config.js', '"alone"', '"sum"');
    expect(compare(project).ran).toEqual([ALONE]);
    expect(fs.existsSync(project.path('coverage/lcov.info'))).toBe(true);
  });
});
