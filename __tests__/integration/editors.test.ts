import { afterEach, expect, jest, test } from '@jest/globals';
import { ENTRY, Project, type Files } from './harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const A = '__tests__/a.test.js';
const B = '__tests__/b.test.js';

/** Editors bring a reporter of their own. */
const REPORTER = `module.exports = class {
  onTestFileResult(test, result) {
    for (const { fullName, status } of result.testResults) console.error('editor: ' + fullName + ' ' + status);
  }
};`;

const FILES: Files = {
  'editor-reporter.js': REPORTER,
  'src/a.js': "exports.a = () => 'a';\n",
  'src/b.js': "exports.b = () => 'b';\n",
  [A]: "const { a } = require('../src/a');\ntest('a one', () => { expect(a()).toBe('a'); });\ntest('a two', () => { expect(a()).not.toBe(''); });\n",
  [B]: "const { b } = require('../src/b');\ntest('b', () => { expect(b()).toBe('b'); });\n",
};

const WAYS_IN: Record<string, { jest: string; plain: boolean; files: Files }> = {
  'the command': { jest: 'jest', plain: false, files: { 'jest.config.json': '{"transform":{}}' } },
  'withTestmon in Jest 30': { jest: 'jest', plain: true, files: withTestmon() },
  'withTestmon in Jest 29': { jest: 'jest29', plain: true, files: withTestmon() },
};

function withTestmon(): Files {
  return {
    'jest.config.js': `module.exports = require(${JSON.stringify(ENTRY)}).withTestmon({ transform: {} });`,
  };
}

test.each(Object.keys(WAYS_IN))(
  'what VS Code and WebStorm run through %s is recorded, and what they ask for is never hidden',
  (name) => {
    const { jest: version, plain, files } = WAYS_IN[name] ?? { jest: '', plain: false, files: {} };
    project = new Project({ ...FILES, ...files }, { jest: version });
    const reporters = ['--reporters', 'default', '--reporters', project.path('editor-reporter.js')];
    /** As the extension of VS Code runs Jest. */
    const code = (...args: string[]) => {
      project.write({ 'out.json': null });
      const result = project.run(
        [
          ...['--testLocationInResults', '--json', '--useStderr', '--outputFile', 'out.json'],
          ...['--ci', '--no-coverage', '--watchAll=false', ...reporters, ...args],
        ],
        { plain },
      );
      const { testResults } = JSON.parse(project.read('out.json')) as {
        testResults: { assertionResults: { title: string; status: string; location: unknown }[] }[];
      };
      const reported = testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status }) => status !== 'pending');
      expect(reported.every(({ location }) => location !== null)).toBe(true);
      expect(result).toMatchObject({ messages: [], stdout: '' });
      return {
        exitCode: result.exitCode,
        tests: reported.map(({ title }) => title).sort(),
        seen: [...result.stderr.matchAll(/editor: (.*) (passed|failed)/g)].map(([, seen]) => seen),
      };
    };
    /** As WebStorm does. */
    const storm = (...args: string[]) =>
      project.run(['--colors', '--verbose', ...reporters, ...args], { plain });

    // Everything, then what is affected; a failure is recorded as one though our reporter is not in the list.
    expect(code()).toMatchObject({ exitCode: 0, tests: ['a one', 'a two', 'b'] });
    expect(code()).toMatchObject({ exitCode: 0, tests: [] });
    project.edit('src/b.js', "'b'", "'wrong'");
    expect(code()).toMatchObject({ exitCode: 1, tests: ['b'], seen: ['b'] });
    expect(code()).toMatchObject({ exitCode: 1, tests: ['b'] });

    // One test file, one test: asked for, so it runs, affected or not.
    const path = project.path(A);
    expect(code('--runTestsByPath', path).tests).toEqual(['a one', 'a two']);
    expect(code('--testNamePattern', '^a two$', '--runTestsByPath', path).tests).toEqual(['a two']);
    // As VS Code names a test file, and a folder of them.
    const pathPattern = version === 'jest29' ? '--testPathPattern' : '--testPathPatterns';
    const escaped = (place: string) => place.replace(/[.*+?^${}()<>|[\]\\]/g, '\\$&');
    expect(code(pathPattern, escaped(path)).tests).toEqual(['a one', 'a two']);
    expect(code(pathPattern, escaped(project.path('__tests__'))).tests).toHaveLength(3);
    expect(code(pathPattern, 'a.test').tests).toEqual([]);
    expect(storm('--testNamePattern=^a one$', '--runTestsByPath', path).stderr).toContain(
      'editor: a one passed',
    );

    // One test of a changed file says nothing of the rest; the whole test file is a record.
    project.edit('src/a.js', "'a'", "'' + 'a'");
    project.edit('src/b.js', "'wrong'", "'' + 'b'");
    expect(storm('--testNamePattern=^a one$', '--runTestsByPath', path).exitCode).toBe(0);
    expect(storm('--runTestsByPath', project.path(B)).exitCode).toBe(0);
    expect(project.run([], { plain }).ran).toEqual([A]);
    expect(project.run([], { plain }).ran).toEqual([]);
    expect(project.leftovers()).toEqual([]);
  },
);

test('a reporter list on the command line beside withTestmon: --bail and a crash are recorded as such', () => {
  project = new Project({
    ...FILES,
    ...withTestmon(),
    [B]: "test('b', () => undefined);\nif (require('../src/b').b() === 'crash') process.exit(3);\n",
  });
  const run = (...args: string[]) => project.run(['--reporters=default', ...args], { plain: true });
  expect(run()).toMatchObject({ exitCode: 0, ran: [A, B] });
  project.edit('src/a.js', "'a'", "'wrong'");
  project.edit('src/b.js', "'b'", "'' + 'b'");
  // What fails comes first next time; then a bail keeps the rest from running, and it stays selected.
  expect(run().failed).toEqual([A]);
  project.edit('src/b.js', "'' +", "'' + '' +");
  expect(run('--bail', '--runInBand')).toMatchObject({ exitCode: 1, ran: [A] });
  project.edit('src/a.js', "'wrong'", "'a'");
  expect(run()).toMatchObject({ exitCode: 0, ran: [A, B] });
  expect(run()).toMatchObject({ exitCode: 0, ran: [] });
  project.edit('src/b.js', "'' + '' + 'b'", "'crash'");
  project.edit('src/a.js', "'a'", "'' + 'a'");
  // Two test files, so that a worker dies and not Jest.
  expect(run('--maxWorkers=2')).toMatchObject({ exitCode: 1, passed: [A], failed: [B] });
  project.edit('src/b.js', "'crash'", "'b'");
  expect(run().messages[0]).toBe('1 of 2 test files affected: 1 failed last time');
  expect(project.leftovers()).toEqual([]);
});

test('--testmon-noselect with --bail answers after the first test file: the affected one', () => {
  project = new Project({ ...FILES, 'jest.config.json': '{"transform":{}}' });
  expect(project.run().exitCode).toBe(0);
  project.edit('src/b.js', "'b'", "'wrong'");
  const bailed = project.run(['--testmon-noselect', '--bail', '--runInBand']);
  expect(bailed).toMatchObject({ exitCode: 1, ran: [B], failed: [B] });
  // It failed last now, and comes before what an edit affects.
  project.edit('src/a.js', "'a'", "'' + 'a'");
  expect(project.run(['--testmon-noselect', '--bail', '--runInBand']).ran).toEqual([B]);
});
