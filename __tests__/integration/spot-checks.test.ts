import * as fs from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { canHeedPermissions, ENTRY, Project, type Files } from './harness';
import { command } from './upkeep/command';

jest.setTimeout(300_000);

const made: Project[] = [];
afterEach(() => made.splice(0).forEach((project) => project.remove()));

const LIMIT = '__tests__/limit.test.js';
const OTHERS = ['__tests__/a.test.js', '__tests__/b.test.js', '__tests__/c.test.js'];
const ALL = [...OTHERS, LIMIT];
const IS_OFF = /^selection is off in this database, as __tests__\/limit\.test\.js failed/;

/** One of the test files depends on a file that the option ignore hides: edits of it escape. */
function recorded(files: Files = {}): Project {
  const project = new Project({
    'jest.config.js': `module.exports = require(${JSON.stringify(ENTRY)}).withTestmon({ transform: {} }, { ignore: ['data/**'] });\n`,
    'data/limit.txt': '5',
    [LIMIT]:
      "test('limit', () => { expect(require('fs').readFileSync('data/limit.txt', 'utf8')).toBe('5'); });\n",
    ...Object.fromEntries(OTHERS.map((name) => [name, "test('t', () => undefined);\n"])),
    ...files,
  });
  made.push(project);
  expect(project.run().exitCode).toBe(0);
  return project;
}

function copyOf(project: Project): Project {
  const copy = project.copy();
  made.push(copy);
  return copy;
}

describe('spot checks', () => {
  test('run the share that was asked for, the longest unchecked first, again with the same seed', () => {
    const project = recorded();
    const copy = copyOf(project);
    const first = project.run([], { env: { TESTMON_SPOT_CHECKS: '2%' } });
    expect(first).toMatchObject({ exitCode: 0, ran: [expect.any(String)] });
    const [, seed = ''] = /--testmon-spot-checks 2%@(\S+) repeats/.exec(first.stderr) ?? [];
    expect(first.messages.at(-1)).toMatch(
      /^3 test files not affected .*; spot checks \(2%\): 1 of 4 unaffected test files, it passed\.$/,
    );
    expect(copy.run(['--testmon-spot-checks', `2%@${seed}`]).ran).toEqual(first.ran);
    const checked = [...first.ran];
    for (const share of ['2%', '50%'])
      checked.push(...project.run(['--testmon-spot-checks', `${share}@${seed}`]).ran);
    expect(checked.sort()).toEqual(ALL);
    // Not where Jest lists, nor where the command line names what to run.
    const all = ['--testmon-spot-checks', '100%', '--testmon-forceselect'];
    expect(project.run([...all, '--listTests']).stdout.trim()).toBe('');
    expect(project.run([...all, '-t', 't']).ran).toEqual([]);
    // A share that is none is said, and nothing is checked.
    expect(project.run(['--testmon-spot-checks', 'some'])).toMatchObject({
      ran: [],
      messages: [expect.stringMatching(/must be a share such as '2%'/), expect.any(String)],
    });
    expect(command(project, ['status']).stdout).toMatch(
      /^Spot checks \(off\): 4 of 4 test files checked so far, .* ago; none failed unexpectedly\.$/m,
    );
  });

  test('name what escaped, and switch selection off until it passes or a person trusts it', () => {
    const project = recorded();
    const before = copyOf(project).path('.testmondata');
    project.write({ 'data/limit.txt': '7' });
    const found = project.run(['--testmon-spot-checks', '100%']);
    expect(found).toMatchObject({ exitCode: 1, ran: ALL, failed: [LIMIT] });
    expect(found.stderr).toMatch(
      /^testmon: escape: __tests__\/limit\.test\.js would have been skipped by record \d+, made .*; failed: "limit": expect\(.*\n.*leaves out 1 file that changed since \(data\/limit\.txt\).*\n.*selection is off .*--testmon-trust/m,
    );
    expect(found.messages.at(-1)).toBe(
      'spot checks (100%): 4 of 4 unaffected test files, 1 failed.',
    );

    const off = project.run();
    expect(off).toMatchObject({ exitCode: 1, ran: ALL, failed: [LIMIT] });
    expect(off.messages).toEqual([expect.stringMatching(IS_OFF)]);
    expect(project.run(['--listTests']).stdout.trim().split('\n')).toHaveLength(4);

    const status = command(project, ['status', '--exit-code']);
    expect(status).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/selection is off/),
    });
    expect(status.stdout).toMatch(
      /Failed in a spot check\n +__tests__\/limit.*open: everything runs/,
    );
    const report = JSON.parse(command(project, ['report', '--json']).stdout) as unknown;
    expect(report).toMatchObject({
      notice: expect.stringMatching(/^Selection is off in this database/),
      spotChecks: {
        checked: 4,
        escapes: [{ path: LIMIT, isOpen: true, message: expect.stringMatching(/^"limit": /) }],
      },
    });

    // A database that knows of no escape takes it over.
    const merging = copyOf(project);
    fs.copyFileSync(before, merging.path('before.db'));
    const merged = command(merging, ['merge', '--into', 'all.db', 'before.db', '.testmondata']);
    expect(merged).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/selection is off/),
    });
    fs.copyFileSync(merging.path('all.db'), merging.path('.testmondata'));
    const trusted = merging.run(['--testmon-trust']);
    expect(trusted).toMatchObject({ exitCode: 1, ran: [LIMIT] });
    expect(trusted.messages[0]).toMatch(
      /limit\.test\.js no longer keeps tests from being selected/,
    );
    expect(merging.run().ran).toEqual([LIMIT]);

    project.write({ 'data/limit.txt': '5' });
    expect(project.run()).toMatchObject({ exitCode: 0, ran: ALL });
    expect(project.run().ran).toEqual([]);
    // What was repaired and comes back is an escape again.
    project.write({ 'data/limit.txt': '7' });
    expect(project.run(['--testmon-spot-checks', '100%']).stderr).toMatch(/testmon: escape: /);
    // One that is gone keeps nothing from being selected.
    project.write({ [LIMIT]: null });
    expect(project.run().ran).toEqual([]);
  });

  test('name what escaped where nothing is recorded', () => {
    const project = recorded();
    project.write({ 'data/limit.txt': '7' });
    if (canHeedPermissions()) {
      const names = fs.readdirSync(project.root).filter((name) => name.startsWith('.testmon'));
      for (const name of names) fs.chmodSync(project.path(name), 0o444);
      fs.chmodSync(project.root, 0o555);
      const found = project.run(['--testmon-spot-checks', '100%'], { heedsPermissions: true });
      fs.chmodSync(project.root, 0o755);
      for (const name of names) fs.chmodSync(project.path(name), 0o644);
      expect(found).toMatchObject({ exitCode: 1, ran: ALL });
      expect(found.stderr).toMatch(
        /escape: __tests__\/limit[^]*cannot be written, so the next run/,
      );
      expect(project.run().ran).toEqual([]);
    }
    const found = project.run(['--testmon-nocollect', '--testmon-spot-checks', '100%']);
    expect(found.stderr).toMatch(/escape: __tests__\/limit/);
    expect(project.run(['--testmon-nocollect'])).toMatchObject({
      ran: ALL,
      messages: [expect.stringMatching(IS_OFF)],
    });
    // The choice, the finding and what it does are those of whole test files also here.
    project.write({ 'data/limit.txt': '5' });
    expect(project.run(['--testmon-granularity', 'test']).ran).toEqual(ALL);
    expect(project.run(['--testmon-granularity', 'test']).ran).toEqual([]);
  });

  test('take a test file for flaky that failed before with nothing changed', () => {
    const project = recorded({ 'data/limit.txt': '5' });
    project.write({ 'data/limit.txt': '7' });
    expect(project.run(['--testmon-noselect']).failed).toEqual([LIMIT]);
    project.write({ 'data/limit.txt': '5' });
    expect(project.run().passed).toEqual([LIMIT]);
    project.write({ 'data/limit.txt': '7' });
    const found = project.run(['--testmon-spot-checks', '100%']);
    expect(found).toMatchObject({ exitCode: 1, failed: [LIMIT] });
    expect(found.stderr).toMatch(/limit\.test\.js failed, as it has before .* flaky/);
    expect(found.stderr).not.toMatch(/escape/);
    expect(project.run().ran).toEqual([LIMIT]);
  });

  test('take it for flaky also where it failed first; an honest failure counts for nothing', () => {
    const project = recorded({
      'src/honest.js': 'exports.honest = () => 1;\n',
      '__tests__/a.test.js':
        "test('a', () => { expect(require('../src/honest').honest()).toBe(1); expect(require('fs').readFileSync('data/limit.txt', 'utf8')).toBe('5'); });\n",
    });
    project.edit('src/honest.js', '1', '2');
    project.edit(LIMIT, "test('limit'", "test('edited'");
    project.write({ 'data/limit.txt': '7' });
    expect(project.run().failed).toEqual(['__tests__/a.test.js', LIMIT]);
    project.edit('src/honest.js', '2', '1');
    project.write({ 'data/limit.txt': '5' });
    expect(project.run().passed).toEqual(['__tests__/a.test.js', LIMIT]);
    project.write({ 'data/limit.txt': '7' });
    const { stderr } = project.run(['--testmon-spot-checks', '100%']);
    expect(stderr).toMatch(/escape: __tests__\/a\.test\.js/);
    expect(stderr).toMatch(/limit\.test\.js failed, as it has before .* flaky/);
  });

  test('of a shard are among its own', () => {
    const project = recorded();
    const ran = ['1/2', '2/2'].map(
      (shard) => copyOf(project).run([`--shard=${shard}`, '--testmon-spot-checks', '100%']).ran,
    );
    expect(ran.flat().sort()).toEqual(ALL);
    expect(ran.map(({ length }) => length)).toEqual([2, 2]);
  });

  test("find a test file that ends Jest's process", () => {
    const project = recorded({
      [LIMIT]:
        "test('limit', () => { if (require('fs').readFileSync('data/limit.txt', 'utf8') !== '5') process.exit(3); });\n",
    });
    project.write({ 'data/limit.txt': '7' });
    const found = project.run(['-i', '--testmon-spot-checks', '100%']);
    expect(found.stderr).toMatch(/escape: __tests__\/limit\.test\.js .*it ended Jest's process/);
    expect(project.run(['--listTests']).stdout.trim().split('\n')).toHaveLength(4);
  });
});
