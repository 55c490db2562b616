import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Project } from './harness';

jest.setTimeout(300_000);

const SIGN = `exports.sign = function sign(positive) {
  if (positive) {
    return 'plus';
  } else {
    return 'minus';
  }
};

exports.unused = function unused() {
  return 0;
};
`;

let recorded: Project;

/** Two Jest projects; the test of one also reads a fixture and a variable, and uses a package. */
beforeAll(() => {
  recorded = new Project({
    'jest.config.json': JSON.stringify({
      projects: ['one', 'two'].map((name) => ({
        displayName: name,
        transform: {},
        testMatch: [`<rootDir>/${name}/*.test.js`],
      })),
    }),
    'src/sign.js': SIGN,
    'src/nobody.js': 'exports.nobody = 1;\n',
    'node_modules/dep/package.json': '{"name":"dep","version":"1.0.0"}',
    'node_modules/dep/index.js': 'module.exports = 1;\n',
    'data/fixture.json': '{"a":1}',
    'one/plus.test.js': `
const { sign } = require('../src/sign');
describe('sign', () => {
  test('of more than nothing', () => { expect(sign(true)).toBe('plus'); });
  test('of nothing at all', () => { expect(1).toBe(1); });
});
`,
    'two/minus.test.js': `
const fs = require('fs');
const { sign } = require('../src/sign');
test('reads', () => {
  require('dep');
  process.env.FLAVOUR;
  expect(JSON.parse(fs.readFileSync(__dirname + '/../data/fixture.json', 'utf8')).a).toBe(1);
});
test('minus', () => { expect(sign(false)).toBe('minus'); });
`,
  });
  expect(recorded.run()).toMatchObject({ exitCode: 0 });
});
afterAll(() => recorded.remove());

const json = (project: Project, args: string[], options = {}): unknown =>
  JSON.parse(project.run([...args, '--json'], options).stdout);

describe('why', () => {
  test('an unaffected test file: the record that matches', () => {
    const result = recorded.run(['why', 'one/plus.test.js', '--exit-code']);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toMatch(
      /^one\/plus\.test\.js need not run: nothing .* since it passed less than a minute ago, in \d/,
    );
  });

  test('a changed branch: its function and lines, from a folder below, with Windows separators', () => {
    const project = recorded.fresh();
    project.edit('src/sign.js', "'minus'", "'mi' + 'nus'");
    project.edit('src/sign.js', 'exports.sign', '\n\nexports.sign');
    const found = json(project, ['why', '..\\two\\minus.test.js'], { cwd: project.path('src') });
    expect(found).toEqual([
      {
        path: 'two/minus.test.js',
        project: '. two',
        wouldRun: true,
        reason: 'changed',
        record: { recordedAt: expect.any(Number), duration: expect.any(Number) },
        files: [
          {
            path: 'src/sign.js',
            state: 'changed',
            blocks: [
              {
                name: 'sign',
                before: { line: 4, endLine: 6 },
                after: { line: 6, endLine: 8 },
              },
            ],
          },
        ],
        causes: [],
        skipped: null,
        tests: [],
      },
    ]);
    const told = project.run(['why', 'minus', '--exit-code']);
    expect(told.exitCode).toBe(1);
    expect(told.stdout).toContain('sign, lines 6-8 (was lines 4-6)  src/sign.js:6');
    expect(project.run(['why', 'plus', '--exit-code']).exitCode).toBe(0);
    expect(project.run().ran).toEqual(['two two/minus.test.js']);
  });

  test('a package, a fixture and a variable, in words', () => {
    const project = recorded.fresh();
    project.edit('node_modules/dep/package.json', '1.0.0', '2.0.0');
    project.edit('data/fixture.json', '1', '1 ');
    const { stdout, exitCode } = project.run(['why', 'minus'], { env: { FLAVOUR: 'x' } });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('the package dep went from 1.0.0 to 2.0.0');
    expect(stdout).toContain('the file data/fixture.json changed');
    expect(stdout).toContain('the environment variable FLAVOUR has another value');
  });

  test('a test by its name, and a name that nothing has', () => {
    const { stdout } = recorded.run(['why', 'sign of more']);
    expect(stdout).toContain('one/plus.test.js need not run');
    expect(stdout).toContain('sign › of more than nothing');
    const unknown = recorded.run(['why', 'no such thing']);
    expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
    expect(unknown.stderr).toMatch(/^testmon: no test file has "no such thing".*\n$/);
    expect(recorded.run(['why']).exitCode).toBe(2);
  });
});

describe('impact', () => {
  const reached = (project: Project, args: string[]) => {
    const { testFiles, precision } = json(project, ['impact', ...args]) as {
      precision: string;
      testFiles: { path: string; shared: boolean; tests: { name: string }[] }[];
    };
    return {
      precision,
      files: testFiles.map(({ path }) => path).sort(),
      tests: testFiles.flatMap(({ tests }) => tests.map(({ name }) => name)).sort(),
    };
  };

  test('a line runs what executed its branch; one that nothing executed runs nothing', () => {
    expect(reached(recorded, ['src/sign.js:3'])).toEqual({
      precision: 'recorded',
      files: ['one/plus.test.js'],
      tests: ['sign › of more than nothing'],
    });
    expect(reached(recorded, ['sign.js:2'])).toMatchObject({
      files: ['one/plus.test.js', 'two/minus.test.js'],
      tests: ['minus', 'sign › of more than nothing'],
    });
    expect(reached(recorded, ['src/sign.js:10']).files).toEqual([]);
    const none = recorded.run(['impact', 'src/nobody.js', '--exit-code']);
    expect(none).toMatchObject({ exitCode: 0 });
    expect(none.stdout).toContain('no recorded test runs or reads src/nobody.js');
  });

  test('what begins or ends on a line is named, in words and as JSON', () => {
    const { stdout } = recorded.run(['impact', 'src/sign.js:1']);
    expect(stdout).toContain('(module-level code, on the line of sign, the export sign) would run');
    expect(json(recorded, ['impact', 'src/sign.js:1'])).toMatchObject({
      block: { name: '' },
      named: [{ name: 'sign' }, { name: 'exports.sign', export: 'sign' }],
    });
    const inside = recorded.run(['impact', 'src/sign.js:2']).stdout;
    expect(inside).toContain('(in sign, lines 1-');
    expect(inside).not.toContain('on the line of');
  });

  test('lines are those of the file now, and an edited place says so', () => {
    const project = recorded.fresh();
    project.edit('src/sign.js', 'exports.sign', '// New.\nexports.sign');
    expect(reached(project, ['src/sign.js:4'])).toMatchObject({
      precision: 'recorded',
      files: ['one/plus.test.js'],
    });
    project.edit('src/sign.js', "'plus'", "'pl' + 'us'");
    expect(reached(project, ['src/sign.js:4'])).toMatchObject({
      precision: 'edited',
      files: ['one/plus.test.js'],
    });
    const { stdout } = project.run(['impact', 'src/sign.js:4']);
    expect(stdout).toContain('This place was edited since it was recorded');
    expect(stdout).toContain('(would run now)');
  });

  test('data runs who read it, configuration everything, and what is unknown is said', () => {
    expect(reached(recorded, ['data/fixture.json'])).toEqual({
      precision: 'whole',
      files: ['two/minus.test.js'],
      tests: ['reads'],
    });
    expect(recorded.run(['impact', 'jest.config.json', '--exit-code'])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('a change of it runs everything, 2 test files'),
    });
    for (const place of ['src/nowhere.js', 'src/sign.js:99'])
      expect(recorded.run(['impact', place])).toMatchObject({
        exitCode: 2,
        stdout: '',
        stderr: expect.stringMatching(/^testmon: .*no (file|line).*\n$/),
      });
  });

  test('--sort time lists functions by what an edit costs', () => {
    const costs = json(recorded, ['impact', '--sort', 'time']) as {
      name: string;
      path: string;
      testFiles: number;
    }[];
    expect(costs).toContainEqual(
      expect.objectContaining({ path: 'src/sign.js', name: 'sign', line: 1, testFiles: 2 }),
    );
    expect(costs.map(({ name }) => name)).not.toContain('unused');
    expect(recorded.run(['impact', '--sort', 'name']).exitCode).toBe(2);
  });
});

describe('status', () => {
  test('nothing, then what changed and what failed', () => {
    const project = recorded.fresh();
    expect(project.run(['status', '--exit-code'])).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringMatching(/^Nothing is affected: all 2 test files/),
    });
    project.edit('src/sign.js', "'minus'", "'wrong'");
    const changed = project.run(['status', '--exit-code']);
    expect(changed.exitCode).toBe(1);
    expect(changed.stdout).toContain('1 of 2 test files would run now');
    expect(changed.stdout).toContain('src/sign.js (sign) affects 1 test file');
    expect(project.run().exitCode).toBe(1);
    expect(project.run(['status']).stdout).toMatch(/Failed last time\n {2}two\/minus\.test\.js/);
    expect(json(project, ['status'])).toMatchObject({
      failed: ['two/minus.test.js'],
      affected: ['two/minus.test.js'],
      runs: { count: 2, total: 4, selected: 3 },
      database: { problem: null },
    });
  });
});

test('without a database everything would run, and none is made', () => {
  const project = recorded.fresh();
  project.write({ '.testmondata': null });
  expect(project.run(['status']).stdout).toContain('Nothing is recorded yet');
  expect(project.run(['why', 'plus', '--exit-code'])).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('there is no record yet'),
  });
  expect(project.run(['impact', 'src/sign.js'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('would run nothing'),
  });
  expect(fs.existsSync(project.path('.testmondata'))).toBe(false);

  project.write({ '.testmondata': '' });
  for (const args of [['status'], ['why', 'plus'], ['impact', 'src/sign.js']])
    expect(project.run(args)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(project.read('.testmondata')).toBe('');
});

test('a damaged database is said in one sentence, and left as it is', () => {
  const project = recorded.fresh();
  const file = project.path('.testmondata');
  fs.truncateSync(file, 5000);
  const hash = () => createHash('sha1').update(fs.readFileSync(file)).digest('hex');
  const before = hash();
  for (const args of [['status'], ['why', 'plus'], ['impact', 'src/sign.js']]) {
    const result = project.run(args);
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(/^testmon: The database .* is damaged .*\n$/);
  }
  expect(json(project, ['status'])).toEqual({ error: expect.stringContaining('is damaged') });
  expect(hash()).toBe(before);
});

test.each(['why', 'impact', 'status'])('%s --help has an example and the exit codes', (name) => {
  const { stdout, exitCode } = recorded.run([name, '--help']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`$ jest-testmon ${name}`);
  expect(stdout).toContain('Exit codes:');
});
