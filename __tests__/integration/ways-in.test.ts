import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Project, type Files, type RunResult } from './harness';
import { inTurns } from '../turns';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const DIST = path.resolve(__dirname, '../..', process.env.TESTMON_DIST ?? 'dist');
const PLUS = '__tests__/plus.test.js';
const MINUS = '__tests__/minus.test.js';

const FILES: Files = {
  'src/sign.js':
    "exports.sign = (positive) => {\n  if (positive) { return 'plus'; }\n  return positive === false ? 'minus' : 'none';\n};\n",
  [PLUS]:
    "const { sign } = require('../src/sign');\nconsole.log('plus is entered');\ntest('plus', () => { expect(sign(true)).toBe('plus'); });\n",
  [MINUS]:
    "const { sign } = require('../src/sign');\ndescribe('all', () => { test('minus', () => { expect(sign(false)).toBe('minus'); }); test.todo('more'); });\n",
};

const configs: Record<string, Files> = {
  'a CommonJS config': {
    'jest.config.js': `const { withTestmon } = require(${JSON.stringify(`${DIST}/index.js`)});\nmodule.exports = withTestmon({ transform: {} });`,
  },
  'an ES module, with a function and options': {
    'jest.config.mjs': `import testmon from ${JSON.stringify(`${DIST}/index.js`)};\nexport default testmon.withTestmon(async () => ({ transform: {} }), { dataFile: 'data/records' });`,
  },
};

test.each(inTurns(Object.keys(configs), ['jest', 'jest29']))(
  'withTestmon in %s and plain %s',
  (name, version) => {
    project = new Project({ ...FILES, ...configs[name] }, { jest: version });
    const plain = { plain: true };
    const first = project.run([], plain);
    expect(first).toMatchObject({ exitCode: 0, ran: [MINUS, PLUS] });
    expect(first.messages).toEqual([
      'nothing is recorded yet in this environment: 2 test files to run and record.',
    ]);
    const nothing = project.run([], plain);
    expect(nothing).toMatchObject({ exitCode: 0, ran: [] });
    expect(nothing.messages).toEqual([
      'nothing affected: all 2 test files are unchanged since they passed.',
    ]);
    project.edit('src/sign.js', "'plus'", "'wrong'");
    expect(project.run([], plain)).toMatchObject({ exitCode: 1, failed: [PLUS], ran: [PLUS] });
    // The command finds the same records.
    expect(project.run()).toMatchObject({ exitCode: 1, ran: [PLUS] });
    expect(project.run(['-t', 'plus'], plain).messages[0]).toMatch(/^-t names what to run/);
    expect(
      fs.existsSync(project.path(name.startsWith('an ES') ? 'data/records' : '.testmondata')),
    ).toBe(true);
    expect(project.leftovers()).toEqual([]);
  },
);

test('all keys by hand: as precise as withTestmon', () => {
  const key = (name: string) => JSON.stringify(`${DIST}/jest/${name}.js`);
  project = new Project({
    ...FILES,
    'jest.config.js': `module.exports = {
      globalSetup: ${key('global-setup')}, testEnvironment: ${key('environment')}, testSequencer: ${key('sequencer')},
      testRunner: ${key('test-runner')}, transform: { '\\\\.js$': ${key('transform')} }, reporters: ['default', ${key('reporter')}],
      passWithNoTests: true,
    };`,
  });
  const plain = { plain: true };
  expect(project.run([], plain)).toMatchObject({ exitCode: 0, ran: [MINUS, PLUS] });
  expect(project.run([], plain)).toMatchObject({ exitCode: 0, ran: [] });
  project.edit('src/sign.js', "'plus'", "'plu' + 's'");
  expect(project.run([], plain)).toMatchObject({ exitCode: 0, ran: [PLUS] });
  expect(project.leftovers()).toEqual([]);
});

/** All that a run prints, without times. */
function shown({ exitCode, stdout, stderr }: RunResult): unknown {
  const timeless = (text: string) =>
    text
      .replace(/ \([\d.]+ m?s\)/g, '')
      .replace(/^Time: .*$/gm, 'Time:')
      .replace(/"seed": -?\d+/g, '"seed": 0')
      .replace(
        /"(startTime|endTime|duration|start|end|runtime|loadTestEnvironmentEnd|loadTestEnvironmentStart|setupAfterEnvEnd|setupAfterEnvStart|setupFilesEnd|setupFilesStart|startAt)":\d+/g,
        '"$1":0',
      );
  return { exitCode, stdout: timeless(stdout), stderr: timeless(stderr) };
}

test('switched off, Jest prints and exits exactly as if we were not there, and nothing is left', () => {
  project = new Project({
    ...FILES,
    'jest.config.js':
      'module.exports = { transform: {}, collectCoverage: true, coverageReporters: ["text"] };',
  });
  for (const args of [
    ['--runInBand', 'plus'],
    ['--runInBand', '--json', 'plus'],
    ['--listTests', 'plus'],
    ['nosuch'],
    ['--showConfig'],
    ['--nosuchoption'],
  ]) {
    const bare = shown(project.run(args, { plain: true }));
    const own = (text: unknown) =>
      JSON.parse(JSON.stringify(text).replaceAll(DIST, 'ours')) as unknown;
    expect([args, own(shown(project.run(['--no-testmon', ...args])))]).toEqual([args, bare]);
    expect([args, own(shown(project.run(args, { env: { TESTMON: '0' } })))]).toEqual([args, bare]);
  }
  project.edit('src/sign.js', "'plus'", "'wrong'");
  const failing = shown(project.run(['--runInBand', 'plus'], { plain: true }));
  expect(shown(project.run(['--runInBand', '--no-testmon', 'plus']))).toEqual(failing);

  // A config that uses withTestmon is the user's own again.
  project.write({
    'jest.config.js': `module.exports = require(${JSON.stringify(`${DIST}/index.js`)}).withTestmon({ transform: {}, collectCoverage: true, coverageReporters: ['text'] });`,
  });
  expect(
    shown(project.run(['--runInBand', 'plus'], { plain: true, env: { TESTMON: '0' } })),
  ).toEqual(failing);
  expect(fs.existsSync(project.path('.testmondata'))).toBe(false);
  expect(project.leftovers()).toEqual([]);
});
