import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
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
