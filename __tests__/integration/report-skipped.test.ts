import * as fs from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { AggregatedResult, TestResult } from '@jest/test-result';
import { ENTRY, Project, type Files, type RunOptions, type RunResult } from './harness';
import { command } from './upkeep/command';
import { MARKER_FILE, WATCHED_FILES, Watcher } from './watcher';

jest.setTimeout(600_000);

const made: Project[] = [];
afterEach(() => made.splice(0).forEach((project) => project.remove()));

function make(files: Files, packages: Record<string, string> = { jest: 'jest' }): Project {
  const project = new Project({ ...REPORTER, ...files }, packages);
  made.push(project);
  return project;
}

/** A reporter that writes down what it gets. */
const REPORTER: Files = {
  'reporter.js': `
    const events = [];
    module.exports = class {
      onTestFileStart(test) { events.push(['start', test.path, test.context.config.runner]); }
      onTestFileResult(test, result) { events.push(['result', test.path, result]); }
      onRunComplete(contexts, results) {
        const written = { pid: process.pid, contexts: contexts.size, events, results };
        require('fs').writeFileSync(__dirname + '/reported.json', JSON.stringify(written));
      }
    };
  `,
};

interface Reported {
  pid: number;
  contexts: number;
  events: [kind: 'start' | 'result', path: string, what: unknown][];
  results: AggregatedResult;
}

/** Source and test files; each test says in which process it runs. */
const FILES: Files = {
  'jest.config.js':
    "module.exports = { transform: {}, reporters: ['default', './reporter.js'] };\n",
  'src/sign.js':
    "exports.sign = (n) => { if (n > 0) { return 'plus'; } else { return 'minus'; } };\nexports.half = (n) => { return n / 2; };\n",
  '__tests__/plus.test.js':
    "const { sign } = require('../src/sign');\ndescribe('of one', () => { test('plus', () => { expect(sign(1)).toBe('plus'); }); test.each([1, 2])('and %i', () => {}); });\ntest('beside', () => {});\n",
  '__tests__/minus.test.js':
    "const { sign } = require('../src/sign');\ntest('minus', () => { require('fs').writeFileSync(require('path').join(__dirname, '../pid'), String(process.ppid) + ' ' + process.pid); expect(sign(-1)).toBe('minus'); });\n",
  '__tests__/half.test.js':
    "const { half } = require('../src/sign');\ntest('half', () => { expect(half(2)).toBe(1); expect({ half: 1 }).toMatchSnapshot(); });\n",
};
const PLUS = '__tests__/plus.test.js';
const MINUS = '__tests__/minus.test.js';
const HALF = '__tests__/half.test.js';

const REPORT = '--testmon-report-skipped';

function reported(project: Project): Reported {
  return JSON.parse(project.read('reported.json')) as Reported;
}

/** The names of the tests of each test file that was reported as skipped. */
function skipped(project: Project): Record<string, string[]> {
  const results = reported(project).results.testResults.filter((result) => result.skipped);
  return Object.fromEntries(
    results
      .map((result): [string, string[]] => [
        nameOf(project, result),
        result.testResults.map((one) => `${one.status} ${one.fullName}`),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function nameOf(project: Project, { testFilePath, displayName }: TestResult): string {
  const name = testFilePath.slice(project.root.length + 1).replaceAll('\\', '/');
  return displayName === undefined ? name : `${displayName.name} ${name}`;
}

/** A project of which everything is recorded. */
function recorded(files: Files = {}, packages?: Record<string, string>, options?: RunOptions) {
  const project = make({ ...FILES, ...files }, packages);
  const first = project.run(['--ci=false'], options);
  expect(first).toMatchObject({ exitCode: 0 });
  return project;
}

const changeMinus = (project: Project): void =>
  project.edit('src/sign.js', "'minus'", "'min' + 'us'");
const breakMinus = (project: Project): void => project.edit('src/sign.js', "'minus'", "'wrong'");

/** What Jest counts, without times. */
function totals({ results }: Reported): Partial<AggregatedResult> {
  const { testResults: _results, startTime: _time, ...counts } = results;
  return counts;
}

const PLUS_SKIPPED = {
  [PLUS]: ['of one plus', 'of one and 1', 'of one and 2', 'beside'].map(
    (name) => `pending ${name}`,
  ),
};
const ALL_SKIPPED = { [HALF]: ['pending half'], [MINUS]: ['pending minus'], ...PLUS_SKIPPED };

describe.each([
  ['jest', '--maxWorkers=4'],
  ['jest29', '-i'],
])('unaffected test files with %s %s', (version, ...args) => {
  test('reach reporters as they would with their tests skipped, and count so', () => {
    const project = recorded({}, { jest: version }, {});
    changeMinus(project);
    const some = project.run([...args, REPORT]);
    expect(some).toMatchObject({ exitCode: 0, ran: [MINUS] });
    expect(some.messages).toEqual([
      '1 of 3 test files affected by 1 changed file (src/sign.js)',
      expect.stringMatching(/^2 test files not affected and not run, which saved about /),
    ]);
    expect(some.stderr).toContain('Test Suites: 2 skipped, 1 passed, 1 of 3 total');
    // Nothing else is said of them.
    expect(some.stderr).not.toMatch(/plus|half/);
    const selected = reported(project);
    expect(skipped(project)).toEqual({ [HALF]: ['pending half'], ...PLUS_SKIPPED });
    const [start, result] = selected.events;
    expect([start?.[0], result?.[0], start?.[1]]).toEqual(['start', 'result', result?.[1]]);
    // A runner answers in the place of the project's own, which the config names all the same.
    expect(start?.[2]).toMatch(/jest-runner/);

    // A run of Jest in which the same tests are skipped.
    for (const name of [PLUS, HALF])
      project.write({ [name]: project.read(name).replaceAll(/\btest(?=[.(])/g, 'test.skip') });
    expect(project.run(args, { plain: true }).exitCode).toBe(0);
    const bare = reported(project);
    expect(totals(selected)).toEqual(totals(bare));
    expect(selected.contexts).toBe(bare.contexts);
    const found = selected.results.testResults.find(({ testFilePath }) =>
      testFilePath.endsWith(PLUS),
    );
    const expected = bare.results.testResults.find(({ testFilePath }) =>
      testFilePath.endsWith(PLUS),
    );
    expect(withoutTimes(found)).toEqual(withoutTimes(expected));
  });

  test('are all that Jest hears of where nothing is affected', () => {
    const project = recorded({}, { jest: version });
    const none = project.run([...args, REPORT, '--json', '--outputFile=out.json']);
    expect(none).toMatchObject({ exitCode: 0, ran: [] });
    expect(skipped(project)).toEqual(ALL_SKIPPED);
    expect(JSON.parse(project.read('out.json'))).toMatchObject({
      success: true,
      numTotalTestSuites: 3,
      numPendingTestSuites: 3,
      numPendingTests: 6,
      numTotalTests: 6,
      testResults: expect.arrayContaining([
        expect.objectContaining({
          name: project.path(HALF),
          status: 'skipped',
          assertionResults: [
            expect.objectContaining({ status: 'pending', title: 'half', fullName: 'half' }),
          ],
        }),
      ]),
    });
    const text = project.run([...args, REPORT]);
    expect(text.messages).toEqual([
      'nothing affected: all 3 test files are unchanged since they passed.',
    ]);
    expect(text.stderr).toContain('Test Suites: 3 skipped, 0 of 3 total');
    // Nothing is taken for a pass or a failure, and nothing is lost.
    expect(project.run(args)).toMatchObject({ ran: [], exitCode: 0 });
    breakMinus(project);
    expect(project.run([...args, REPORT])).toMatchObject({ exitCode: 1, failed: [MINUS] });
    expect(project.run([...args, REPORT])).toMatchObject({ exitCode: 1, failed: [MINUS] });
    project.edit('src/sign.js', "'wrong'", "'minus'");
    expect(project.run([...args, REPORT])).toMatchObject({ exitCode: 0, ran: [MINUS] });
    expect(command(project, ['status']).stdout).not.toMatch(/fail/i);
    expect(project.leftovers()).toEqual([]);
  });
});

/** What differs between two runs of the same is left out, and what only one Jest version tells. */
function withoutTimes(result: TestResult | undefined): unknown {
  const { perfStats: _stats, console: _console, testResults = [], ...rest } = result ?? {};
  return {
    ...rest,
    testResults: testResults.map((one) => {
      const { startAt: _at, retryMessages: _messages, failing: _failing, ...told } = one as Told;
      return told;
    }),
  };
}

type Told = TestResult['testResults'][number] & { startAt?: unknown; retryMessages?: unknown };

describe('the option', () => {
  test('is taken from the config, a variable and the command line, and is on with coverage alone', () => {
    const project = recorded({
      'jest.config.js': `module.exports = require(${JSON.stringify(ENTRY)}).withTestmon({ transform: {}, reporters: ['./reporter.js'] }, { reportSkipped: process.env.OPTION === '1' || undefined });\n`,
    });
    const count = (args: string[], env: NodeJS.ProcessEnv = {}): number => {
      expect(project.run(args, { env }).exitCode).toBe(0);
      return reported(project).results.numPendingTestSuites;
    };
    expect(count([])).toBe(0);
    expect(count([REPORT])).toBe(3);
    expect(count([], { TESTMON_REPORT_SKIPPED: '1' })).toBe(3);
    expect(count([], { OPTION: '1' })).toBe(3);
    expect(count(['--no-testmon-report-skipped'], { OPTION: '1' })).toBe(0);
    expect(count([], { OPTION: '1', TESTMON_REPORT_SKIPPED: '0' })).toBe(0);
    // Everything runs, so nothing is skipped.
    expect(count([REPORT, '--testmon-noselect'])).toBe(0);
    expect(count([REPORT, '-t', 'minus'])).toBe(2);
    expect(reported(project).results.numPassedTests).toBe(1);
    // The first time, there is no coverage of them to report.
    expect(count(['--coverage'])).toBe(0);
    expect(count(['--coverage'])).toBe(3);
    // Their results bring the coverage along.
    expect(count(['--coverage', '--no-testmon-report-skipped'])).toBe(3);
  });

  test('changes nothing of what is listed, nor of names to run', () => {
    const project = recorded();
    changeMinus(project);
    const list = (...args: string[]) => project.run([REPORT, '--listTests', ...args]).stdout.trim();
    expect(list()).toBe(project.path(MINUS));
    expect(JSON.parse(list('--json'))).toEqual([project.path(MINUS)]);
    expect(project.run([REPORT, 'half']).ran).toEqual([]);
    expect(skipped(project)).toEqual({ [HALF]: ['pending half'] });
    expect(project.run([REPORT, '--testmon-forceselect', '-t', 'minus'])).toMatchObject({
      exitCode: 0,
      ran: [MINUS],
    });
    expect(reported(project).results).toMatchObject({ numPassedTests: 1, numPendingTests: 5 });
    expect(project.run([REPORT, '--passWithNoTests=false', 'nowhere']).exitCode).toBe(1);
  });
});

/** The runners of other projects, each around Jest's own. */
const RUNNERS: Record<string, Files> = {
  'by callbacks, serial': {
    'runner.js': `
      const { default: Inner } = require('jest-runner');
      module.exports = class {
        isSerial = true;
        constructor(globalConfig, context) { this.inner = new Inner(globalConfig, context); }
        async runTests(tests, watcher, onStart, onResult, onFailure, options) {
          console.error('runs ' + tests.length + (options.serial ? ' in band' : ' in workers'));
          this.inner.on('test-file-start', ([test]) => onStart(test));
          this.inner.on('test-file-success', ([test, result]) => onResult(test, result));
          this.inner.on('test-file-failure', ([test, error]) => onFailure(test, error));
          await this.inner.runTests(tests, watcher, options);
        }
      };
    `,
  },
  'by events, an ES module': {
    'runner.js': null,
    'runner.mjs': `
      import runner from 'jest-runner';
      export default class extends (runner.default ?? runner) {
        runTests(tests, watcher, options) {
          console.error('runs ' + tests.length + (options.serial ? ' in band' : ' in workers'));
          return super.runTests(tests, watcher, options);
        }
      }
    `,
  },
};

describe.each([
  ['jest', 'by events, an ES module'],
  ['jest29', 'by callbacks, serial'],
])('with %s and a runner of the project (%s)', (version, name) => {
  test('the runner gets what runs, and is not loaded for what does not', () => {
    const files = RUNNERS[name] ?? {};
    const runner = Object.keys(files).find((file) => files[file] !== null);
    const project = recorded(
      {
        ...files,
        'jest.config.js': `module.exports = { transform: {}, runner: './${runner}', reporters: ['default', './reporter.js'] };\n`,
      },
      {
        jest: version,
        'jest-runner': version === 'jest' ? 'jest-runner' : 'jest29/node_modules/jest-runner',
      },
    );
    expect(project.run([REPORT]).stderr).not.toContain('runs ');
    expect(skipped(project)).toEqual(ALL_SKIPPED);
    breakMinus(project);
    const some = project.run([REPORT, '--maxWorkers=3']);
    expect(some).toMatchObject({ exitCode: 1, failed: [MINUS], ran: [MINUS] });
    // Jest alone would run one test file in band.
    expect(some.stderr).toContain('runs 1 in band');
    expect(skipped(project)).toEqual({ [HALF]: ['pending half'], ...PLUS_SKIPPED });
  });
});

describe('a run that reports skipped test files', () => {
  test('starts no workers for one test file, and as many as ever for several', () => {
    const project = recorded();
    changeMinus(project);
    expect(project.run([REPORT, '--maxWorkers=3']).ran).toEqual([MINUS]);
    const { pid } = reported(project);
    expect(project.read('pid').split(' ')[1]).toBe(String(pid));
    project.edit('src/sign.js', "'min' + 'us'", "'minus'");
    project.edit('src/sign.js', 'n / 2', 'n * 0.5');
    expect(project.run([REPORT, '--maxWorkers=3', '--testmon-noselect']).ran).toHaveLength(3);
    expect(project.read('pid').split(' ')[0]).toBe(String(reported(project).pid));
  });

  test('ends and stops as without: failures, --bail, --onlyFailures, a results processor', () => {
    const project = recorded({
      'processor.js':
        "module.exports = (results) => { console.error('processed ' + results.testResults.length); return results; };\n",
    });
    breakMinus(project);
    const failing = project.run([REPORT, '--bail', '--testResultsProcessor=./processor.js']);
    expect(failing).toMatchObject({ exitCode: 1, failed: [MINUS] });
    expect(Object.keys(skipped(project))).toEqual([HALF, PLUS]);
    const processed = project.run([REPORT, '--testResultsProcessor=./processor.js']);
    expect(processed.stderr).toContain('processed 3');
    expect(
      project.run([REPORT, '--onlyFailures', '--testmon-forceselect', '--randomize']),
    ).toMatchObject({ exitCode: 1, failed: [MINUS] });
    expect(skipped(project)).toEqual({});
  });

  test('tells each shard of its own', () => {
    const project = recorded();
    changeMinus(project);
    const ran: string[] = [];
    const names: string[] = [];
    for (const shard of ['1/2', '2/2']) {
      const copy = project.copy();
      made.push(copy);
      ran.push(...copy.run([REPORT, `--shard=${shard}`]).ran);
      names.push(...Object.keys(skipped(copy)));
    }
    expect(ran).toEqual([MINUS]);
    expect(names.sort()).toEqual([HALF, PLUS]);
  });

  test('records nothing of them where the command line replaces our reporter', () => {
    const project = recorded();
    const before = command(project, ['status', '--json']).stdout;
    changeMinus(project);
    breakMinusElsewhere(project);
    expect(project.run([REPORT, '--reporters=./reporter.js'])).toMatchObject({ exitCode: 0 });
    expect(Object.keys(skipped(project))).toEqual([HALF, PLUS]);
    const { testFiles } = JSON.parse(before) as { testFiles?: unknown };
    expect(JSON.parse(command(project, ['status', '--json']).stdout)).toMatchObject(
      testFiles === undefined ? {} : { testFiles },
    );
    expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
  });

  test('spot checks are no skipped test files', () => {
    const project = recorded();
    const checked = project.run([REPORT, '--testmon-spot-checks', '30%']);
    expect(checked).toMatchObject({ exitCode: 0, ran: [expect.any(String)] });
    expect(Object.keys(skipped(project)).sort()).toEqual(
      [HALF, MINUS, PLUS].filter((name) => !checked.ran.includes(name)),
    );
    expect(checked.messages.at(-1)).toMatch(
      /^2 test files not affected .*; spot checks .*it passed\.$/,
    );
  });

  test('sets up and tears down as Jest does for a run', () => {
    const said = (name: string) => `module.exports = async () => { console.error('${name}'); };\n`;
    const project = recorded({
      'setup.js': said('set up'),
      'teardown.js': said('torn down'),
      'jest.config.js':
        "module.exports = { transform: {}, globalSetup: './setup.js', globalTeardown: './teardown.js', reporters: ['default', './reporter.js'] };\n",
    });
    const { stderr, exitCode } = project.run([REPORT]);
    expect({ exitCode, said: stderr.match(/^(set up|torn down)$/gm) }).toEqual({
      exitCode: 0,
      said: ['set up', 'torn down'],
    });
  });
});

/** An edit that no test file sees. */
function breakMinusElsewhere(project: Project): void {
  project.write({ 'src/unused.js': 'exports.unused = 1;\n' });
}

describe.each(['jest', 'jest29'])('several projects with %s', (version) => {
  const config = (names: string[]) =>
    `module.exports = { reporters: ['default', './reporter.js'], projects: [${names
      .map(
        (name) =>
          `{ displayName: '${name}', transform: {}, globals: { name: '${name}' }${name === 'other' ? ", runner: './runner.js'" : ''} }`,
      )
      .join(', ')}] };\n`;

  test('that share test files are told apart, also with runners of their own', () => {
    const project = recorded(
      {
        ...RUNNERS['by callbacks, serial'],
        'jest.config.js': config(['one', 'other']),
        'src/sign.js':
          "exports.sign = (n) => { if (n > 0) { return 'plus'; } else if (globalThis.name === 'one') { return 'minus'; } else { return 'min' + 'us'; } };\nexports.half = (n) => { return n / 2; };\n",
      },
      {
        jest: version,
        'jest-runner': version === 'jest' ? 'jest-runner' : 'jest29/node_modules/jest-runner',
      },
    );
    project.edit('src/sign.js', "'min' + 'us'", "'wrong'");
    const some = project.run([REPORT]);
    expect(some).toMatchObject({ exitCode: 1, failed: [`other ${MINUS}`] });
    expect(Object.keys(skipped(project))).toEqual([
      ...[HALF, MINUS, PLUS].map((name) => `one ${name}`),
      ...[HALF, PLUS].map((name) => `other ${name}`),
    ]);
    expect(some.stderr).toContain('in 2 projects');
    // Jest tells the sequencer alone, which gets no word of whose a result is.
    expect(project.run([REPORT, '--reporters=./reporter.js']).exitCode).toBe(1);
    project.edit('src/sign.js', "'wrong'", "'minus'");
    expect(project.run([REPORT])).toMatchObject({ exitCode: 0, passed: [`other ${MINUS}`] });
  });
});

describe.each(['jest', 'jest29'])('snapshots with %s', (version) => {
  test('of skipped test files stay, and those without a test file are told of', () => {
    const project = recorded({}, { jest: version });
    const snapshot = '__tests__/__snapshots__/half.test.js.snap';
    const before = project.read(snapshot);
    for (const args of [['--ci'], ['-u', '--testmon-forceselect'], ['-u']]) {
      const run = project.run([REPORT, ...args]);
      expect(run.exitCode).toBe(0);
      expect(run.stderr).not.toMatch(/obsolete|removed/);
      expect(project.read(snapshot)).toBe(before);
    }
    const orphan = '__tests__/__snapshots__/gone.test.js.snap';
    project.write({ [orphan]: before });
    const said = ({ exitCode, stderr }: RunResult) => [
      exitCode,
      stderr
        .match(/^.*(obsolete|removed|↳).*$/gm)
        ?.map((line) => line.replace(/, \d+ (passed|total).*/, '')),
    ];
    const bare = project.run(['--ci'], { plain: true });
    expect(bare.exitCode).toBe(1);
    const ours = project.run(['--ci', REPORT]);
    expect(said(ours)).toEqual(said(bare));
    expect(ours.ran).toEqual([]);
    expect(project.run(['-u', '--testmon-forceselect', REPORT]).stderr).toContain(
      '1 snapshot file removed',
    );
    expect(fs.existsSync(project.path(orphan))).toBe(false);
  });
});

test.each(['jest', 'jest29'])('each run of a %s that watches reports them', async (version) => {
  const project = recorded(
    {
      ...WATCHED_FILES,
      'jest.config.js': `module.exports = { transform: {}, watchPlugins: ['${MARKER_FILE}'], watchPathIgnorePatterns: ['reported'], reporters: ['default', './reporter.js'] };\n`,
    },
    { jest: version },
  );
  const watcher = new Watcher(project, ['--watchAll', REPORT, '--maxWorkers=2']);
  try {
    const first = await watcher.run();
    expect(first).toMatchObject({
      ran: [],
      messages: [expect.stringMatching(/^nothing affected/)],
    });
    expect(skipped(project)).toEqual(ALL_SKIPPED);
    breakMinus(project);
    expect(await watcher.run()).toMatchObject({ ran: [MINUS], failed: [MINUS] });
    expect(Object.keys(skipped(project))).toEqual([HALF, PLUS]);
    project.edit('src/sign.js', "'wrong'", "'minus'");
    expect(await watcher.run()).toMatchObject({ ran: [MINUS], failed: [] });
    watcher.press('e');
    expect(await watcher.run()).toMatchObject({ ran: [HALF, MINUS, PLUS] });
    expect(skipped(project)).toEqual({});
    expect(await watcher.quit()).toBe(0);
  } finally {
    watcher.kill();
  }
});
