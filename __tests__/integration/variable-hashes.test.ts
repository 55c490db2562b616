import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { sql } from '../store/helpers';
import { canHeedPermissions, Project } from './harness';

jest.setTimeout(300_000);

const PIN = '4711';
const ONE = './one.test.js';
const FILES = {
  'jest.config.js': "module.exports = { transform: { '\\\\.js$': './transformer.js' } };",
  'transformer.js': `exports.isLocked = process.env.CONFIG_PIN === '0000';
exports.process = (code) => ({ code: code + '//' + process.env['TOOL' + '_PIN'] });`,
  'one.test.js': `const { execFileSync } = require('node:child_process');
test('one', () => {
  expect([process.env.PIN, { ...process.env }.OTHER_PIN]).not.toBe(null);
  execFileSync(process.execPath, ['-p', 'process.env.CHILD_PIN']);
});`,
  'two.test.js': "test('two', () => {});",
};
const NAMES = ['PIN', 'OTHER_PIN', 'CHILD_PIN', 'TOOL_PIN', 'CONFIG_PIN'];
const PINS = Object.fromEntries(NAMES.map((name) => [name, PIN]));

let project: Project;
let env: NodeJS.ProcessEnv;
/** Variables of another machine on which the same is done. */
const machine = (name: string): NodeJS.ProcessEnv => ({
  ...env,
  XDG_STATE_HOME: path.join(project.temporary, name),
});
const hashesOf = (name: string): string[] => {
  const folder = path.join(project.temporary, name, 'jest-testmon/hashes');
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
};
beforeEach(() => {
  project = new Project(FILES);
  env = PINS;
});
afterEach(() => project.remove());

interface Value {
  name: string;
  value: string;
}
const recorded = (file = '.testmondata'): Value[] =>
  sql(project.path(file), (db) =>
    db
      .prepare<[], Value>(
        "SELECT name, value FROM dependency WHERE kind = 'variable' AND name <> ''",
      )
      .all(),
  );
const environments = (): string[] =>
  sql(project.path('.testmondata'), (db) =>
    db.prepare<[], string>('SELECT hash FROM environment').pluck().all(),
  );

/** All that can be made fast of a text. */
function fastHashes(text: string): string[] {
  return ['sha1', 'sha256', 'sha512', 'md5'].flatMap((algorithm) => {
    const digest = createHash(algorithm).update(text).digest();
    return [digest.toString('hex'), digest.toString('base64url')];
  });
}

/** What anybody tries who has the file and guesses that a value has four digits. */
function foundByTrying(texts: readonly string[]): string[] {
  const starts = new Set(texts.map((text) => text.replace(/^.*:/, '').slice(0, 16)));
  const found: string[] = [];
  for (let digits = 0; digits < 10_000; digits += 1) {
    const value = String(digits).padStart(4, '0');
    for (const text of [value, `=${value}`, ...NAMES.map((name) => `${name}\0${value}`)])
      for (const hash of fastHashes(text)) if (starts.has(hash.slice(0, 16))) found.push(value);
  }
  return found;
}

describe('values of environment variables', () => {
  test('cannot be found by trying fast hashes, whoever asked for them', () => {
    expect(project.run([], { env })).toMatchObject({ exitCode: 0 });
    const values = recorded();
    const pins = values.filter(({ name }) => NAMES.includes(name));
    expect(pins.map(({ name }) => name).sort()).toEqual(NAMES.slice().sort());
    expect(pins.filter(({ value }) => !/^s1:[\w-]{22}$/.test(value))).toEqual([]);
    // Equal values are not seen to be equal.
    expect(new Set(pins.map(({ value }) => value)).size).toBe(pins.length);
    expect(foundByTrying(values.map(({ value }) => value))).toEqual([]);
    // All that the environment's hash is made of is known but for one value.
    expect(environments().filter((hash) => !hash.startsWith('s1:'))).toEqual([]);
  });

  test('select when they change, and not when they change back', () => {
    const run = (changed: NodeJS.ProcessEnv) =>
      project.run([], { env: { ...env, ...changed } }).ran;
    expect(run({})).toEqual([ONE, './two.test.js']);
    expect(run({})).toEqual([]);
    for (const name of ['PIN', 'CHILD_PIN'])
      expect([name, run({ [name]: '4712' })]).toEqual([name, [ONE]]);
    expect(run({})).toEqual([]);
    expect(run({ PIN: undefined })).toEqual([ONE]);
    expect(run({ PIN: '' })).toEqual([ONE]);
    for (const name of ['TOOL_PIN', 'CONFIG_PIN'])
      expect([name, run({ [name]: '4712' })]).toEqual([name, [ONE, './two.test.js']]);
  });

  test('compare between machines, and merge', () => {
    project.run([], { env: machine('first') });
    expect(project.run([], { env: machine('second') }).ran).toEqual([]);
    const second = { ...machine('second'), TESTMON_DATAFILE: 'second.db' };
    expect(project.run([], { env: second }).ran).toEqual([ONE, './two.test.js']);
    const sorted = (file?: string) =>
      recorded(file)
        .map(({ name, value }) => `${name} ${value}`)
        .sort();
    const pins = (file?: string) => sorted(file).filter((line) => /^\w*PIN /.test(line));
    expect(pins('second.db')).toEqual(pins());
    const { stdout } = project.run(['merge', 'second.db']);
    expect(stdout).toContain('holds 2 records of 2 test files');
    expect(project.run([], { env: machine('third') }).ran).toEqual([]);
  });

  test('that an earlier version kept a fast hash of still count', () => {
    project.run([], { env });
    sql(project.path('.testmondata'), (db) => {
      const fast = createHash('sha1').update(`=${PIN}`).digest('hex').slice(0, 16);
      db.prepare(
        "UPDATE dependency SET value = ? WHERE kind = 'variable' AND name LIKE '%PIN'",
      ).run(fast);
    });
    expect(project.run([], { env }).ran).toEqual([]);
    expect(project.run([], { env: { ...env, PIN: '4712' } }).ran).toEqual([ONE]);
  });
});

describe('the hashes that a machine keeps', () => {
  test('are made once, are private, and tell nothing', () => {
    project.run([], { env: machine('first') });
    const kept = hashesOf('first');
    expect(kept.length).toBeGreaterThanOrEqual(NAMES.length);
    const folder = path.join(project.temporary, 'first/jest-testmon');
    const files = [folder, path.join(folder, 'secret'), path.join(folder, 'hashes')];
    if (process.platform !== 'win32')
      expect(files.map((file) => (fs.statSync(file).mode & 0o077).toString(8))).toEqual([
        '0',
        '0',
        '0',
      ]);
    expect(foundByTrying(kept)).toEqual([]);
    const times = () =>
      hashesOf('first').map((name) => [
        name,
        fs.statSync(path.join(folder, 'hashes', name)).mtimeMs,
      ]);
    const before = times();
    project.run(['--testmon-noselect'], { env: machine('first') });
    expect(times()).toEqual(before);
  });

  test('are not believed when they come from another machine', () => {
    project.run([], { env: machine('first') });
    const restored = path.join(project.temporary, 'restored');
    fs.cpSync(path.join(project.temporary, 'first'), restored, { recursive: true });
    // One who knows the secret could say that any value is the recorded one.
    const folder = path.join(restored, 'jest-testmon/hashes');
    const [some = ''] = recorded()
      .filter(({ name }) => name === 'PIN')
      .map(({ value }) => value);
    for (const name of fs.readdirSync(folder)) fs.writeFileSync(path.join(folder, name), some);
    const before = hashesOf('restored').length;
    expect(project.run([], { env: machine('restored') }).ran).toEqual([]);
    expect(hashesOf('restored').length).toBeGreaterThan(before);
  });

  test.each([
    [
      'is damaged',
      (folder: string) => {
        for (const name of fs.readdirSync(folder)) fs.writeFileSync(path.join(folder, name), 's1:');
      },
    ],
    ['has no secret any more', (folder: string) => fs.rmSync(path.join(folder, '../secret'))],
    [
      'has an empty secret',
      (folder: string) => fs.writeFileSync(path.join(folder, '../secret'), ''),
    ],
    ['can be read by others', (folder: string) => fs.chmodSync(path.dirname(folder), 0o755)],
    [
      'is a file',
      (folder: string) => {
        fs.rmSync(folder, { recursive: true });
        fs.writeFileSync(folder, '');
      },
    ],
  ])('cost time alone where what keeps them %s', (_what, harm) => {
    project.run([], { env: machine('first') });
    harm(path.join(project.temporary, 'first/jest-testmon/hashes'));
    const { ran, exitCode, stderr } = project.run([], { env: machine('first') });
    expect({
      ran,
      exitCode,
      said: /testmon: .*(hash|secret|cannot|could not)/.exec(stderr),
    }).toEqual({ ran: [], exitCode: 0, said: null });
    expect(project.run([], { env: { ...machine('first'), PIN: '1' } }).ran).toEqual([ONE]);
  });

  (canHeedPermissions() ? test : test.skip)(
    'are kept for a run alone where no home can be written',
    () => {
      const home = path.join(project.temporary, 'home');
      fs.mkdirSync(home, { mode: 0o555 });
      const homeless = { ...env, HOME: home, XDG_STATE_HOME: '', XDG_CACHE_HOME: '' };
      const run = () => project.run([], { env: homeless, heedsPermissions: true });
      expect(run()).toMatchObject({ exitCode: 0, ran: [ONE, './two.test.js'] });
      expect(run()).toMatchObject({ exitCode: 0, ran: [] });
      expect(fs.readdirSync(home)).toEqual([]);
      expect(project.leftovers()).toEqual([]);
    },
  );
});
