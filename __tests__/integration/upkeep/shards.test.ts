import * as fs from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Database } from '../../sqlite';
import { Project, type Files } from '../harness';
import { command } from './command';

jest.setTimeout(300_000);

const made: Project[] = [];
afterEach(() => made.splice(0).forEach((project) => project.remove()));

/** Six test files that read one source, of which one may kill its process. */
function shop(): Project {
  const files: Files = {
    'jest.config.js': 'module.exports = { transform: {} };\n',
    'src/all.js': "exports.all = () => 'x';\n",
  };
  for (const name of NAMES)
    files[`__tests__/${name}.test.js`] =
      `test('${name}', () => { if (process.env.KILL === '${name}') process.kill(process.pid, 'SIGKILL'); expect(require('../src/all').all()).toBe('x'); });\n`;
  const project = new Project(files);
  made.push(project);
  return project;
}
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const ALL = NAMES.map((name) => `__tests__/${name}.test.js`);

function cloneOf(project: Project): Project {
  const clone = project.copy();
  made.push(clone);
  return clone;
}

function change(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

/** The test files that a run would take, by relative path. */
function listed(project: Project, args: readonly string[], env: NodeJS.ProcessEnv = {}): string[] {
  const { stdout } = project.run(['--listTests', ...args], { env });
  const paths = stdout.split('\n').filter((line) => line.endsWith('.test.js'));
  return paths.map((file) => file.slice(project.root.length + 1));
}

describe('shards whose databases differ', () => {
  test('run every affected test file once, whatever is in them', () => {
    const project = shop();
    project.run();
    project.edit('src/all.js', "'x'", "'' + 'x'");
    const database = project.path('.testmondata');
    const recorded = fs.readFileSync(database);
    const others: Record<string, () => NodeJS.ProcessEnv> = {
      'other durations': () => {
        change(database, "UPDATE test_file SET duration = 60000 WHERE path LIKE '%/a.%'");
        return {};
      },
      'no record of two of them': () => {
        change(database, "DELETE FROM test_file WHERE path LIKE '%/b.%' OR path LIKE '%/e.%'");
        return {};
      },
      'one failed': () => {
        change(database, "UPDATE test_file SET failed = 1 WHERE path LIKE '%/c.%'");
        return {};
      },
      'no database': () => {
        fs.rmSync(database);
        return {};
      },
      'one that is of no use': () => {
        fs.rmSync(database);
        change(database, 'CREATE TABLE theirs (a)');
        return {};
      },
      'switched off': () => ({ TESTMON: '0' }),
    };
    const first = listed(project, ['--shard=1/2']);
    expect(first.length).toBeGreaterThan(0);
    for (const [name, make] of Object.entries(others)) {
      const second = listed(project, ['--shard=2/2'], make());
      expect([name, [...first, ...second].sort()]).toEqual([name, ALL]);
      fs.writeFileSync(database, recorded);
    }
    // More of them than test files: some are empty.
    const eight = Array.from({ length: 8 }, (_, index) =>
      listed(project, [`--shard=${index + 1}/8`]),
    );
    expect(eight.flat().sort()).toEqual(ALL);
  });

  test('of several projects with test files of one name', () => {
    const files: Files = {
      'jest.config.js': "module.exports = { projects: ['<rootDir>/left', '<rootDir>/right'] };\n",
    };
    for (const part of ['left', 'right']) {
      files[`${part}/jest.config.js`] = 'module.exports = { transform: {} };\n';
      for (const name of ['a', 'b', 'c'])
        files[`${part}/${name}.test.js`] = "test('t', () => undefined);\n";
    }
    const project = new Project(files);
    made.push(project);
    const first = project.run(['--shard=1/2']).ran;
    // The second shard's database is the first one's now, in which half of all is recorded.
    const second = project.run(['--shard=2/2']).ran;
    const all = ['left', 'right'].flatMap((part) =>
      ['a', 'b', 'c'].map((name) => `${part}/${name}.test.js`),
    );
    expect([...first, ...second].sort()).toEqual(all);
  });
});

describe('merging shards', () => {
  interface Ran {
    database: string;
    ran: string[];
  }

  /** Runs a shard in a clone of its own. */
  function shard(project: Project, nth: string, env: NodeJS.ProcessEnv = {}): Ran {
    const clone = cloneOf(project);
    const { ran } = clone.run([`--shard=${nth}`, '--runInBand'], { env });
    return { database: clone.path('.testmondata'), ran };
  }

  /** Merges, and checks that just the affected test files are named that none of the shards ran. */
  function expectNamed(project: Project, shards: Ran[], absent: string[]): void {
    const target = project.path(`merged-${(merges += 1)}.db`);
    const { exitCode, stdout, stderr } = command(project, [
      ...['merge', '--json', '--into', target],
      ...shards.map(({ database }) => database),
    ]);
    const ran = new Set(shards.flatMap((one) => one.ran));
    const missing = ALL.filter((path) => !ran.has(path));
    expect(JSON.parse(stdout)).toMatchObject({ shards: { absent, missing } });
    expect(exitCode).toBe(missing.length > 0 ? 1 : 0);
    for (const path of missing) expect(stderr).toContain(path);
  }
  let merges = 0;

  test('names what none of them ran, and ends with 1 then', () => {
    const project = shop();
    project.run();
    const base = cloneOf(project).path('.testmondata');
    project.edit('src/all.js', "'x'", "'' + 'x'");
    const first = shard(project, '1/2');
    const second = shard(project, '2/2');
    const third = shard(project, '2/3');
    expect([...first.ran, ...second.ran].sort()).toEqual(ALL);

    expectNamed(project, [first, second], []);
    expectNamed(project, [{ database: base, ran: [] }, second, first, second], []);
    expectNamed(project, [first], ['2/2']);
    expectNamed(project, [second], ['1/2']);
    expectNamed(project, [first, third], ['2/2', '1/3', '3/3']);

    // One that died says what it had to do; run again, it has done it.
    const died = shard(project, '2/2', { KILL: second.ran[0]?.slice(10, 11) });
    expect(died.ran).not.toContain(second.ran[0]);
    expectNamed(project, [first, { ...died, ran: [] }], []);
    expectNamed(project, [first, died, second], []);

    // Databases of no shards are not asked for any, and what is no note of ours is none.
    for (const value of ['{"base":1}', 'x', '[]'])
      change(base, `INSERT OR REPLACE INTO note VALUES ('shard', '${value}')`);
    expect(command(project, ['merge', base])).toMatchObject({ exitCode: 0, stderr: '' });

    // The union is what one run would have left.
    command(project, ['merge', first.database, second.database]);
    expect(project.run().ran).toEqual([]);
    expect(JSON.parse(command(project, ['merge', '--json', base]).stdout)).toMatchObject({
      shards: null,
    });
  });

  test('a test file that only one of them has, and what a database says of an earlier run', () => {
    const project = shop();
    const first = shard(project, '1/2', { GITHUB_RUN_ID: '7' });
    project.write({ '__tests__/0.test.js': "test('new', () => undefined);\n" });
    const second = shard(project, '2/2', { GITHUB_RUN_ID: '8' });
    const ran = [...first.ran, ...second.ran];
    const wanted = ['__tests__/0.test.js', ...ALL];
    const merge = (runId: string) =>
      command(
        project,
        [
          'merge',
          '--json',
          '--into',
          project.path(`of-${runId}.db`),
          first.database,
          second.database,
        ],
        { GITHUB_RUN_ID: runId },
      );
    const together = merge('');
    expect(JSON.parse(together.stdout)).toMatchObject({
      shards: { missing: wanted.filter((path) => !ran.includes(path)) },
    });
    // What the first one says is of another run than the second.
    const later = merge('8');
    expect(later.exitCode).toBe(1);
    expect(JSON.parse(later.stdout)).toMatchObject({
      shards: { found: ['2/2'], missing: wanted.filter((path) => !second.ran.includes(path)) },
    });
  });

  test('say in a line of their own that nothing was left out', () => {
    const project = shop();
    const databases = ['1/2', '2/2'].map((name) => shard(project, name).database);
    expect(command(project, ['merge', ...databases]).stdout).toMatch(
      /^\.testmondata now holds 6 records .*\nShards 1\/2, 2\/2: every test file was run or unaffected\.\n$/,
    );
  });
});
