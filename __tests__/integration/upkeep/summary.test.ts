import * as fs from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { ENTRY, Project, type RunResult } from '../harness';
import { command } from './command';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const HOSTILE = '__tests__/a`<b>|*.test.js';
const MINUS = '__tests__/minus.test.js';
const PLUS = '__tests__/plus.test.js';

function make(): void {
  project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };\n',
    'src/sign.js':
      "exports.sign = (n) => { if (n > 0) { return 'plus'; } else { return 'minus'; } };\n",
    [PLUS]: "test('plus', () => { expect(require('../src/sign').sign(1)).toBe('plus'); });\n",
    [MINUS]: "test('minus', () => { expect(require('../src/sign').sign(-1)).toBe('minus'); });\n",
    [HOSTILE]: "test('hostile', () => {});\n",
  });
}

const page = (): string => project.path('../page.md');
const run = (...args: string[]): RunResult =>
  project.run(args, { env: { GITHUB_STEP_SUMMARY: page() } });

/** What was added to the page since it was last read. */
function added(): string {
  const text = fs.existsSync(page()) ? fs.readFileSync(page(), 'utf8') : '';
  fs.rmSync(page(), { force: true });
  return text;
}

describe('the summary of a run', () => {
  test('is added to the page of a CI job, and told by a command in each format', () => {
    make();
    const early = command(project, ['summary']);
    expect(early).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^testmon: there is no summary of a run in .*; run jest-testmon/,
      ),
    });

    run();
    expect(added()).toMatch(
      /^### jest-testmon: 3 of 3 test files ran\n\n- \*\*Why:\*\* 3 not recorded yet\n\n<details>.*/,
    );

    project.edit('src/sign.js', "'minus'", "'wrong'");
    expect(run().exitCode).toBe(1);
    const failing = added();
    expect(failing).toMatch(
      new RegExp(
        [
          '^### jest-testmon: 1 of 3 test files ran',
          '',
          '- \\*\\*Why:\\*\\* 1 by 1 change \\(`src/sign.js`\\)',
          '- \\*\\*Left out:\\*\\* 2 unaffected test files, about .* s of test time',
          '- \\*\\*Failed:\\*\\* 1 test file \\(`__tests__/minus.test.js`\\)',
        ].join('\n'),
      ),
    );
    expect(failing).toContain('- `__tests__/minus.test.js`: changed (`src/sign.js`)');
    expect(command(project, ['summary', '--format', 'markdown']).stdout.trim()).toBe(
      failing.trim(),
    );
    expect(command(project, ['summary']).stdout).toMatch(
      /^1 of 3 test files ran\nWhy: 1 by 1 change \(src\/sign\.js\)\nLeft out: .*\nFailed: 1 test file/,
    );
    expect(JSON.parse(command(project, ['summary', '--json']).stdout)).toMatchObject({
      version: 1,
      shard: null,
      testFiles: 3,
      ran: 1,
      leftOut: 2,
      changes: ['src/sign.js'],
      selected: [{ path: MINUS, project: null, reason: 'changed', changes: ['src/sign.js'] }],
      failed: [MINUS],
    });

    project.edit('src/sign.js', "'wrong'", "'minus'");
    run();
    expect(added()).toContain('- **Why:** 1 failed last time');
    run();
    expect(added()).toMatch(
      /^### jest-testmon: nothing to run, 3 test files unaffected\n\n- \*\*Left out:\*\* 3 unaffected test files, about .*\n\n$/,
    );
    // A list is no run, and a folder is no page.
    run('--listTests');
    expect(added()).toBe('');
    expect(project.run([], { env: { GITHUB_STEP_SUMMARY: project.root } })).toMatchObject({
      exitCode: 0,
      ran: [],
    });
    expect(command(project, ['summary', '--format', 'xml']).exitCode).toBe(2);
  });

  test('names no Markdown, tells of spot checks, and of its shard alone', () => {
    make();
    run('--testmon-noselect');
    expect(added()).toMatch(/^### jest-testmon: everything ran, 3 test files\n\n$/);
    project.write({ [HOSTILE]: "test('hostile', () => { expect(1).toBe(2); });\n" });
    run('--testmon-spot-checks', '1%');
    const text = added();
    expect(text).toContain('- **Failed:** 1 test file (`` __tests__/a`<b>|*.test.js ``)');
    expect(text).toContain('### jest-testmon: 2 of 3 test files ran');
    expect(text).toContain('- **Spot checks (1%):** 1 of 2 unaffected test files, none failed');
    expect(text).toMatch(/: spot check$/m);

    const parts = ['1/2', '2/2'].map((shard) => {
      run(`--shard=${shard}`);
      return added();
    });
    const heads = parts.map((part) => part.split('\n')[0]);
    expect(heads.sort()).toEqual([
      expect.stringMatching(/^### jest-testmon: 1 of [12] test files? ran in shard [12]\/2$/),
      expect.stringMatching(
        /^### jest-testmon: nothing to run, [12] test files? unaffected in shard [12]\/2$/,
      ),
    ]);
  });

  test('tells of flaky tests, carried coverage, and what a budget did not reach', () => {
    make();
    project.write({
      'jest.config.js': `module.exports = require(${JSON.stringify(ENTRY)}).withTestmon({ transform: {} }, { ignore: ['flag'] });\n`,
      [HOSTILE]: null,
      [PLUS]:
        "test('coin', () => { expect(require('fs').readFileSync('flag', 'utf8')).toBe('1'); });\n",
      flag: '0',
    });
    const flip = (flag: string) => {
      project.write({ flag });
      run('--testmon-noselect');
      return added();
    };
    flip('0');
    expect(flip('1')).toContain('- **Flaky:** 1 test found (`"coin" in __tests__/plus.test.js`)');
    expect(flip('0')).toContain(
      '- **Failed, and known to be flaky:** `"coin" in __tests__/plus.test.js` (seen 1 time, last ',
    );
    flip('1');
    run('--coverage');
    added();
    project.edit('src/sign.js', "'minus'", "'mi' + 'nus'");
    run('--coverage');
    expect(added()).toContain('- **Coverage:** of 1 test file that did not run is in the report, ');
    project.edit('src/sign.js', "'mi' + 'nus'", "'m' + 'inus'");
    run('--testmon-budget', '1ms');
    const text = added();
    expect(text).toMatch(/^### jest-testmon: 0 of 2 test files ran\n/);
    expect(text).toContain('- **Not reached in time:** 1 affected test file, which stays affected');
  });

  test('tells of an escape', () => {
    make();
    project.write({
      'jest.config.js': `module.exports = require(${JSON.stringify(ENTRY)}).withTestmon({ transform: {} }, { ignore: ['data/**'] });\n`,
      'data/limit.txt': '5',
      [PLUS]:
        "test('limit', () => { expect(require('fs').readFileSync('data/limit.txt', 'utf8')).toBe('5'); });\n",
    });
    expect(run().exitCode).toBe(0);
    added();
    project.write({ 'data/limit.txt': '7' });
    expect(run('--testmon-spot-checks', '100%').exitCode).toBe(1);
    const text = added();
    expect(text).toContain('- **Spot checks (100%):** 3 of 3 unaffected test files, 1 failed');
    expect(text).toContain(
      '- **Escape:** `__tests__/plus.test.js` would have been left out, and failed: `"limit": ',
    );
  });
});
