import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { FlakyTest } from '../../src/inspection';
import { ENTRY, Project, type Files } from './harness';
import { command } from './upkeep/command';

jest.setTimeout(300_000);

const made: Project[] = [];
afterEach(() => made.splice(0).forEach((project) => project.remove()));

const DICE = '__tests__/dice.test.js';
/** What tests read of a file that the option ignore hides is chance. */
const CHANCE = "const chance = () => require('fs').readFileSync('chance/is.txt', 'utf8');\n";

function project(files: Files, jestPackage = 'jest'): Project {
  const one = new Project(
    {
      'jest.config.js': `module.exports = require(${JSON.stringify(ENTRY)}).withTestmon({ transform: {} }, { ignore: ['chance/**'] });\n`,
      'chance/is.txt': '',
      '__tests__/other.test.js': "test('t', () => undefined);\n",
      ...files,
    },
    { jest: jestPackage },
  );
  made.push(one);
  return one;
}

/** What `flaky --json` lists, without times. */
function listed(one: Project): Omit<FlakyTest, 'project' | 'last'>[] {
  const tests = JSON.parse(command(one, ['flaky', '--json']).stdout) as FlakyTest[];
  return tests.map(({ project: _project, last: _last, ...rest }) => rest);
}

const NONE = { passedThenFailed: 0, failedThenPassed: 0, passedOnRetry: 0 };

describe('a test that comes out otherwise with nothing changed', () => {
  test('is flaky: it is listed, counted, and named where it fails again', () => {
    const one = project({
      [DICE]: `${CHANCE}describe('dice', () => {
        test('rolls', () => { if (chance() === 'bad luck') throw new Error('lost'); });
        test('steady', () => undefined);
      });\n`,
    });
    expect(one.run().exitCode).toBe(0);
    expect(command(one, ['flaky']).stdout).toBe('No test was seen to be flaky.\n');
    one.write({ 'chance/is.txt': 'bad luck' });
    const failed = one.run(['--testmon-noselect']);
    expect(failed).toMatchObject({ exitCode: 1, failed: [DICE] });
    expect(failed.messages.at(-1)).toBe(`1 flaky test found ("dice rolls" in ${DICE}).`);
    one.write({ 'chance/is.txt': '' });
    const passed = one.run();
    expect(passed).toMatchObject({ exitCode: 0, ran: [DICE] });
    expect(passed.messages.at(-1)).not.toMatch(/flaky/);
    one.write({ 'chance/is.txt': 'bad luck' });
    expect(one.run(['--testmon-noselect']).messages.at(-1)).toMatch(
      /^failed, and known to be flaky: "dice rolls" in __tests__\/dice\.test\.js \(seen 2 times, last .* ago\)\.$/,
    );
    const rolls = { path: DICE, test: ['dice', 'rolls'] };
    expect(listed(one)).toEqual([
      { ...rolls, ...NONE, times: 3, passedThenFailed: 2, failedThenPassed: 1 },
    ]);
    expect(command(one, ['flaky']).stdout).toMatch(
      /^1 flaky test, .*:\n\n__tests__\/dice\.test\.js\n {2}"dice rolls" seen 3 times, last .* ago: 2 times failed after it had passed, passed after it had failed\n$/,
    );
    expect(command(one, ['status']).stdout).toMatch(
      /^1 flaky test in 1 test file, last seen .* ago; jest-testmon flaky lists it\.$/m,
    );
    expect(JSON.parse(command(one, ['report', '--json']).stdout)).toMatchObject({
      flaky: [{ ...rolls, times: 3 }],
    });
  });

  test('is found where others of its test file fail, and after an edit', () => {
    const one = project({
      [DICE]: `${CHANCE}for (const name of ['heads', 'tails'])
        test(name, () => { if (chance() === name) throw new Error('lost'); });\n`,
    });
    one.run();
    one.edit(DICE, "'utf8')", "'utf8').trim()");
    one.write({ 'chance/is.txt': 'heads' });
    // Its code has changed, so this failure proves nothing.
    expect(one.run().messages.at(-1)).not.toMatch(/flaky/);
    one.write({ 'chance/is.txt': 'tails' });
    expect(one.run().messages.at(-1)).toMatch(
      /2 flaky tests found \("heads" in \S+, "tails" in \S+\)\.$/,
    );
    expect(listed(one)).toEqual([
      { path: DICE, test: ['heads'], ...NONE, times: 1, failedThenPassed: 1 },
      { path: DICE, test: ['tails'], ...NONE, times: 1, passedThenFailed: 1 },
    ]);
  });

  test.each(['jest', 'jest29'])('is flaky where %s retries it in one run', (version) => {
    const one = project(
      {
        [DICE]: `jest.retryTimes(2);\nlet rolled = 0;
          test('rolls', () => { rolled += 1; expect(rolled).toBe(2); });
          test('steady', () => undefined);\n`,
      },
      version,
    );
    const run = one.run();
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.messages.at(-1)).toBe(`1 flaky test found ("rolls" in ${DICE}).`);
    expect(listed(one)).toEqual([
      { path: DICE, test: ['rolls'], ...NONE, times: 1, passedOnRetry: 1 },
    ]);
  });
});

describe('no test is flaky', () => {
  test.each<[string, string[], (one: Project) => void, string[], string]>([
    ['its code changed', [], (one) => one.edit(DICE, 'toBe(1)', 'toBe(2)'), [], 'toBe(1)'],
    ['-u updated its snapshot', [], () => undefined, ['-u'], 'toMatchSnapshot()'],
    [
      'a snapshot was written that --ci had not',
      ['--ci'],
      () => undefined,
      [],
      'toMatchSnapshot()',
    ],
    ['-u updated what stands in it', [], () => undefined, ['-u'], 'toMatchInlineSnapshot(`1`)'],
  ])('where %s', (_why, before, mend, after, matcher) => {
    const isStale = matcher === 'toMatchSnapshot()' && !before.includes('--ci');
    const one = project({
      [DICE]: `test('rolls', () => { expect(2).${matcher}; });\n`,
      ...(isStale && {
        '__tests__/__snapshots__/dice.test.js.snap':
          '// Jest Snapshot v1, https://jestjs.io/docs/snapshot-testing\n\nexports[`rolls 1`] = `1`;\n',
      }),
    });
    expect(one.run(before)).toMatchObject({ failed: [DICE] });
    mend(one);
    expect(one.run(after)).toMatchObject({ exitCode: 0 });
    expect(listed(one)).toEqual([]);
  });
});
