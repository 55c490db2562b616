import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { sqlitePackage } from '../../src/store/connection/sqlite';
import { Database } from '../sqlite';
import { canHeedPermissions, ENTRY, Project, type RunResult } from './harness';

jest.setTimeout(300_000);

let project: Project;
beforeEach(() => {
  project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };',
    'src/one.js': 'exports.one = () => 1;\n',
    '__tests__/one.test.js':
      "test('one', () => { expect(require('../src/one').one()).toBe(1); });\n",
    '__tests__/two.test.js':
      "test('two', () => { expect(require('../src/one').one()).toBe(process.env.TWO ? 2 : 1); });\n",
  });
});
afterEach(() => project.remove());

const BOTH = ['__tests__/one.test.js', '__tests__/two.test.js'];

/** The tests ran, their exit code stood, and of ours there is one sentence that matches, without a stack trace. */
function expectOneSentence(result: RunResult, sentence: RegExp, exitCode = 0): string {
  expect(result.ran).toEqual(BOTH);
  expect(result.exitCode).toBe(exitCode);
  const said = result.messages.filter((message) => sentence.test(message));
  expect([said, result.stderr]).toEqual([[expect.any(String)], expect.anything()]);
  // Nothing else of ours than that and what was selected.
  expect(
    result.messages.filter(
      (message) =>
        !sentence.test(message) &&
        !/^(nothing is recorded yet|2 of 2|selection is off)/.test(message),
    ),
  ).toEqual([]);
  expect(result.stderr).not.toMatch(
    /^\s+at .*(dist|src)[\\/](worker|controller|store|run|config|jest)/m,
  );
  expect(result.stdout).toBe('');
  expect(project.leftovers()).toEqual([]);
  return said[0] ?? '';
}

function damagedCopies(): string[] {
  return fs.readdirSync(project.root).filter((name) => name.startsWith('.testmondata.damaged'));
}

const DAMAGES: Record<string, (file: string) => void> = {
  'cut short': (file) => fs.truncateSync(file, 5000),
  'that is no SQLite database': (file) =>
    fs.writeFileSync(file, 'not a database at all, but long enough to be read as one. '.repeat(40)),
  'overwritten in its middle': (file) => {
    const bytes = fs.readFileSync(file);
    bytes.fill(0x5a, 4096, bytes.length - 100);
    fs.writeFileSync(file, bytes);
  },
};

test.each(Object.keys(DAMAGES))(
  'a database %s is moved aside under the name the message gives',
  (name) => {
    project.run();
    DAMAGES[name]?.(project.path('.testmondata'));
    const before = fs.readFileSync(project.path('.testmondata'));
    const said = expectOneSentence(project.run(), /damaged/);
    const [aside] = damagedCopies();
    expect(damagedCopies()).toHaveLength(1);
    expect(said).toContain(aside);
    expect(fs.readFileSync(project.path(aside ?? ''))).toEqual(before);
    // And records were made anew in its place.
    expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
  },
);

test('an empty file, and a missing one, become a new database without a word', () => {
  project.write({ '.testmondata': '' });
  const first = project.run();
  expect(first).toMatchObject({ exitCode: 0, ran: BOTH });
  expect(first.messages).toEqual([
    'nothing is recorded yet in this environment: 2 test files to run and record.',
  ]);
  expect(damagedCopies()).toEqual([]);
  project.write({ '.testmondata': null });
  expect(project.run().messages).toEqual(first.messages);
  expect(project.run().ran).toEqual([]);
});

test('the database of another program is left alone', () => {
  const file = project.path('.testmondata');
  const foreign = new Database(file);
  foreign.exec("CREATE TABLE theirs (a); INSERT INTO theirs VALUES ('kept')");
  foreign.close();
  const before = fs.readFileSync(file);
  expectOneSentence(project.run(), /not a database of jest-testmon.*TESTMON_DATAFILE/);
  expect(fs.readFileSync(file)).toEqual(before);
  expect(damagedCopies()).toEqual([]);
});

test('a database of a newer version is left alone', () => {
  project.run();
  const file = project.path('.testmondata');
  const newer = new Database(file);
  newer.pragma('user_version = 9999');
  newer.close();
  const before = fs.readFileSync(file);
  expectOneSentence(project.run([], { env: { TWO: '1' } }), /newer jest-testmon.*update/, 1);
  expect(fs.readFileSync(file)).toEqual(before);
});

test('a folder in the place of the database', () => {
  fs.mkdirSync(project.path('.testmondata'));
  expectOneSentence(project.run(), /\.testmondata.*TESTMON_DATAFILE/);
});

test('a database below what is no folder', () => {
  expectOneSentence(
    project.run([], { env: { TESTMON_DATAFILE: 'package.json/data' } }),
    /package\.json\/data.*TESTMON_DATAFILE/,
  );
});

test('damage that shows only when the run is committed: the run’s exit code stands', () => {
  project.run();
  const file = project.path('.testmondata');
  const bytes = fs.readFileSync(file);
  const damaged = new Database(file);
  // An index is read for writing alone.
  const { page } = damaged
    .prepare(
      "SELECT rootpage AS page FROM sqlite_schema WHERE name = 'sqlite_autoindex_run_1' OR tbl_name = 'run' ORDER BY type DESC",
    )
    .get() as { page: number };
  const size = damaged.pragma('page_size', { simple: true }) as number;
  damaged.close();
  bytes.fill(0x5a, (page - 1) * size, page * size);
  fs.writeFileSync(file, bytes);
  const said = expectOneSentence(
    project.run([], { env: { TWO: '1', TESTMON_NOSELECT: '1' } }),
    /is damaged; it was moved to/,
    1,
  );
  expect(said).toContain(damagedCopies()[0]);
  expect(project.run().ran).toEqual(BOTH);
});

/** Another process that keeps the database locked until it is ended. */
function holdLock(file: string): Promise<ChildProcess> {
  const script = `
    const db = new (require(${JSON.stringify(require.resolve(sqlitePackage()))}))(${JSON.stringify(file)});
    db.exec('BEGIN EXCLUSIVE');
    process.send('locked');
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve) => child.once('message', () => resolve(child)));
}

test('a database that another process keeps locked', async () => {
  project.run();
  const holder = await holdLock(project.path('.testmondata'));
  try {
    expectOneSentence(
      project.run([], { env: { TWO: '1' } }),
      /locked by another process.*run again/,
      1,
    );
  } finally {
    holder.kill('SIGKILL');
    await new Promise((resolve) => holder.once('exit', resolve));
  }
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
});

const ifForbidden = canHeedPermissions() ? test : test.skip;
const HEEDING = { heedsPermissions: true };

ifForbidden('a database that may not be read', () => {
  project.run();
  fs.chmodSync(project.path('.testmondata'), 0);
  expectOneSentence(project.run([], HEEDING), /cannot be (read|written).*(permissions|writable)/);
});

ifForbidden('a database and folder that may not be written select all the same', () => {
  project.run();
  project.edit('__tests__/two.test.js', "'two'", "'second'");
  fs.chmodSync(project.path('.testmondata'), 0o444);
  fs.chmodSync(project.root, 0o555);
  try {
    const { exitCode, ran, messages } = project.run([], HEEDING);
    expect({ exitCode, ran }).toEqual({ exitCode: 0, ran: ['__tests__/two.test.js'] });
    expect(messages.filter((message) => /cannot be written/.test(message))).toHaveLength(1);
  } finally {
    fs.chmodSync(project.root, 0o755);
  }
});

ifForbidden('a temporary folder that may not be written', () => {
  const closed = path.join(project.temporary, 'closed');
  fs.mkdirSync(closed);
  fs.chmodSync(closed, 0o555);
  const cache = path.join(project.temporary, 'cache');
  const result = project.run(['--cacheDirectory', cache], { env: { TMPDIR: closed }, ...HEEDING });
  expectOneSentence(result, /temporary folder cannot be written.*TMPDIR/);
});

test('a config that cannot be loaded shows Jest’s own message, unchanged', () => {
  for (const config of [
    "throw new Error('broken config');",
    'module.exports = {',
    "module.exports = { preset: 'none-such' };",
    "module.exports = { testEnvironment: 'no-such-environment' };",
  ]) {
    project.write({ 'jest.config.js': config });
    const bare = project.run([], { plain: true });
    const ours = project.run();
    expect(bare.exitCode).toBe(1);
    expect({ ...ours, stderr: withoutOurFrames(ours.stderr) }).toEqual({
      ...bare,
      stderr: withoutOurFrames(bare.stderr),
    });
    expect(fs.existsSync(project.path('.testmondata'))).toBe(false);
  }
});

test('what of the user’s cannot be loaded shows a stack without us', () => {
  project.write({
    'broken.js': "throw new Error('broken file');\n",
    'broken-later.js': "exports.process = () => require('./broken');\n",
  });
  for (const config of [
    "require('./broken');",
    "module.exports = { reporters: ['<rootDir>/broken.js'] };",
    "module.exports = { transform: { 'js$': '<rootDir>/broken.js' } };",
    "module.exports = { transform: { 'js$': '<rootDir>/broken-later.js' } };",
    "module.exports = { testEnvironment: '<rootDir>/broken.js' };",
  ]) {
    project.write({ 'jest.config.js': config });
    const { exitCode, stderr } = project.run();
    expect([config, exitCode, stderr]).toEqual([config, 1, expect.stringContaining('broken file')]);
    expect(stderr.split('\n').filter((line) => line.includes(path.dirname(ENTRY)))).toEqual([]);
  }
});

/** The message itself; below it Node's own frames tell through which file Jest was started. */
function withoutOurFrames(stderr: string): string {
  return stderr.replace(/^ +at .*\n?/gm, '').trim();
}

test('unknown values of options are named, and the defaults are used', () => {
  expectOneSentence(
    project.run([], { env: { TESTMON_TYPE_ERRORS: 'function' } }),
    /TESTMON_TYPE_ERRORS must be 'ignore' or 'select', not "function"/,
  );
  expectOneSentence(
    project.run(['--testmon-type-errors', 'line', '--testmon-noselect']),
    /--testmon-type-errors must be/,
  );
  expectOneSentence(
    project.run([], { env: { TESTMON_NOSELECT: 'perhaps', TESTMON_DATAFILE: 'new' } }),
    /TESTMON_NOSELECT must be 0 or 1/,
    0,
  );
});

test('an option of ours that does not exist is an error before anything runs', () => {
  const { exitCode, ran, stderr } = project.run(['--testmon-nosuch']);
  expect({ exitCode, ran }).toEqual({ exitCode: 2, ran: [] });
  expect(stderr).toContain('--testmon-nosuch');
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('a run file that never appears: the environment alone says so and the tests run', () => {
  const environment = path.join(
    path.dirname(require.resolve('../../package.json')),
    process.env.TESTMON_DIST ?? 'dist',
    'jest/environment.js',
  );
  project.write({
    'jest.config.js': `module.exports = { transform: {}, testEnvironment: ${JSON.stringify(environment)} };`,
  });
  const nowhere = project.path('nowhere/run.json');
  expectOneSentence(
    project.run(['--runInBand'], { plain: true, env: { TESTMON_RUN_FILE: nowhere } }),
    new RegExp(`run file ${nowhere}.*globalSetup`),
  );
  // Not even announced: no wait either.
  expectOneSentence(
    project.run(['--runInBand'], { plain: true }),
    /no run file was announced.*globalSetup/,
  );
  // One that others could have written is not even read.
  const announced = project.path('private/run.json');
  fs.mkdirSync(path.dirname(announced), { mode: 0o700 });
  fs.writeFileSync(announced, '{"version":', { mode: 0o600 });
  expectOneSentence(
    project.run(['--runInBand'], {
      plain: true,
      env: { TESTMON_RUN_FILE: announced },
    }),
    /not readable as JSON/,
  );
  fs.writeFileSync(announced, '{"version":99}');
  expectOneSentence(
    project.run(['--runInBand'], {
      plain: true,
      env: { TESTMON_RUN_FILE: announced },
    }),
    /another version of jest-testmon/,
  );
  expect(fs.existsSync(project.path('.testmondata'))).toBe(false);
});

test('a temporary folder that is none', () => {
  project.write({ 'no-folder': '' });
  const env = { TMPDIR: project.path('no-folder') };
  // Jest keeps its own cache elsewhere, or it could not run either.
  const result = project.run(['--cacheDirectory', path.join(project.temporary, 'cache')], { env });
  expectOneSentence(result, /temporary folder cannot be written.*TMPDIR/);
});

test('outside any project, Jest’s own message and exit code stand', () => {
  project.write({ 'package.json': null, 'jest.config.js': null });
  const bare = project.run([], { plain: true });
  const ours = project.run();
  expect(ours.exitCode).toBe(bare.exitCode);
  expect(withoutOurFrames(ours.stderr).split('\n')[0]).toBe(
    withoutOurFrames(bare.stderr).split('\n')[0],
  );
});

test('SQLite that was installed without being built: one sentence says how to fix it, and everything runs', () => {
  // As a package manager leaves it that runs no install scripts.
  const own = path.join(path.dirname(project.root), 'own');
  fs.cpSync(path.dirname(ENTRY), path.join(own, 'dist'), { recursive: true });
  const packages = path.resolve(__dirname, '../../node_modules');
  const sqlite = sqlitePackage();
  fs.cpSync(path.join(packages, sqlite), path.join(own, 'node_modules', sqlite), {
    recursive: true,
    filter: (file) => !/better-sqlite3[^\\/]*[\\/](build|prebuilds|deps)$/.test(file),
  });
  for (const name of fs.readdirSync(packages))
    if (!name.startsWith('better-sqlite3'))
      fs.symlinkSync(path.join(packages, name), path.join(own, 'node_modules', name));
  const entry = JSON.stringify(path.join(own, 'dist/index.js'));
  project.write({
    'jest.config.js': `module.exports = require(${entry}).withTestmon({ transform: {} });`,
  });
  const told =
    /^The package better-sqlite3\S* has no binary for Node .* run "npm rebuild better-sqlite3/;
  for (let round = 0; round < 2; round += 1) {
    const run = project.run([], { plain: true });
    expect(expectOneSentence(run, told)).toMatch(/ Everything runs and nothing is recorded\.$/);
  }
  const { stdout, status } = spawnSync(
    process.execPath,
    [path.join(own, 'dist/cli.js'), 'doctor', '--json'],
    { cwd: project.root, env: project.environment(), encoding: 'utf8' },
  );
  expect(status).toBe(1);
  expect(stdout).toContain('"fix": "run \\"npm rebuild better-sqlite3');
});
