import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Project } from './harness';

jest.setTimeout(120_000);

const LONG = `// ${'x'.repeat(2_000)}\n`;

/** An `import()` of a text that becomes code fails in plain Jest from the third test file on: V8 keeps that code itself. */
const LATER = ["() => import('./late.mjs')", "() => import/* here */('./late.mjs')"];

/** Each takes down what it saw, for the test files of one process load the same modules. */
const TEST_FILE = `
const fs = require('fs');
const see = (seen) => fs.appendFileSync(process.env.SEEN_IN, JSON.stringify(seen) + '\\n');
test('sees', async () => {
  const { position, text, own, realm } = require('./shared');
  const changing = fs.readFileSync(__dirname + '/changing.js', 'utf8');
  const { version } = require('./changing');
  const count = Number(fs.readFileSync(__dirname + '/count', 'utf8')) + 1;
  fs.writeFileSync(__dirname + '/count', String(count));
  // The same text four times, then another of the same length.
  if (count === 4) fs.writeFileSync(__dirname + '/changing.js', changing.replace('first', 'other'));
  const late = [];
  for (const nth of ${JSON.stringify(LATER.map((_, nth) => nth))}) {
    try { late.push((await require('./later-' + nth).later()).name); } catch (error) { late.push('failed'); }
  }
  const { compileFunction } = require('vm');
  const others = [() => compileFunction(1), () => compileFunction('return 1')(), () => compileFunction('return 1', null), () => compileFunction('return 1', [], null)].map((ask) => {
    try { return ask(); } catch (error) { return error.message; }
  });
  see({ others, position: position(), text, own: own(), realm: realm === Function, current: changing.includes(version), late });
});
`;

const FILES = {
  'jest.config.js': 'module.exports = {};',
  count: '0',
  'shared.js': `exports.kept = arguments.callee.cachedDataRejected === false;
exports.position = () => new Error().stack.split('\\n')[1]; exports.text = String(exports.position);
exports.own = () => require('path').basename(__filename);
exports.realm = (() => 1).constructor;
if (process.env.KEPT_IN) require('fs').appendFileSync(process.env.KEPT_IN, String(exports.kept) + '\\n');
${LONG}`,
  'changing.js': `exports.version = 'first';\n${LONG}`,
  'late.mjs': "export const name = 'late';",
  ...Object.fromEntries(
    LATER.map((how, nth) => [`later-${nth}.js`, `exports.later = ${how};\n${LONG}`]),
  ),
  ...Object.fromEntries(Array.from({ length: 7 }, (_, nth) => [`test-${nth}.test.js`, TEST_FILE])),
};

describe('modules compiled again and again', () => {
  let project: Project;
  beforeEach(() => {
    project = new Project(FILES);
  });
  afterEach(() => project.remove());

  /** What seven test files of one process saw. */
  const seen = (plain: boolean, env: NodeJS.ProcessEnv): string[] => {
    const file = project.path('seen');
    project.write({ seen: null, count: '0', 'changing.js': FILES['changing.js'] });
    const { exitCode, passed } = project.run(
      plain ? ['--runInBand'] : ['--runInBand', '--testmon-noselect'],
      { plain, env: { SEEN_IN: file, ...env } },
    );
    expect([exitCode, passed.length]).toEqual([0, 7]);
    return fs.readFileSync(file, 'utf8').trim().split('\n');
  };

  test.each([
    ['with modules of ECMAScript', '--experimental-vm-modules'],
    ['without', ''],
  ])('are what they would be: positions, texts, imports, changes, %s', (_, NODE_OPTIONS) => {
    const bare = seen(true, { NODE_OPTIONS });
    expect(new Set(bare).size).toBe(1);
    expect(JSON.parse(bare[0] ?? '')).toMatchObject({
      current: true,
      late: LATER.map(() => (NODE_OPTIONS === '' ? 'failed' : 'late')),
    });
    expect(seen(false, { NODE_OPTIONS })).toEqual(bare);
  });
});

describe('a module that Jest 30 compiles for the third time', () => {
  let project: Project;
  beforeEach(() => {
    project = new Project(FILES);
  });
  afterEach(() => project.remove());

  const kept = (args: string[] = [], env: NodeJS.ProcessEnv = {}): string[] => {
    const file = project.path('kept');
    project.write({ kept: null, count: '0' });
    const run = project.run(['--runInBand', '--testmon-noselect', ...args], {
      env: { KEPT_IN: file, SEEN_IN: project.path('seen'), ...env },
    });
    expect([run.exitCode, run.passed.length]).toEqual([0, 7]);
    return fs.readFileSync(file, 'utf8').trim().split('\n');
  };

  test('is not compiled any more', () => {
    expect(kept()).toEqual(['false', 'false', 'true', 'true', 'true', 'true', 'true']);
  });

  const never = Array.from({ length: 7 }, () => 'false');

  test('is, where V8 itself says what ran, or Node is told to keep nothing', () => {
    expect(kept(['--coverage', '--coverageProvider=v8'])).toEqual(never);
    expect(kept([], { NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(never);
  });
});
