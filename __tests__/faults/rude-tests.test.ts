import { afterEach, expect, jest, test } from '@jest/globals';
import { Project, type RunResult } from '../integration/harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const SOURCE = `
exports.kind = (n) => {
  if (n > 1) {
    return 'many';
  }
  return [n].map((one) => (one === 1 ? 'one' : 'none'))[0];
};
`;

/** Asks the code under test once more, after whatever the test did to its world. */
const CALLS = `
test('code under test still works', () => {
  expect(require('../src/kind').kind(2)).toBe('many');
  expect(require('../src/kind').kind(1)).toBe('one');
});
`;

/** Rude, but Jest comes through: by name, the text of a test file. */
const RUDE: Record<string, string> = {
  'freezes the global object': `test('freezes', () => { Object.freeze(globalThis); });${CALLS}`,
  'freezes all that hangs on the global object': `
test('freezes', () => {
  for (const name of Reflect.ownKeys(globalThis)) {
    const value = globalThis[name];
    try { if (typeof value === 'object' && value !== null) Object.freeze(value); } catch {}
  }
});${CALLS}`,
  'deletes our global': `
test('deletes', () => {
  for (const name of Object.getOwnPropertyNames(globalThis).filter((name) => /testmon/i.test(name))) {
    expect(Reflect.deleteProperty(globalThis, name)).toBeDefined();
    try { globalThis[name] = undefined; } catch {}
  }
});${CALLS}`,
  'takes away the arrays of the global object': `
test('takes away', () => {
  for (const name of ['Uint8Array', 'Map', 'WeakMap', 'Symbol', 'JSON']) {
    const kept = globalThis[name];
    globalThis[name] = undefined;
    jest.resetModules();
    if (name === 'Uint8Array') expect(require('../src/kind').kind(2)).toBe('many');
    globalThis[name] = kept;
  }
});${CALLS}`,
  'replaces the methods of arrays': `
const { map, push, forEach, filter } = Array.prototype;
test('replaces', () => {
  Array.prototype.push = function () { throw new Error('push'); };
  Array.prototype.forEach = function () { throw new Error('forEach'); };
  Array.prototype.filter = function () { return 'filter'; };
  Array.prototype.map = function (...args) { return Reflect.apply(map, this, args); };
  const kind = require('../src/kind').kind(1);
  Object.assign(Array.prototype, { push, forEach, filter });
  expect(kind).toBe('one');
});${CALLS}`,
  'leaks timers': `
test('leaks', () => { setInterval(() => {}, 1000); setTimeout(() => { throw new Error('late'); }, 60_000); });${CALLS}`,
  'leaks what it changes in process.env': `
test('leaks', () => { process.env.PATH = ''; delete process.env.HOME; process.env.TESTMON_RUN_FILE = '/nowhere'; });${CALLS}`,
};

interface JsonResult {
  success: boolean;
  numFailedTests: number;
  numPassedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

/** What Jest made of a run: exit code, and each test file's and test's outcome, in an order of its own. */
function outcomeOf({ exitCode, stdout, stderr }: RunResult): unknown {
  if (!stdout.startsWith('{')) return { exitCode, stderr };
  const { success, numFailedTests, numPassedTests, testResults } = JSON.parse(stdout) as JsonResult;
  return {
    exitCode,
    success,
    numFailedTests,
    numPassedTests,
    testFiles: testResults
      .map(({ name, status, message, assertionResults }) => ({
        name,
        status,
        // Process ids differ from run to run; without `fs` Jest cannot read the source map that has the column.
        message: message
          .replace(/pid=\d+/g, 'pid')
          .replace(/^\s+at .*\n?/gm, '')
          .replace(/^\s+\| +\^$/gm, ''),
        tests: assertionResults.map(({ fullName, status: of }) => `${fullName}: ${of}`),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The test files that would run now. */
function selected(): string[] {
  return project
    .run(['--listTests'])
    .stdout.split('\n')
    .filter((line) => line !== '')
    .map((file) => file.slice(project.root.length + 1))
    .sort();
}

function expectAsBare(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunResult {
  const bare = project.run(['--json', '--forceExit', ...args], { plain: true, env });
  const ours = project.run(['--json', '--forceExit', ...args], { env });
  expect(outcomeOf(ours)).toEqual(outcomeOf(bare));
  return bare;
}

test('a test that removes the folder it works in finds files as without us, and runs again', () => {
  project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };',
    'src/kind.js': SOURCE,
    '__tests__/kind.test.js': CALLS,
    '__tests__/nowhere.test.js': `
const fs = require('fs');
const path = require('path');
test('works nowhere', () => {
  const home = process.cwd();
  const folder = fs.mkdtempSync(path.join(require('os').tmpdir(), 'gone-'));
  process.chdir(folder);
  fs.rmdirSync(folder);
  expect(fs.existsSync('here.txt')).toBe(false);
  expect(() => fs.readFileSync('here.txt')).toThrow('ENOENT: no such file or directory, open');
  process.chdir(home);
});`,
  });
  expectAsBare(['--maxWorkers=2']);
  // What a relative path meant there is not known.
  expect(selected()).toEqual(['__tests__/nowhere.test.js']);
});

test('tests that are rude to their world come out as without us, and are recorded', () => {
  const files = Object.fromEntries(
    Object.entries(RUDE).map(([name, text]) => [`__tests__/${name}.test.js`, text]),
  );
  project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };',
    'src/kind.js': SOURCE,
    ...files,
  });
  const bare = expectAsBare(['--maxWorkers=2']);
  const { testResults } = JSON.parse(bare.stdout) as JsonResult;
  // A frozen global object breaks Jest's own teardown, without us too.
  const failed = testResults.filter(({ status }) => status !== 'passed').map(({ name }) => name);
  expect(failed.every((name) => name.includes('freezes'))).toBe(true);
  expect(selected()).toEqual(failed.map((name) => name.slice(project.root.length + 1)).sort());
  // All of them executed this branch, whatever they did before.
  project.edit('src/kind.js', "'many'", "'more'");
  expect(selected()).toEqual(Object.keys(files).sort());
});

test.each(['--maxWorkers=2', '--runInBand'])(
  'a test that calls process.exit, with %s: Jest ends as without us, and nothing counts that did not happen',
  (workers) => {
    project = new Project({
      'jest.config.js': 'module.exports = { transform: {} };',
      'src/kind.js': SOURCE,
      '__tests__/exits.test.js': `${CALLS}test('exits', () => { process.exit(3); });`,
      '__tests__/plain.test.js': CALLS,
    });
    const bare = project.run([workers], { plain: true });
    const ours = project.run([workers]);
    expect([ours.exitCode, ours.ran.includes('__tests__/exits.test.js')]).toEqual([
      bare.exitCode,
      bare.ran.includes('__tests__/exits.test.js'),
    ]);
    expect(selected()).toContain('__tests__/exits.test.js');
    expect(project.leftovers()).toEqual([]);
  },
);

test('a test that overwrites fs, and one whose worker runs out of memory', () => {
  project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };',
    'src/kind.js': SOURCE,
    '__tests__/fs.test.js': `
const fs = require('fs');
const original = { ...fs };
test('overwrites', () => {
  for (const name of ['readFileSync', 'statSync', 'lstatSync', 'readdirSync', 'existsSync', 'writeFileSync', 'appendFileSync', 'rmSync', 'mkdtempSync', 'realpathSync', 'openSync'])
    fs[name] = () => { throw new Error('no ' + name); };
});
${CALLS}
test('leaves it so', () => { expect(() => fs.readFileSync(__filename)).toThrow('no readFileSync'); });`,
    '__tests__/memory.test.js': `
test('takes all', () => { const all = []; for (;;) all.push(new Array(100_000).fill(all.length)); });`,
  });
  expectAsBare(['--maxWorkers=2'], { NODE_OPTIONS: '--max-old-space-size=120' });
  expect(selected()).toContain('__tests__/memory.test.js');
  project.edit('src/kind.js', "'many'", "'more'");
  expect(selected()).toEqual(['__tests__/fs.test.js', '__tests__/memory.test.js']);
});
