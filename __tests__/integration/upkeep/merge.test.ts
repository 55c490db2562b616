import * as fs from 'node:fs';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Database } from '../../sqlite';
import { Store } from '../../../src/store';
import { Project, type Files } from '../harness';
import { command } from './command';

jest.setTimeout(300_000);

const made: Project[] = [];
afterEach(() => made.splice(0).forEach((project) => project.remove()));

function shop(): Project {
  const files: Files = {
    'jest.config.js': 'module.exports = { transform: {} };',
    'src/pick.js':
      'exports.pick = (n) => (n % 2 ? odd() : even());\nfunction odd() { return 1; }\nfunction even() { return 0; }\n',
  };
  for (let n = 0; n < 8; n += 1) {
    files[`__tests__/t${n}.test.js`] =
      `test('${n}', () => { expect(require('../src/pick').pick(${n})).toBe(${n % 2}); });\n`;
  }
  const project = new Project(files);
  made.push(project);
  return project;
}

function copyOf(project: Project): Project {
  const copy = project.copy();
  made.push(copy);
  return copy;
}

function content(file: string): unknown {
  const store = Store.open(file, { readonly: true });
  try {
    return store.snapshot();
  } finally {
    store.close();
  }
}

test('four shards on four clones, merged in any order, select like one full run', () => {
  const clones = Array.from({ length: 4 }, shop);
  const ran = clones.map((clone, index) => clone.run([`--shard=${index + 1}/4`]).ran);
  expect(ran.map(({ length }) => length)).toEqual([2, 2, 2, 2]);
  const shards = clones.map((clone) => clone.path('.testmondata'));

  const merged = shop();
  const whole = shop();
  expect(whole.run().ran).toEqual(ran.flat().sort());
  expect(command(merged, ['merge', ...shards])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/holds 8 records of 8 test files/),
    stderr: '',
  });
  expect(content(merged.path('.testmondata'))).toEqual(content(whole.path('.testmondata')));

  // Another order, one by one, and twice: the same.
  const other = shop();
  for (const shard of [...shards].reverse()) command(other, ['merge', shard]);
  expect(command(other, ['merge', '--json', ...shards]).exitCode).toBe(0);
  expect(content(other.path('.testmondata'))).toEqual(content(merged.path('.testmondata')));

  for (const project of [merged, whole]) {
    expect(project.run().ran).toEqual([]);
    project.edit('src/pick.js', 'return 1;', 'return 3 - 2;');
  }
  const selected = merged.run().ran;
  expect(selected).toHaveLength(4);
  expect(whole.run().ran).toEqual(selected);
});

test('a file that cannot be used: one sentence names it, and nothing changes', () => {
  const project = shop();
  project.run(['t0', 't1']);
  const other = copyOf(project);
  other.run(['t2', 't3']);
  const target = project.path('.testmondata');
  const good = other.path('.testmondata');
  const before = fs.readFileSync(target);

  const bad = (name: string, make: (file: string) => void): string => {
    const file = project.path(name);
    make(file);
    return file;
  };
  const cases: [string, RegExp][] = [
    [project.path('none.db'), /There is no database .*none\.db/],
    [bad('empty.db', (file) => fs.writeFileSync(file, '')), /empty\.db \(the file is empty\)/],
    [
      bad('text.db', (file) => fs.writeFileSync(file, 'no database at all. '.repeat(300))),
      /text\.db is damaged/,
    ],
    [
      bad('middle.db', (file) => {
        const bytes = fs.readFileSync(good);
        bytes.fill(0x5a, bytes.length - 9000, bytes.length - 100);
        fs.writeFileSync(file, bytes);
      }),
      /middle\.db is damaged/,
    ],
    [
      bad('foreign.db', (file) => new Database(file).exec('CREATE TABLE theirs (a)').close()),
      /foreign\.db is not a database of jest-testmon/,
    ],
    [
      bad('newer.db', (file) => {
        fs.copyFileSync(good, file);
        const newer = new Database(file);
        newer.pragma('user_version = 9999');
        newer.close();
      }),
      /newer\.db was written by a newer jest-testmon/,
    ],
    [bad('folder.db', (file) => fs.mkdirSync(file)), /folder\.db cannot be read/],
  ];
  for (const [file, sentence] of cases) {
    const { exitCode, stdout, stderr } = command(project, ['merge', good, file]);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(fs.readFileSync(target)).toEqual(before);
    // A target that was not there is still not there.
    const into = project.path('new.db');
    expect(command(project, ['merge', '--into', into, good, file]).exitCode).toBe(1);
    expect(fs.existsSync(into)).toBe(false);
  }

  const into = bad('target.db', (file) => fs.writeFileSync(file, 'not ours. '.repeat(300)));
  const { exitCode, stderr } = command(project, ['merge', '--into', into, good, '--json']);
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/target\.db is damaged/)]);
  expect(fs.readFileSync(into, 'utf8')).toBe('not ours. '.repeat(300));

  expect(command(project, ['merge', good]).exitCode).toBe(0);
  expect(project.run(['t[0-3]']).ran).toEqual([]);
  expect(fs.readdirSync(project.temporary)).toEqual(
    expect.not.arrayContaining([expect.stringMatching(/testmon/)]),
  );
});

test('help has an example, and what is misspelled ends with 2', () => {
  const project = shop();
  expect(command(project, ['merge', '--help'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/Exit codes:[^]*\$ jest-testmon merge shards\/\*/),
  });
  expect(command(project, ['merge'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/missing required argument 'file'/),
  });
  expect(command(project, ['merge', '--onto', 'x', 'y']).exitCode).toBe(2);
});
