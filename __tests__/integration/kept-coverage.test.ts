import { afterEach, describe, expect, jest, test } from '@jest/globals';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Database } from '../sqlite';
import { ARGS, compare, compareWith, config, make, replace, reportIn } from './covered';
import type { Project } from './harness';

jest.setTimeout(600_000);

const scratch: string[] = [];
afterEach(() => scratch.splice(0).forEach((folder) => fs.rmSync(folder, { recursive: true })));

const FLAGGED = '__tests__/flagged.test.js';
const PLAIN = '__tests__/plain.test.js';

/**
 * A project whose transformer writes down what it is asked for, and puts what other files say into the sources that
 * name them.
 */
function withTransformer(): { project: Project; asked: () => string[] } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kept-coverage-'));
  scratch.push(folder);
  const log = path.join(folder, 'log');
  const project = make({
    ...config({
      transform: { '\\.js$': '<rootDir>/transformer.js' },
      collectCoverageFrom: ['src/**', '!src/apart.js'],
    }),
    'transformer.js': `
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const read = (name) => fs.readFileSync(path.join(__dirname, name), 'utf8');
const filled = (code) =>
  code
    .replace('FLAG', () => read('flag.txt'))
    .replace('OTHER', () => read('other.txt'))
    .replace('MODE', () => process.env.MODE ?? 'a');
module.exports = {
  getCacheKey(code, file, { configString, instrument }) {
    fs.appendFileSync(${JSON.stringify(log)}, path.relative(__dirname, file) + '\\n');
    return createHash('sha1').update(JSON.stringify([filled(code), file, configString, instrument])).digest('hex');
  },
  process: (code) => ({ code: filled(code) }),
};`,
    'flag.txt': 'a ? 1 : 2',
    'other.txt': 'a && 2',
    'src/flagged.js': 'exports.flagged = (a) => FLAG;\nexports.never = (a) => a || 1;\n',
    'src/plain.js': 'exports.plain = (a) => { if (a) { return 1; } return 2; };\n',
    'src/apart.js': 'exports.apart = () => 1;\n',
    // Nothing loads these.
    'src/untested/one.js': 'exports.one = (a) => OTHER;\n',
    'src/untested/two.js': 'exports.two = (a = 1) => { if (a) a += 1; return MODE; };\n',
    [FLAGGED]: `test('it', () => { expect(require('../src/flagged').flagged(1)).toBe(1); });`,
    [PLAIN]: `
const { plain } = require('../src/plain');
require('../src/apart').apart();
test('it', () => { expect(plain(1)).toBe(1); });`,
  });
  const asked = () => {
    const names = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').split('\n') : [];
    fs.rmSync(log, { force: true });
    return [...new Set(names)].filter((name) => name !== '').sort();
  };
  return { project, asked };
}

/** Runs with selection: what ran, and which files the transformer was asked for. */
function run(project: Project, asked: () => string[], args: string[] = [], env = {}) {
  asked();
  const { ran } = project.run(['--coverage', '-i', ...args], { env });
  return { ran, asked: asked() };
}

function change(project: Project, sql: string): void {
  const db = new Database(project.path('.testmondata'));
  db.exec(sql);
  db.close();
}

const NOTHING = { ran: [], asked: [] };

describe('a run with coverage of which nothing is affected', () => {
  test('transforms nothing that it knows, and what it does not know', () => {
    const { project, asked } = withTransformer();
    expect(compare(project).ran).toEqual([FLAGGED, PLAIN]);
    // Now it learns what the files are to a report.
    expect(compare(project).ran).toEqual([]);
    expect(run(project, asked)).toEqual(NOTHING);
    expect(compare(project).ran).toEqual([]);

    // One that a test file loads, and one that none does.
    replace(project, 'src/flagged.js', ['a || 1', 'a || 1 || 2']);
    replace(project, 'src/untested/two.js', ['a += 1', 'a = a > 2 ? 4 : 5']);
    expect(compare(project).ran).toEqual([]);
    expect(run(project, asked)).toEqual(NOTHING);
    // A new one.
    project.write({ 'src/untested/three.js': 'exports.three = () => 3;\n' });
    expect(compare(project).ran).toEqual([]);
    project.write({ 'src/untested/three.js': null });
    expect(compare(project).ran).toEqual([]);
    expect(run(project, asked)).toEqual(NOTHING);
  });

  test('heeds what a transformer read', () => {
    const { project, asked } = withTransformer();
    compare(project);
    expect(compare(project).ran).toEqual([]);
    // For a file that no test file loads.
    project.write({ 'other.txt': 'a && (a ? 2 : 3)' });
    expect(run(project, asked)).toEqual({ ran: [], asked: ['src/untested/one.js'] });
    expect(compare(project).ran).toEqual([]);
    // For one that a test file loads, there and back again.
    for (const flag of ['a ? (a ? 1 : 3) : 2', 'a ? 1 : 2']) {
      project.write({ 'flag.txt': flag });
      compare(project);
      expect(compare(project).ran).toEqual([]);
      expect(run(project, asked)).toEqual(NOTHING);
    }
    const env = { MODE: 'a ? 7 : 8' };
    compareWith(env, project);
    expect(compareWith(env, project).ran).toEqual([]);
    expect(run(project, asked, [], env)).toEqual(NOTHING);
    compare(project);
    expect(compare(project).ran).toEqual([]);
  });

  test('heeds which files a report covers, and what Jest is told of its cache', () => {
    const { project, asked } = withTransformer();
    compare(project);
    expect(compare(project).ran).toEqual([]);
    replace(project, 'jest.config.js', [',"!src/apart.js"', ',"!src/untested/one.js"']);
    // What it covers of that file is not recorded.
    expect(compare(project).ran).toEqual([PLAIN]);
    expect(compare(project).ran).toEqual([]);
    expect(run(project, asked)).toEqual(NOTHING);
    expect(run(project, asked, ['--coverageDirectory=elsewhere'])).toEqual(NOTHING);
    expect(run(project, asked, ['--no-cache']).asked).toContain('src/plain.js');
  });

  test.each([
    ['bytes that are flipped', 'UPDATE covered_file SET content = zeroblob(length(content))'],
    [
      'content of another file',
      'UPDATE covered_file SET content = (SELECT content FROM covered_file LIMIT 1)',
    ],
    ['nothing', 'DELETE FROM covered_file'],
  ])('transforms anew what it finds damaged: %s', (_what, sql) => {
    const { project, asked } = withTransformer();
    compare(project);
    expect(compare(project).ran).toEqual([]);
    change(project, sql);
    expect(run(project, asked).asked).toContain('src/plain.js');
    expect(compare(project).ran).toEqual([]);
    expect(run(project, asked)).toEqual(NOTHING);
  });

  test('is reported by a command that transforms nothing, also on a machine with a merged database', () => {
    const { project, asked } = withTransformer();
    compare(project);
    expect(compare(project).ran).toEqual([]);
    const report = () => {
      asked();
      fs.rmSync(project.path('coverage'), { recursive: true });
      expect(project.run(['coverage', ...ARGS]).exitCode).toBe(0);
      expect(reportIn(project, 'coverage')).toEqual(reportIn(project, 'bare'));
      return asked();
    };
    expect(report()).toEqual([]);
    fs.renameSync(project.path('.testmondata'), project.path('shard.testmondata'));
    expect(project.run(['merge', 'shard.testmondata']).exitCode).toBe(0);
    expect(report()).toEqual([]);
  });

  test('covers a file that nothing loads as Jest does, beside test files that run', () => {
    const { project } = withTransformer();
    compare(project);
    expect(compare(project).ran).toEqual([]);
    // A test file that runs loads it now.
    project.write({
      [PLAIN]: `test('it', () => { require('../src/untested/two').two(); require('../src/plain'); });`,
    });
    expect(compare(project).ran).toEqual([PLAIN]);
    expect(compare(project).ran).toEqual([]);
    project.write({ [PLAIN]: `test('it', () => { require('../src/plain'); });` });
    expect(compare(project).ran).toEqual([PLAIN]);
  });
});
