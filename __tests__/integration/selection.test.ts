import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Database } from '../sqlite';
import { Store } from '../../src/store';
import { Project, type Files, type RunResult } from './harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const NAMES = ['a', 'b', 'c', 'd'];
const file = (name: string) => `__tests__/${name}.test.js`;
const ALL = NAMES.map(file);

/** One source and one test file per letter; `shared.js` is used by a and b. */
function letters(config: Record<string, unknown> = {}): Files {
  const files: Files = {
    'jest.config.json': JSON.stringify({ transform: {}, ...config }),
    'src/shared.js': "exports.shared = () => 'shared';\n",
  };
  for (const name of NAMES) {
    files[`src/${name}.js`] = `exports.${name} = () => '${name}';\n`;
    files[file(name)] = `
const { ${name} } = require('../src/${name}');
${name < 'c' ? "const { shared } = require('../src/shared');" : ''}
test('${name} one', () => { expect(${name}()).toBe('${name}'); });
test('${name} two', () => { expect(${name < 'c' ? 'shared()' : "'shared'"}).toBe('shared'); });
`;
  }
  return files;
}

/** The test files as Jest told their results, one after the other. */
const order = ({ stderr }: RunResult) =>
  [...stderr.matchAll(/^(?:PASS|FAIL) (\S+)/gm)].map(([, name]) => name);

/** A letter's source behaves the same and reads otherwise. */
function touch(name: string): void {
  project.edit(`src/${name}.js`, `=> '`, `=> '' + '`);
}

function recorded(config: Record<string, unknown> = {}): void {
  project = new Project(letters(config));
  expect(project.run()).toMatchObject({ exitCode: 0, ran: ALL });
}

/** Ran in full, was recorded, and one line says why. */
function expectInFull(result: RunResult, option: string, ran: readonly string[]): void {
  expect(result.ran).toEqual(ran);
  expect(
    result.messages.filter((message) => message.startsWith(`${option} names what to run`)),
  ).toHaveLength(1);
  expect(result.messages).toHaveLength(1);
  expect(result.messages[0]).toMatch(
    /, so (?:1 test file runs without selection and is|[2-9] test files run without selection and are) recorded; --testmon-forceselect/,
  );
}

test('what names its tests runs in full, is recorded, and one line says so', () => {
  recorded();
  expectInFull(project.run(['-u']), '-u', ALL);
  expectInFull(project.run(['--findRelatedTests', 'src/shared.js']), '--findRelatedTests', [
    file('a'),
    file('b'),
  ]);
  expectInFull(project.run(['--runTestsByPath', file('c')]), '--runTestsByPath', [file('c')]);

  // Recorded: an edit whose tests ran this way does not run again.
  touch('c');
  touch('d');
  expectInFull(project.run(['--runTestsByPath', file('c')]), '--runTestsByPath', [file('c')]);
  expect(project.run().ran).toEqual([file('d')]);

  // A name pattern runs a part: nothing may look passed for it, and what passed before still counts.
  touch('a');
  // Jest does not name the files in which the pattern finds nothing.
  expectInFull(project.run(['-t', 'a one']), '-t', [file('a')]);
  expect(project.run().ran).toEqual([file('a')]);
  expect(project.run().ran).toEqual([]);

  // Selection all the same.
  touch('b');
  const forced = project.run(['--testmon-forceselect', '-u']);
  expect(forced.ran).toEqual([file('b')]);
  expect(forced.messages[0]).toBe('1 of 4 test files affected by 1 changed file (src/b.js)');
  expect(project.run(['--testmon-forceselect', '--findRelatedTests', 'src/a.js'])).toMatchObject({
    exitCode: 0,
    ran: [],
  });
});

test('--coverage by V8 selects by whole files and records; --onlyFailures runs what failed', () => {
  recorded();
  touch('a');
  const byV8 = project.run(['--coverage', '--coverageProvider=v8']);
  expect([byV8.ran, byV8.messages.slice(0, 2)]).toEqual([
    ALL,
    [
      '1 of 4 test files affected by 1 changed file (src/a.js)',
      '3 unaffected test files run for the coverage report, as their coverage is not recorded yet.',
    ],
  ]);
  expect(project.run().ran).toEqual([]);
  const covered = project.run(['--coverage']);
  expect([covered.ran, covered.messages[1]]).toEqual([
    ALL,
    '4 unaffected test files run for the coverage report, as their coverage is not recorded yet.',
  ]);
  // What was recorded under coverage is as precise.
  project.edit('src/a.js', 'exports', '// A comment.\nexports');
  expect(project.run().ran).toEqual([]);

  project.edit('src/b.js', "'b'", "'wrong'");
  expect(project.run()).toMatchObject({ exitCode: 1, failed: [file('b')] });
  // Jest remembers failures only while it watches; without that the option is Jest's to answer.
  const bare = project.run(['--onlyFailures'], { plain: true });
  const ours = project.run(['--onlyFailures']);
  expect(ours.exitCode).toBe(bare.exitCode);
  expectInFull(ours, '--onlyFailures', bare.ran);
});

test('what failed often and lately runs early, so --bail answers early, also in a new environment', () => {
  recorded();
  for (const name of ['c', 'd', 'd']) {
    project.edit(`src/${name}.js`, `'${name}'`, `'wrong'`);
    expect(project.run()).toMatchObject({ exitCode: 1, failed: [file(name)] });
    project.edit(`src/${name}.js`, `'wrong'`, `'${name}'`);
    expect(project.run().exitCode).toBe(0);
  }
  const everything = project.run(['--testmon-noselect', '--runInBand']);
  expect(order(everything).slice(0, 2)).toEqual([file('d'), file('c')]);

  // Another config: nothing is known of any test file but how often it failed.
  project.write({ 'jest.config.json': JSON.stringify({ transform: {}, testTimeout: 6_000 }) });
  project.edit('src/d.js', "'d'", "'wrong'");
  const bailed = project.run(['--testmon-noselect', '--bail', '--runInBand']);
  expect(bailed).toMatchObject({ exitCode: 1, ran: [file('d')] });
});

test('a first run has the order that Jest would give it', () => {
  const files = letters();
  // Jest takes the size of a file that it has not run for how long it takes.
  const longestFirst = ['b', 'd', 'c', 'a'].map(file);
  for (const [index, name] of longestFirst.entries())
    files[name] = `${files[name] ?? ''}//${' '.repeat(1_000 * (4 - index))}`;
  project = new Project(files);
  expect(order(project.run(['--runInBand'], { plain: true }))).toEqual(longestFirst);
  project.remove();
  project = new Project(files);
  expect(order(project.run(['--runInBand']))).toEqual(longestFirst);
});

test('--testmon-noselect runs all, failed ones first; --testmon-nocollect records nothing', () => {
  recorded();
  const before = fs.readFileSync(project.path('.testmondata'));
  project.edit('src/d.js', "'d'", "'wrong'");
  const unrecorded = project.run(['--testmon-nocollect']);
  expect(unrecorded).toMatchObject({ exitCode: 1, ran: [file('d')] });
  expect(project.run(['--testmon-nocollect', '--testmon-noselect']).ran).toEqual(ALL);
  project.edit('src/d.js', "'wrong'", "'d'");
  expect(project.run().ran).toEqual([]);
  expect(fs.readFileSync(project.path('.testmondata')).length).toBe(before.length);

  project.edit('src/d.js', "'d'", "'wrong'");
  expect(project.run().failed).toEqual([file('d')]);
  const noselect = project.run(['--testmon-noselect', '--runInBand']);
  expect(noselect.ran).toEqual(ALL);
  expect(noselect.messages).toEqual([
    'selection is off: 4 test files run, most likely to fail first.',
  ]);
  expect(noselect.stderr.match(/^(PASS|FAIL) .*/m)?.[0]).toBe(`FAIL ${file('d')}`);
  // Everything ran, so nothing was saved.
  const store = Store.open(project.path('.testmondata'), { readonly: true });
  expect(store.runs(1)).toMatchObject([{ selected: 4, total: 4, saved: 0 }]);
  store.close();
});

test('--listTests prints exactly what would run, and nothing else on stdout', () => {
  recorded();
  const listed = (args: readonly string[] = []) => {
    const { stdout, stderr, exitCode } = project.run(['--listTests', ...args]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout;
  };
  // An empty line is how Jest itself lists nothing.
  expect(listed()).toBe(project.run(['--listTests', 'nosuch'], { plain: true }).stdout);
  touch('shared');
  touch('c');
  expect(listed().trim().split('\n').sort()).toEqual(
    [file('a'), file('b'), file('c')].map((one) => project.path(one)),
  );
  expect((JSON.parse(listed(['--json'])) as string[]).sort()).toEqual(
    [file('a'), file('b'), file('c')].map((one) => project.path(one)),
  );
  expect(listed(['c.test'])).toBe(`${project.path(file('c'))}\n`);
  expect(listed(['d.test']).trim()).toBe('');
  expect(listed(['--testmon-noselect']).trim().split('\n')).toHaveLength(4);
  // A list is no run.
  const database = new Database(project.path('.testmondata'), { readonly: true });
  expect(database.prepare('SELECT count(*) FROM run').pluck().get()).toBe(1);
  database.close();
  expect(project.run().ran).toEqual([file('a'), file('b'), file('c')]);
});

test('path patterns select among what they name; nothing affected is success, nothing found is Jest’s answer', () => {
  recorded();
  touch('shared');
  touch('c');
  expect(project.run(['b.test', 'd.test'])).toMatchObject({ exitCode: 0, ran: [file('b')] });
  expect(project.run(['d.test'])).toMatchObject({ exitCode: 0, ran: [] });
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [file('a'), file('c')] });
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });

  expect(project.run(['nosuch'], { plain: true }).exitCode).toBe(1);
  const none = project.run(['nosuch']);
  expect(none).toMatchObject({ exitCode: 1, ran: [] });
  expect(none.stderr + none.stdout).toContain('No tests found, exiting with code 1');
  expect(project.run(['nosuch', '--passWithNoTests'])).toMatchObject({ exitCode: 0, messages: [] });
});

test('--shard divides as Jest does, and then selects', () => {
  const files: Files = {
    'jest.config.json': '{"transform":{}}',
    'src/all.js': "exports.all = () => 'x';\n",
  };
  for (let n = 0; n < 8; n += 1) {
    files[`__tests__/t${n}.test.js`] =
      `test('t', () => { ${n < 6 ? "expect(require('../src/all').all()).toBe('x');" : ''} });\n`;
  }
  project = new Project(files);
  const shards = (count: number) => {
    // Each machine restores the same database.
    const saved = fs.existsSync(project.path('.testmondata'))
      ? fs.readFileSync(project.path('.testmondata'))
      : null;
    return Array.from({ length: count }, (_, index) => {
      if (saved === null) project.write({ '.testmondata': null });
      else fs.writeFileSync(project.path('.testmondata'), saved);
      const { ran, exitCode } = project.run([`--shard=${index + 1}/${count}`]);
      expect(exitCode).toBe(0);
      return ran;
    });
  };
  const unrecorded = shards(2);
  expect(unrecorded.map(({ length }) => length)).toEqual([4, 4]);
  expect(unrecorded.flat().sort()).toHaveLength(8);
  project.run(['--testmon-noselect']);
  project.edit('src/all.js', "'x'", "'' + 'x'");
  const left = shards(3);
  expect(left.flat().sort()).toEqual(
    Array.from({ length: 6 }, (_, n) => `__tests__/t${n}.test.js`),
  );
});

test('.only, --bail and a failure: only what ran to its end counts, and what failed stays selected', () => {
  recorded();
  // .only: the record is of this very text, and the full text is selected again.
  project.edit(file('a'), "test('a one'", "test.only('a one'");
  expect(project.run().ran).toEqual([file('a')]);
  touch('shared');
  expect(project.run().ran).toEqual([file('b')]);
  project.edit(file('a'), "test.only('a one'", "test('a one'");
  expect(project.run().ran).toEqual([file('a')]);

  // --bail: what did not run stays selected.
  for (const name of NAMES) project.edit(`src/${name}.js`, `'${name}'`, `'wrong'`);
  const bailed = project.run(['--bail', '--runInBand']);
  expect(bailed.exitCode).toBe(1);
  expect(bailed.ran).toHaveLength(1);
  for (const name of NAMES)
    project.edit(`src/${name}.js`, `'wrong'`, `'x'.replace('x', '${name}')`);
  expect(project.run()).toMatchObject({ exitCode: 0, ran: ALL });

  // A failure outlives a revert to a state that has passed.
  const text = project.read('src/d.js');
  project.write({ 'src/d.js': "exports.d = () => 'wrong';\n" });
  expect(project.run()).toMatchObject({ exitCode: 1, failed: [file('d')] });
  project.write({ 'src/d.js': text });
  const again = project.run();
  expect(again).toMatchObject({ exitCode: 0, passed: [file('d')] });
  expect(again.messages[0]).toBe('1 of 4 test files affected: 1 failed last time');
  expect(project.run().ran).toEqual([]);
});

test('switching among eight states and back runs nothing', () => {
  recorded();
  const states = Array.from({ length: 8 }, (_, n) => `exports.c = () => ['c', ${n}][0];\n`);
  for (const state of states) {
    project.write({ 'src/c.js': state });
    expect(project.run()).toMatchObject({ exitCode: 0, ran: [file('c')] });
  }
  for (const state of [...states, ...[...states].reverse()].filter((_, n) => n % 3 === 0)) {
    project.write({ 'src/c.js': state });
    expect(project.run().ran).toEqual([]);
  }
  // The ninth pushes out the one that matched longest ago: the state before all of these.
  project.write({ 'src/c.js': "exports.c = () => 'c';\n" });
  expect(project.run().ran).toEqual([file('c')]);
});

test('a branch without a test file takes nothing from the others', () => {
  recorded();
  project.edit('src/c.js', "'c'", "'wrong'");
  expect(project.run().failed).toEqual([file('c')]);
  const [b = '', c = '', d = ''] = ['b', 'c', 'd'].map((name) =>
    fs.readFileSync(project.path(file(name)), 'utf8'),
  );
  project.write({ [file('b')]: null, [file('c')]: null, [file('d')]: null });
  touch('b');
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
  expect(project.run().messages[0]).toMatch(/^nothing affected: 1 test file is unchanged/);
  project.write({ [file('b')]: b, [file('c')]: c, [file('d')]: d });
  // One whose module has changed, and one that failed.
  expect(project.run().ran).toEqual([file('b'), file('c')]);
});

test('a test file that crashes, cannot be parsed or cannot load stays selected until it passes', () => {
  recorded();
  const original = project.read(file('a'));
  for (const broken of [
    "require('../src/none-such');\n",
    'test(\n',
    "throw new Error('no');\n",
    "process.kill(process.pid, 'SIGKILL');\n",
    "test('none of it', () => { process.exit(3); });\n",
  ]) {
    project.write({ [file('a')]: `${broken}${original}` });
    // A limit on memory is what makes Jest use workers for few and fast tests too.
    const first = project.run(['--maxWorkers=2', '--workerIdleMemoryLimit=2GB']);
    expect([broken, first.exitCode === 0]).toEqual([broken, false]);
    // Reverted to what has passed before: it failed since.
    project.write({ [file('a')]: original });
    const second = project.run();
    expect([broken, second.exitCode, second.ran]).toEqual([broken, 0, [file('a')]]);
    expect(project.run().ran).toEqual([]);
  }
  expect(project.leftovers()).toEqual([]);
});

test('an interrupted run keeps what ended and selects the rest', async () => {
  project = new Project({
    ...letters(),
    [file('d')]:
      "test('d', () => new Promise((resolve) => setTimeout(resolve, require('fs').existsSync('quick') ? 1 : 60_000)), 70_000);\n",
  });
  const { pid, done } = project.start(
    ['--runInBand', '--testmon-noselect', 'a.test', 'b.test', 'd.test'],
    {},
  );
  const inJournal = (name: string) =>
    project.leftovers().some((folder) =>
      fs
        .readdirSync(path.join(project.temporary, folder), { recursive: true, encoding: 'utf8' })
        .filter((entry) => entry.endsWith('.jsonl'))
        .some((entry) => {
          const text = fs.readFileSync(path.join(project.temporary, folder, entry), 'utf8');
          return text
            .split('\n')
            .some((line) => line.includes('"type":"start"') && line.includes(file(name)));
        }),
    );
  while (!inJournal('d')) await new Promise((resolve) => setTimeout(resolve, 50));
  process.kill(pid, 'SIGINT');
  await done;
  project.write({ quick: '' });
  // How many came before d is the sequencer's matter; c was never asked for.
  const after = project.run();
  expect(after.exitCode).toBe(0);
  expect(after.ran).toEqual(expect.arrayContaining([file('c'), file('d')]));
  expect(project.leftovers()).toEqual([]);
  expect(project.run().ran).toEqual([]);
});

test('collectCoverage by V8 in a config selects, and reports on all', () => {
  project = new Project(
    letters({
      collectCoverage: true,
      coverageProvider: 'v8',
      coverageThreshold: { global: { lines: 100 } },
      coverageReporters: ['text-summary'],
    }),
  );
  expect(project.run()).toMatchObject({ exitCode: 0, ran: ALL });
  touch('a');
  const some = project.run();
  expect(some).toMatchObject({ exitCode: 0, ran: [file('a')] });
  expect(some.stdout).toContain('Coverage summary');
  const full = project.run(['--testmon-noselect']);
  expect(full).toMatchObject({ exitCode: 0, ran: ALL, stdout: some.stdout });
});

test('--silent and --json: nothing of ours is said, and selection is as ever', () => {
  recorded();
  touch('a');
  const silent = project.run(['--silent']);
  expect(silent).toMatchObject({ exitCode: 0, ran: [file('a')], messages: [], stdout: '' });
  touch('b');
  const json = project.run(['--json']);
  expect(json.messages).toEqual([]);
  expect(JSON.parse(json.stdout)).toMatchObject({ numTotalTestSuites: 1, success: true });
  const nothing = project.run(['--json']);
  expect(nothing).toMatchObject({ exitCode: 0, messages: [] });
  expect(JSON.parse(nothing.stdout)).toMatchObject({ numTotalTests: 0, success: true });
  touch('c');
  expect(project.run(['--json', '--outputFile=out.json']).exitCode).toBe(0);
  expect(JSON.parse(project.read('out.json'))).toMatchObject({ numTotalTestSuites: 1 });
});

test('new test files run, and so do renamed ones', () => {
  recorded();
  project.write({ [file('e')]: "test('e', () => undefined);\n" });
  const added = project.run();
  expect(added.ran).toEqual([file('e')]);
  expect(added.messages[0]).toBe('1 of 5 test files affected: 1 new');
  const text = project.read(file('a'));
  project.write({
    [file('e')]: null,
    [file('a')]: null,
    '__tests__/deep/f.test.js': text.replaceAll('../src', '../../src'),
  });
  expect(project.run().ran).toEqual(['__tests__/deep/f.test.js']);
});

test('test files that are gone leave the database after 30 days', () => {
  recorded();
  project.write({ [file('a')]: null });
  const known = () => {
    project.run();
    const store = Store.open(project.path('.testmondata'), { readonly: true });
    try {
      return JSON.stringify(store.snapshot()).includes(file('a'));
    } finally {
      store.close();
    }
  };
  expect(known()).toBe(true);
  const db = new Database(project.path('.testmondata'));
  const days = 31 * 24 * 3_600_000;
  db.exec(`UPDATE test_file SET last_run_at = last_run_at - ${days}`);
  db.exec(`UPDATE record SET matched_at = matched_at - ${days}`);
  db.close();
  expect(known()).toBe(false);
});
