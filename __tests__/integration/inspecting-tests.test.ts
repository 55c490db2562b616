import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Database } from '../sqlite';
import { ENTRY, Project } from './harness';

jest.setTimeout(300_000);

/** A function of four lines, whose body is a block of its own. */
const fn = (name: string, value: string): string =>
  `exports.${name} = function (x) {\n  const ${name} = ${value};\n  return ${name};\n};\n`;

const FILE = '__tests__/math.test.js';

let recorded: Project;

/** The config asks for test granularity. */
beforeAll(() => {
  recorded = new Project({
    'jest.config.js': `
      const { withTestmon } = require(${JSON.stringify(ENTRY)});
      module.exports = withTestmon({ transform: {} }, { granularity: 'test' });`,
    'src/math.js': fn('add', 'x + 1') + fn('sub', 'x - 1') + fn('all', 'x * 1'),
    'data.txt': 'data',
    [FILE]: `
      const { add, sub, all } = require('../src/math');
      beforeAll(() => { all(1); });
      describe('sums', () => {
        test('adds', () => { expect(add(1)).toBe(2); });
        test('subtracts', () => { expect(sub(1)).toBe(0); });
        test('reads', () => { require('fs').readFileSync('data.txt'); });
      });`,
    '__tests__/other.test.js': "test('other', () => {});",
  });
  expect(recorded.run().exitCode).toBe(0);
});
afterAll(() => recorded.remove());

interface Told {
  name: string;
  wouldRun: boolean;
  reason: string;
  own: { files: { path: string }[]; causes: { text: string }[] };
  shared: { files: { path: string }[] };
}

/** What `why` says of the tests whose names hold a text. */
function why(project: Project, text: string, args: readonly string[] = []): Told[] {
  const { stdout } = project.run(['why', text, '--json', ...args]);
  return (JSON.parse(stdout) as { tests: Told[] }[]).flatMap(({ tests }) => tests);
}

const reasons = (project: Project, args: readonly string[] = []) =>
  Object.fromEntries(why(project, 'sums', args).map(({ name, reason }) => [name, reason]));

test('why: what a test ran itself, apart from what its file shares; and why one is skipped', () => {
  const project = recorded.fresh();
  expect(reasons(project)).toEqual({
    'sums › adds': 'unaffected',
    'sums › subtracts': 'unaffected',
    'sums › reads': 'unaffected',
  });

  project.edit('src/math.js', 'x + 1', '1 + x');
  project.write({ 'data.txt': 'other' });
  expect(reasons(project)).toEqual({
    'sums › adds': 'own',
    'sums › subtracts': 'skipped',
    'sums › reads': 'own',
  });
  expect(why(project, 'adds')).toMatchObject([
    {
      wouldRun: true,
      own: { files: [{ path: 'src/math.js' }], causes: [] },
      shared: { files: [] },
    },
  ]);
  expect(why(project, 'reads')).toMatchObject([
    { own: { files: [], causes: [{ text: 'the file data.txt changed' }] } },
  ]);
  const skipped = project.run(['why', 'sums subtracts', '--exit-code']);
  expect(skipped.exitCode).toBe(0);
  expect(skipped.stdout).toMatch(
    /test sums › subtracts is skipped \(\d+ ms\): neither what it ran or read nor what its file shares/,
  );
  expect(project.run(['why', 'adds', '--exit-code']).exitCode).toBe(1);
  expect(project.run(['why', FILE]).stdout).toContain('1 of its 3 tests is skipped all the same');
  expect(reasons(project, ['--testmon-granularity', 'file'])).toEqual({
    'sums › adds': 'own',
    'sums › subtracts': 'file',
    'sums › reads': 'own',
  });
  // What a run does.
  expect(project.run(['--verbose']).stderr).toMatch(/✓ adds[^]*✓ reads[^]*○ skipped subtracts/);

  project.edit('src/math.js', 'x * 1', '1 * x');
  expect(why(project, 'subtracts')).toMatchObject([
    { reason: 'shared', shared: { files: [{ path: 'src/math.js' }] } },
  ]);
  expect(project.run(['why', 'subtracts']).stdout).toMatch(
    /Shared by all tests of the file, and changed:\n\n {4}src\/math\.js\n {6}all, /,
  );
});

test('status, report and impact count the tests that run', () => {
  const project = recorded.fresh();
  expect(project.run(['impact', 'src/math.js:2']).stdout).toMatch(
    /would run 1 test in 1 test file, about/,
  );
  expect(project.run(['impact', 'src/math.js:10']).stdout).toContain('3 tests in 1 test file');
  project.edit('src/math.js', 'x + 1', '1 + x');
  expect(project.run(['status']).stdout).toMatch(
    /^1 of 2 test files would run now.*; 2 unaffected tests in it skipped\./,
  );
  const report = JSON.parse(project.run(['report', '--json']).stdout) as {
    testFiles: { path: string; skippedTests: number }[];
  };
  expect(report.testFiles.map(({ path, skippedTests }) => [path, skippedTests])).toEqual([
    [FILE, 2],
    ['__tests__/other.test.js', 0],
  ]);

  // A test file that is taken whole.
  const database = new Database(project.path('.testmondata'));
  database.exec('UPDATE test_file SET order_dependent = 1');
  database.close();
  expect(reasons(project)).toMatchObject({ 'sums › adds': 'own', 'sums › subtracts': 'order' });
  expect(project.run(['impact', 'src/math.js:2']).stdout).toContain('3 tests in 1 test file');
});
