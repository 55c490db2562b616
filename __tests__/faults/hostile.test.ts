import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project } from '../integration/harness';
import { sql } from '../store/helpers';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const FILES = {
  'jest.config.js': 'module.exports = { transform: {} };',
  'src/one.js': 'exports.one = () => 1;\n',
  'data.json': '{"one":1}',
  '__tests__/one.test.js': `
const text = require('fs').readFileSync(require('path').join(__dirname, '../data.json'), 'utf8');
test('one', () => { expect(require('../src/one').one()).toBe(JSON.parse(text).one); });\n`,
};
const ONE = ['__tests__/one.test.js'];

/** Every file below a folder, with its content's size and times. */
function stateOf(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true }).map((name) => {
    const { size, mtimeMs, mode } = fs.lstatSync(path.join(folder, String(name)));
    return `${String(name)} ${size} ${mtimeMs} ${mode}`;
  });
}

test('a database from someone else, whose names climb out, makes nothing outside of the project happen', () => {
  project = new Project(FILES);
  const outside = path.join(path.dirname(project.root), 'outside');
  fs.mkdirSync(outside);
  const ran = path.join(path.dirname(project.root), 'ran');
  const trap = `require('fs').writeFileSync(${JSON.stringify(ran)}, '');\n`;
  for (const name of ['evil.js', 'evil.test.js', 'babel.config.js', '.babelrc.js', 'package.json'])
    fs.writeFileSync(path.join(outside, name), name === 'package.json' ? '{}' : trap);
  // Who reads from it waits for ever.
  const pipe = path.join(outside, 'pipe');
  if (process.platform !== 'win32') spawnSync('mkfifo', [pipe]);
  const before = stateOf(outside);
  const climbing = '../outside';
  project.run(['--runInBand']);
  const recorded = fs.readFileSync(project.path('.testmondata'));
  for (const change of [
    `UPDATE dependency SET name = '${climbing}/pipe' WHERE kind = 'pragmas'`,
    `UPDATE dependency SET name = '../../../../../../../../dev/zero' WHERE kind IN ('file', 'pragmas')`,
    `UPDATE OR IGNORE dependency SET kind = 'package', name = '${climbing}'`,
    `UPDATE OR IGNORE dependency SET kind = 'listing', name = '../../../../../../../../proc'`,
    `UPDATE file_version SET path = '${climbing}/evil.js' WHERE path = 'src/one.js'`,
    `UPDATE file_version SET path = '${climbing}/pipe' WHERE path = 'src/one.js'`,
    `UPDATE test_file SET path = '${climbing}/evil.test.js'`,
    `UPDATE test_file SET path = '''; DROP TABLE record; --'`,
    `INSERT OR REPLACE INTO note VALUES ('store:clock', '9e99')`,
  ]) {
    fs.writeFileSync(project.path('.testmondata'), recorded);
    sql(project.path('.testmondata'), (db) => {
      db.pragma('foreign_keys = OFF');
      db.exec(change);
    });
    const { exitCode, stderr } = project.run(['--runInBand']);
    expect([change, exitCode, stderr]).toEqual([change, 0, stderr]);
    expect(stderr).not.toMatch(/^\s+at .*dist/m);
    expect([change, stateOf(outside), fs.existsSync(ran)]).toEqual([change, before, false]);
  }
  project.edit('src/one.js', '1', '2');
  expect(project.run(['--runInBand'])).toMatchObject({ exitCode: 1, ran: ONE });
});

describe('a database with what jest-testmon never writes', () => {
  test.each([
    [
      'a view that never ends',
      `CREATE VIEW v AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n`,
      'view "v"',
    ],
    [
      'a computed column',
      `ALTER TABLE note ADD COLUMN more ANY AS (zeroblob(1000000000))`,
      'table "note"',
    ],
    ['a huge text', `UPDATE test SET name = printf('%.*c', 70000000, '[')`, '"test.name"'],
    ['a huge BLOB', `UPDATE record SET blocks = zeroblob(70000000)`, '"record.blocks"'],
  ])(
    'is called what it is by every command, and moved aside by a run: %s',
    (_what, change, part) => {
      project = new Project(FILES);
      const file = project.path('.testmondata');
      project.run(['--runInBand']);
      sql(file, (db) => {
        db.pragma('foreign_keys = OFF');
        db.exec(change);
      });
      const before = fs.statSync(file);
      for (const args of [
        ['status'],
        ['why', 'one'],
        ['impact', 'src/one.js'],
        ['coverage'],
        ['report'],
        ['doctor'],
      ]) {
        const { exitCode, stdout, stderr } = project.run(args);
        const said = stdout + stderr;
        expect([args, said]).toEqual([
          args,
          expect.stringContaining('is not as jest-testmon makes it'),
        ]);
        expect(said).toContain(part);
        expect(said).not.toMatch(/damaged|^\s+at /m);
        if (args[0] !== 'report') expect([args, exitCode]).toEqual([args, 1]);
      }
      const merged = project.run(['merge', '--into', 'merged.db', '.testmondata']);
      expect(merged.exitCode).not.toBe(0);
      expect(merged.stderr).toContain('is not as jest-testmon makes it');
      expect(fs.existsSync(project.path('merged.db'))).toBe(false);
      expect(fs.statSync(file)).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs });

      const run = project.run(['--runInBand']);
      expect(run).toMatchObject({ exitCode: 0, ran: ONE });
      expect(run.messages[0]).toMatch(
        /^the database .* is not as jest-testmon makes it \(.*\); it was moved to .*\.altered-\w+, and everything runs/,
      );
      expect(project.run(['--runInBand']).ran).toEqual([]);
    },
  );
});

/** What may stand at the path of the database, and how it comes there. Who reads from one of these waits for ever. */
const NO_DATABASES: Record<string, (file: string) => void> = {
  'a pipe': (file) => spawnSync('mkfifo', [file]),
  'a link to a device': (file) => fs.symlinkSync('/dev/zero', file),
  'a link to itself': (file) => fs.symlinkSync(file, file),
  'a socket': (file) =>
    spawnSync(process.execPath, [
      '-e',
      "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'));",
      file,
    ]),
  'a folder': (file) => fs.mkdirSync(file),
};

const onUnix = process.platform === 'win32' ? describe.skip : describe;

onUnix('where the database should be there is something else', () => {
  test.each(Object.entries(NO_DATABASES))('every command says so and ends: %s', (_what, make) => {
    project = new Project(FILES);
    const file = project.path('.testmondata');
    make(file);
    const before = fs.lstatSync(file).mode;
    const shared = `--testmon-shared=file://${project.temporary}/shared`;
    for (const args of [
      ['--runInBand'],
      ['status'],
      ['why', 'one'],
      ['impact', 'src/one.js'],
      ['coverage'],
      ['report'],
      ['flaky'],
      ['summary'],
      ['merge', '--into', 'merged.db', '.testmondata'],
      ['pull', shared],
      ['push', shared],
    ]) {
      const { exitCode, stdout, stderr } = project.run(args);
      const isFine = args[0] === '--runInBand' || args[0] === 'report';
      expect([args, exitCode]).toEqual([args, isFine ? 0 : 1]);
      const said = stdout + stderr;
      expect(said.match(/The database \S+ cannot be/g)).toHaveLength(1);
      expect(said).not.toMatch(/^\s+at |EISDIR|SQLITE/m);
    }
    expect(fs.lstatSync(file).mode).toBe(before);
  });
});

test('a fault of jest-testmon is no damage: one sentence, everything runs, and the database stays', () => {
  project = new Project({
    ...FILES,
    // A statement that cannot be prepared stands for any fault.
    'fault.cjs': `const { dirname } = require('path');
const Module = require('module');
const load = Module._load;
const seen = new Set();
Module._load = function (request, ...rest) {
  const loaded = Reflect.apply(load, this, [request, ...rest]);
  if (/^better-sqlite3/.test(request) && typeof loaded === 'function' && !seen.has(loaded)) {
    seen.add(loaded);
    const { prepare } = loaded.prototype;
    loaded.prototype.prepare = function (sql) {
      if (process.env.FAULT && new RegExp(process.env.FAULT).test(sql)) throw new TypeError('planted');
      return Reflect.apply(prepare, this, [sql]);
    };
  }
  return loaded;
};`,
  });
  const file = project.path('.testmondata');
  project.run(['--runInBand']);
  project.edit('src/one.js', '=> 1', '=> 1 + 0');
  const records = () => sql(file, (db) => db.prepare('SELECT id, hash FROM record').all());
  const before = records();
  const names = () =>
    fs.readdirSync(project.root).filter((name) => name.startsWith('.testmondata'));
  for (const FAULT of ['INSERT INTO record', 'FROM record']) {
    const env = { FAULT, NODE_OPTIONS: `--require ${project.path('fault.cjs')}` };
    const { exitCode, ran, messages, stderr } = project.run(['--runInBand'], { env });
    expect([FAULT, exitCode, ran]).toEqual([FAULT, 0, ONE]);
    const said = messages.filter((message) => message.includes('This is a fault of jest-testmon'));
    expect(said.length).toBeGreaterThan(0);
    for (const message of said)
      expect(message).toContain('failed (planted), so it was left as it is');
    expect(stderr).not.toMatch(/damaged|^\s+at .*dist/m);
    expect([names(), records()]).toEqual([['.testmondata'], before]);
  }
  expect(project.run(['--runInBand']).ran).toEqual(ONE);
});
