import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project, type Files } from './harness';
import { inFull } from '../turns';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const PACKAGES: Record<string, string> = Object.fromEntries(
  ['babel-jest', '@babel/core', '@babel/preset-env', 'prettier'].map((name) => [name, name]),
);
const versions: Record<string, string> = { 'Jest 30': 'jest', 'Jest 29': 'jest29' };

const test_ = (name: string) => `__tests__/${name}.test.js`;

/** One test file per way to put something in a module's place; each reaches `src/real.js` or keeps it from running. */
const FILES: Files = {
  'babel.config.js':
    "module.exports = { presets: [['@babel/preset-env', { targets: { node: 'current' } }]] };",
  'src/real.js': `
export const count = { loads: 0 };
export function real(n) { return n > 0 ? 'real' : 'none'; }
export function other() { return 'other'; }
`,
  'src/user.js':
    "import { real, other } from './real';\nexport const use = (n) => real(n) + '!';\nexport const useOther = () => other() + '!';\n",
  'src/manual.js': "export const manual = () => 'not mocked';\n",
  'src/__mocks__/manual.js': "export const manual = () => 'by hand';\n",
  'src/state.js': 'let n = 0;\nexport const next = () => { n += 1; return n; };\n',
  'src/clock.js':
    "export const later = (then) => { setTimeout(() => { if (then) then('late'); }, 60000); };\nexport const today = () => new Date().getFullYear();\n",
  [test_('factory')]: `
import { use } from '../src/user';
jest.mock('../src/real', () => ({ real: (n) => 'factory' + n }));
test('factory', () => { expect(use(1)).toBe('factory1!'); });
`,
  [test_('automock')]: `
import { use } from '../src/user';
import { real } from '../src/real';
jest.mock('../src/real');
test('automock', () => { real.mockReturnValue('auto'); expect(use(1)).toBe('auto!'); expect(real).toHaveBeenCalledWith(1); });
`,
  [test_('partial')]: `
import { use, useOther } from '../src/user';
jest.mock('../src/real', () => ({ ...jest.requireActual('../src/real'), real: jest.fn(() => 'partly') }));
test('partial', () => { expect(use(1)).toBe('partly!'); expect(useOther()).toBe('other!'); });
`,
  [test_('spy')]: `
import * as real from '../src/real';
test('spy', () => { const spy = jest.spyOn(console, 'log').mockImplementation(() => undefined); console.log(real.real(1)); expect(spy).toHaveBeenCalledWith('real'); spy.mockRestore(); });
`,
  [test_('manual')]: `
import { manual } from '../src/manual';
jest.mock('../src/manual');
test('manual', () => { expect(manual()).toBe('by hand'); });
`,
  [test_('reset')]: `
beforeEach(() => { jest.resetModules(); });
test('first', () => { expect(require('../src/state').next()).toBe(1); });
test('second', () => { expect(require('../src/state').next()).toBe(1); });
test('isolated', () => {
  const outer = require('../src/state'); outer.next();
  jest.isolateModules(() => { expect(require('../src/state').next()).toBe(1); });
  expect(outer.next()).toBe(2);
});
test('do mock', () => { jest.doMock('../src/state', () => ({ next: () => 'mocked' })); expect(require('../src/state').next()).toBe('mocked'); jest.dontMock('../src/state'); });
`,
  [test_('timers')]: `
import { later, today } from '../src/clock';
jest.useFakeTimers({ now: new Date('2001-02-03') });
test('timers', () => { const then = jest.fn(); later(then); expect(then).not.toHaveBeenCalled(); jest.advanceTimersByTime(60000); expect(then).toHaveBeenCalledWith('late'); expect(today()).toBe(2001); });
`,
  [test_('automatic')]: `
jest.enableAutomock();
const { use } = require('../src/user');
test('automatic', () => { expect(use(1)).toBeUndefined(); });
`,
};

describe.each(inFull(Object.keys(versions)))('%s', (version) => {
  test('mocks of every kind work, and count what really ran', () => {
    project = new Project(FILES, { jest: versions[version] ?? '', ...PACKAGES });
    const first = project.run();
    expect([first.exitCode, first.failed, first.stderr]).toEqual([0, [], expect.anything()]);
    expect(first.passed).toHaveLength(8);
    expect(project.run().ran).toEqual([]);
    const ran = (edit: () => void) => {
      edit();
      const result = project.run();
      expect(result.exitCode).toBe(0);
      return result.ran;
    };

    // The real function ran in one test file; those that mock it never ran its body.
    expect(
      ran(() => project.edit('src/real.js', "'real' : 'none'", "'re' + 'al' : 'none'")),
    ).toEqual([test_('spy')]);
    expect(ran(() => project.edit('src/real.js', "return 'other'", "return 'oth' + 'er'"))).toEqual(
      [test_('partial')],
    );
    // An automatic mock is made from all that a module exports, and a spread takes all of it; others name what they use.
    expect(
      ran(() =>
        project.edit(
          'src/real.js',
          'export function other',
          'export const extra = 1;\nexport function other',
        ),
      ),
    ).toEqual([test_('automock'), test_('partial')]);
    // A factory keeps the module from being loaded at all.
    expect(ran(() => project.edit('src/real.js', 'extra = 1', 'extra = 2'))).not.toContain(
      test_('factory'),
    );

    expect(
      ran(() => project.edit('src/__mocks__/manual.js', "'by hand'", "'by ' + 'hand'")),
    ).toEqual([test_('manual')]);
    expect(ran(() => project.edit('src/state.js', 'n += 1', 'n = n + 1'))).toEqual([
      test_('reset'),
    ]);
    expect(ran(() => project.edit('src/clock.js', "then('late')", "then('la' + 'te')"))).toEqual([
      test_('timers'),
    ]);
    expect(project.run().ran).toEqual([]);
  });
});

/** A source file, and tests that keep what it returns in snapshots. */
const SNAPSHOTS: Files = {
  'jest.config.js': 'module.exports = { transform: {} };',
  'src/shape.js': "exports.shape = (n) => ({ n, kind: n > 1 ? 'many' : 'one' });\n",
  [test_('outside')]:
    "const { shape } = require('../src/shape');\ntest('outside', () => { expect(shape(1)).toMatchSnapshot(); });\ntest('named', () => { expect(shape(2)).toMatchSnapshot('two'); });\n",
  [test_('inline')]:
    "const { shape } = require('../src/shape');\n\ntest('inline', () => {\n  if (shape) {\n    expect(shape(2)).toMatchInlineSnapshot();\n  }\n});\n",
};

test('snapshots, external and inline: written, obsolete, updated with -u', () => {
  project = new Project(SNAPSHOTS, ['jest', 'prettier']);
  const bare = new Project(SNAPSHOTS, ['jest', 'prettier']);
  const snap = '__tests__/__snapshots__/outside.test.js.snap';
  try {
    expect(project.run(['--ci=false']).exitCode).toBe(0);
    expect(bare.run(['--ci=false'], { plain: true }).exitCode).toBe(0);
    // Written where, and as, plain Jest writes them.
    expect(project.read(snap)).toBe(bare.read(snap));
    expect(project.read(test_('inline'))).toBe(bare.read(test_('inline')));
    expect(project.read(test_('inline'))).toContain('"kind": "many"');
  } finally {
    bare.remove();
  }
  // The run that wrote an inline snapshot recorded the test file as it was before; at most that one runs again.
  expect([[], [test_('inline')]]).toContainEqual(project.run().ran);
  expect(project.run().ran).toEqual([]);

  // A snapshot file belongs to its test file.
  project.edit(snap, '"one"', '"other"');
  expect(project.run()).toMatchObject({ exitCode: 1, failed: [test_('outside')] });
  const updated = project.run(['-u']);
  expect(updated.exitCode).toBe(0);
  expect(updated.messages[0]).toMatch(/^-u names what to run/);
  expect(project.read(snap)).toContain('"one"');
  expect(project.run().ran).toEqual([]);

  // An obsolete one is reported by Jest, and removed by -u.
  project.edit(
    test_('outside'),
    "test('named', () => { expect(shape(2)).toMatchSnapshot('two'); });",
    '',
  );
  // Jest's exit code is 1 while it stands, so its test file stays selected.
  for (const _ of [1, 2]) {
    const obsolete = project.run();
    expect(obsolete).toMatchObject({ exitCode: 1, ran: [test_('outside')] });
    expect(obsolete.stderr).toContain('1 snapshot obsolete');
  }
  expect(project.run(['-u']).exitCode).toBe(0);
  expect(project.read(snap)).not.toContain('named');
  expect(project.run().ran).toEqual([]);

  // A changed result fails until it is updated, and both snapshots follow.
  project.edit('src/shape.js', "'many'", "'several'");
  expect(project.run(['--ci'])).toMatchObject({ exitCode: 1, failed: [test_('inline')] });
  expect(project.run(['-u']).exitCode).toBe(0);
  expect(project.read(test_('inline'))).toContain('"kind": "several"');
  expect([[], [test_('inline')]]).toContainEqual(project.run().ran);
  expect(project.run().ran).toEqual([]);

  // Without its file, an owner of snapshots runs.
  project.write({ [snap]: null });
  expect(project.run(['--ci=false'])).toMatchObject({ exitCode: 0, ran: [test_('outside')] });
  expect(project.run().ran).toEqual([]);
});

test('each, concurrent, retries, todo and skip', () => {
  project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };',
    'src/four.js':
      "exports.four = (n) => {\n  if (n === 1) { return 'one'; }\n  if (n === 2) { return 'two'; }\n  if (n === 3) { return 'three'; } else { return 'more'; }\n};\n",
    [test_('each')]:
      "const { four } = require('../src/four');\ntest.each([[1, 'one'], [2, 'two']])('%i is %s', (n, text) => { expect(four(n)).toBe(text); });\ndescribe.each`\na | b\n${1} | ${'one'}\n`('$a', ({ a, b }) => { test('same', () => { expect(four(a)).toBe(b); }); test('same', () => { expect(four(a)).toBe(b); }); });\n",
    [test_('concurrent')]:
      "const { four } = require('../src/four');\nconst wait = () => new Promise((resolve) => setTimeout(resolve, 5));\ntest.concurrent('a', async () => { await wait(); expect(four(3)).toBe('three'); });\ntest.concurrent.each([[9], [8]])('b %i', async (n) => { await wait(); expect(four(n)).toBe('more'); });\n",
    [test_('retry')]:
      "const fs = require('fs');\nconst { four } = require('../src/four');\njest.retryTimes(2);\nlet runs = 0;\ntest('at the second time', () => { runs += 1; if (runs === 2) expect(four(9)).toBe('more'); expect(runs).toBe(2); });\n",
    [test_('skip')]:
      "const { four } = require('../src/four');\ntest.skip('skipped', () => { expect(four(1)).toBe('wrong'); });\ntest.todo('later');\ntest.failing('known', () => { expect(four(2)).toBe('wrong'); });\n",
  });
  const all = ['concurrent', 'each', 'retry', 'skip'].map(test_);
  expect(project.run()).toMatchObject({ exitCode: 0, passed: all });
  expect(project.run().ran).toEqual([]);
  project.edit('src/four.js', "'three'", "'thr' + 'ee'");
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [test_('concurrent')] });
  project.edit('src/four.js', "'more'", "'mo' + 're'");
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [test_('concurrent'), test_('retry')] });
  project.edit('src/four.js', "'two'", "'tw' + 'o'");
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [test_('each'), test_('skip')] });
  project.edit('src/four.js', "'one'", "'o' + 'ne'");
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [test_('each')] });
  // A failure that a retry would have hidden is one when it does not.
  project.edit('src/four.js', "'mo' + 're'", "'less'");
  expect(project.run()).toMatchObject({
    exitCode: 1,
    failed: [test_('concurrent'), test_('retry')],
  });
});
