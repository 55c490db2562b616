/**
 * A transformer may read other modules of the project and put them where Jest looks for the source of a module before
 * it reads it, as ts-jest does for all that a test file imports: they are loaded all the same. What it reads to write it
 * into an output counts too, where no probes can carry that.
 */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ENTRY, Project, type Files } from './harness';
import { babelPlugins } from './scenarios/tool-chain';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const PACKAGES = ['jest', 'ts-jest', 'typescript', '@types/jest'];

const FILES: Files = {
  'tsconfig.json':
    '{"compilerOptions":{"target":"es2022","module":"commonjs","strict":true,"esModuleInterop":true,"resolveJsonModule":true,"types":["jest"]}}',
  'src/sum.ts':
    "import { one } from './one';\nexport const sum = (n: number): number => n + one();\n",
  'src/one.ts': 'export const one = (): number => 1;\n',
  'src/again.ts':
    "import { one } from './one';\nexport const again = (n: number): number => n - one();\n",
  'src/level.ts': 'export const enum Level { Low = 1, High = 2 }\n',
  'src/two.ts': "import { Level } from './level';\nexport const two = (): number => Level.High;\n",
  'src/mocked.ts': 'export const mocked = (): number => 3;\n',
  '__tests__/sum.test.ts': `import { sum } from '../src/sum';
import { mocked } from '../src/mocked';
jest.mock('../src/mocked', () => ({ mocked: () => 4 }));
test('sum', () => { expect(sum(1) + mocked()).toBe(6); });
`,
  '__tests__/again.test.ts': `import { again } from '../src/again';
test('again', () => { expect(again(1)).toBe(0); });
`,
  '__tests__/two.test.ts': `import { two } from '../src/two';
test('two', () => { expect(two()).toBe(2); });
`,
};
const SUM = '__tests__/sum.test.ts';
const AGAIN = '__tests__/again.test.ts';
const TWO = '__tests__/two.test.ts';

const plugPoint = (name: string) => JSON.stringify(path.join(ENTRY, `../jest/${name}.js`));

/** Reads what a file requires, once in a process, and puts it where Jest looks first. */
const READING_AHEAD = `
const fs = require('node:fs');
const path = require('node:path');
const known = new Map();
function read(file) {
  if (!known.has(file)) known.set(file, fs.readFileSync(file, 'utf8'));
  return known.get(file);
}
module.exports = {
  getCacheKey(code, file, { cacheFS }) {
    for (const [, name] of code.matchAll(/require\\('(\\.[^']+)'\\)/g)) {
      const required = path.resolve(path.dirname(file), name);
      cacheFS.set(required, read(required));
    }
    return code + file;
  },
  process: (code) => ({ code }),
};
`;

test('two keys by hand', () => {
  project = new Project({
    'reading-ahead.js': READING_AHEAD,
    'src/one.js': 'exports.one = () => 1;\n',
    'src/two.js': 'exports.two = () => 2;\n',
    '__tests__/sum.test.js':
      "test('sum', () => { expect(require('../src/one.js').one() + 1).toBe(2); });\n",
    '__tests__/again.test.js':
      "test('again', () => { expect(require('../src/one.js').one()).toBe(1); });\n",
    '__tests__/two.test.js':
      "test('two', () => { expect(require('../src/two.js').two()).toBe(2); });\n",
    'jest.config.js': `module.exports = { transform: { '\\\\.js$': '<rootDir>/reading-ahead.js' }, globalSetup: ${plugPoint('global-setup')}, testEnvironment: ${plugPoint('environment')} };`,
  });
  const passed = () => {
    const { exitCode } = project.run(['--json', '--outputFile=../out.json', '--maxWorkers=1'], {
      plain: true,
    });
    const { numPassedTests, numFailedTests } = JSON.parse(project.read('../out.json')) as Record<
      string,
      number
    >;
    return { exitCode, numPassedTests, numFailedTests };
  };
  expect(passed()).toEqual({ exitCode: 0, numPassedTests: 3, numFailedTests: 0 });
  expect(passed()).toEqual({ exitCode: 0, numPassedTests: 0, numFailedTests: 0 });
  project.edit('src/one.js', '=> 1', '=> 5');
  expect(passed()).toEqual({ exitCode: 1, numPassedTests: 0, numFailedTests: 2 });
  project.edit('src/one.js', '=> 5', '=> 1');
  expect(passed()).toMatchObject({ exitCode: 0, numFailedTests: 0 });
  project.edit('src/two.js', '=> 2', '=> 5');
  expect(passed()).toEqual({ exitCode: 1, numPassedTests: 0, numFailedTests: 1 });
});

/** How it is recorded. Each number of workers and each kind of run comes once. */
const RECORDINGS: [workers: number, args: readonly string[]][] = [
  [2, []],
  [1, ['--coverage']],
];

describe('what ts-jest reads ahead', () => {
  test.each(RECORDINGS)('with %i workers, recorded with %j', (workers, args) => {
    project = new Project(
      { ...FILES, 'jest.config.js': "module.exports = { preset: 'ts-jest' };" },
      PACKAGES,
    );
    const run = (...more: string[]) => project.run([`--maxWorkers=${workers}`, ...more]);
    expect(run(...args)).toMatchObject({ exitCode: 0, ran: [AGAIN, SUM, TWO] });
    expect(run().ran).toEqual([]);
    project.edit('src/mocked.ts', '=> 3', '=> 5');
    expect(run().ran).toEqual([]);
    project.edit('src/one.ts', '=> 1', '=> 5');
    expect(run()).toMatchObject({ exitCode: 1, ran: [AGAIN, SUM] });
    project.edit('src/level.ts', 'High = 2', 'High = 5');
    expect(run()).toMatchObject({ exitCode: 1, ran: [AGAIN, SUM, TWO] });
  });
});

describe('what a Babel plug-in read', () => {
  const { files, packages } = babelPlugins.base;
  const TESTS = ['__tests__/generated.test.js', '__tests__/later.test.js'];

  test.each([
    ['babel', 2],
    ['v8', 1],
  ])('recorded under coverage by %s, with %i workers', (by, workers) => {
    project = new Project(files, packages);
    const run = (...more: string[]) => project.run([`--maxWorkers=${workers}`, ...more]);
    const covered = () => run('--coverage', `--coverageProvider=${by}`);
    expect(covered()).toMatchObject({ exitCode: 0, ran: TESTS });
    // What is recorded now was transformed by another process.
    fs.rmSync(project.path('.testmondata'));
    expect(covered()).toMatchObject({ exitCode: 0, ran: TESTS });
    expect(run().ran).toEqual([]);
    project.write({ 'src/plain.txt': 'other' });
    expect(run().ran).toEqual([]);
    project.edit('tools/made-up.js', 'made up', 'made over');
    expect(run().ran).toEqual(TESTS);
    expect(covered()).toMatchObject({ exitCode: 0, ran: TESTS });
    expect(run().ran).toEqual([]);
    project.write({ 'tools/words/two.txt': '' });
    expect(run().ran).toEqual(TESTS);
  });
});

/** Bundles a module in a program of its own, as nothing that reads asynchronously can be waited for otherwise. */
const BUNDLING = `
import { spawnSync } from 'node:child_process';
const SCRIPT = \`
  const fs = require('node:fs/promises');
  const path = require('node:path');
  (async () => {
    const entry = process.argv[2];
    const folder = path.dirname(entry);
    const code = await fs.readFile(entry, 'utf8');
    const parts = await Promise.all(
      [...code.matchAll(/bundle\\\\('(.*)'\\\\)/g)].map(async ([, name]) => {
        const file = path.join(folder, name);
        const text = await fs.readFile(file + '.override').catch(() => fs.readFile(file));
        return [name, String(text)];
      }),
    );
    const listed = await fs.readdir(path.join(folder, 'listed'));
    await fs.writeFile(path.join(folder, 'made.txt'), 'made');
    await fs.readFile(path.join(folder, 'made.txt'));
    process.stdout.write(JSON.stringify([Object.fromEntries(parts), listed]));
  })();
\`;
export default {
  getCacheKey: () => String(Date.now()),
  process(code, file) {
    if (!code.includes('bundle(')) return { code };
    const { stdout } = spawnSync(process.execPath, ['-', file], { input: SCRIPT, encoding: 'utf8' });
    const [parts, listed] = JSON.parse(stdout);
    return { code: 'const bundle = (name) => (' + JSON.stringify(parts) + ')[name];' + code + ';exports.listed = ' + JSON.stringify(listed) };
  },
};
`;

describe('what a program of a transformer read', () => {
  test.each(RECORDINGS)('with %i workers, recorded with %j', (workers, args) => {
    const using = (name: string): string =>
      `test('${name}', () => { expect(require('../src/entry').text).toMatch(/one|uno/); });\n`;
    project = new Project({
      'bundling.mjs': BUNDLING,
      'jest.config.js': "module.exports = { transform: { '\\\\.js$': '<rootDir>/bundling.mjs' } };",
      'src/entry.js': "exports.text = bundle('part.txt');\n",
      'src/part.txt': 'one',
      'src/other.txt': 'other',
      'src/listed/first.txt': '',
      '__tests__/first.test.js': using('first'),
      '__tests__/second.test.js': using('second'),
      '__tests__/third.test.js': using('third'),
      '__tests__/without.test.js': "test('without', () => {});\n",
    });
    const USING = ['first', 'second', 'third'].map((name) => `__tests__/${name}.test.js`);
    const run = (...more: string[]) => project.run([`--maxWorkers=${workers}`, ...more]);
    expect(run(...args).ran).toEqual([...USING, '__tests__/without.test.js']);
    expect(run().ran).toEqual([]);
    project.write({ 'src/part.txt': 'uno' });
    expect(run()).toMatchObject({ exitCode: 0, ran: USING });
    project.write({ 'src/other.txt': 'another', 'src/made.txt': 'made' });
    expect(run().ran).toEqual([]);
    project.write({ 'src/listed/second.txt': '' });
    expect(run().ran).toEqual(USING);
    project.write({ 'src/part.txt.override': 'two' });
    expect(run()).toMatchObject({ exitCode: 1, ran: USING });
  });
});

const READING_LATER = `
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
export default {
  async processAsync(code, file) {
    await null;
    const [, name] = /bundle\\('(.*)'\\)/.exec(code) ?? [];
    if (name === undefined) return { code };
    const folder = dirname(file);
    const part = JSON.stringify(await readFile(join(folder, name), 'utf8'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const other = JSON.stringify(readFileSync(join(folder, 'other.txt'), 'utf8'));
    const listed = JSON.stringify(await readdir(join(folder, 'listed')));
    return {
      code: 'const bundle = () => ' + part + ' + ' + other + ';' + code + ';export const listed = ' + listed + ';',
    };
  },
};
`;

test.each([1, 2])('what an asynchronous transformer read, with %i workers', (workers) => {
  const using = (name: string): string =>
    `import { text } from '../src/${name}.mjs';\ntest('${name}', () => { expect(text).toMatch(/one|uno/); });\n`;
  project = new Project({
    'later.mjs': READING_LATER,
    'jest.config.mjs':
      "export default { testMatch: ['**/*.test.mjs'], transform: { '\\\\.mjs$': '<rootDir>/later.mjs' } };",
    'src/entry.mjs': "export const text = bundle('part.txt');\n",
    'src/alone.mjs': "export const text = 'one';\n",
    'src/part.txt': 'one',
    'src/other.txt': 'other',
    'src/listed/first.txt': '',
    '__tests__/alone.test.mjs': using('alone'),
    '__tests__/first.test.mjs': using('entry'),
    '__tests__/second.test.mjs': using('entry'),
  });
  const BOTH = ['__tests__/first.test.mjs', '__tests__/second.test.mjs'];
  const env = { NODE_OPTIONS: '--experimental-vm-modules' };
  const run = () => project.run([`--maxWorkers=${workers}`], { env });
  expect(run()).toMatchObject({ exitCode: 0, ran: ['__tests__/alone.test.mjs', ...BOTH] });
  expect(run().ran).toEqual([]);
  const edits: Files[] = [
    { 'src/part.txt': 'uno' },
    { 'src/other.txt': 'another' },
    { 'src/listed/second.txt': '' },
  ];
  for (const edit of edits) {
    project.write(edit);
    // Whether an asynchronous transformer keeps in memory what it read is not known, so more may run.
    const { exitCode, ran } = run();
    expect({ exitCode, ran }).toEqual({ exitCode: 0, ran: expect.arrayContaining(BOTH) });
    expect(run().ran).toEqual([]);
  }
});

test('what a transformer read as it was loaded, and for a key that it did not read again', () => {
  project = new Project({
    'reading-early.js': `
const fs = require('node:fs');
const path = require('node:path');
const early = fs.readFileSync(path.join(__dirname, 'data', ['early', 'txt'].join('.')), 'utf8');
const known = new Map();
module.exports = {
  getCacheKey(code, file) {
    const beside = file + '.txt';
    if (fs.existsSync(beside)) known.set(file, fs.readFileSync(beside, 'utf8'));
    return code + file + early + known.get(file);
  },
  process: (code, file) => ({
    code: 'const EARLY = ' + JSON.stringify(early) + ', BESIDE = ' + JSON.stringify(known.get(file)) + ';' + code,
  }),
};
`,
    'jest.config.js':
      "module.exports = { transform: { 'src/.*\\\\.js$': '<rootDir>/reading-early.js' } };",
    'data/early.txt': 'early',
    'src/one.js': 'exports.text = EARLY + BESIDE;\n',
    'src/one.js.txt': 'beside',
    'src/two.js': 'exports.text = EARLY + BESIDE;\n',
    '__tests__/one.test.js':
      "test('one', () => { expect(require('../src/one').text).toBe('earlybeside'); });\n",
    '__tests__/two.test.js':
      "test('two', () => { expect(require('../src/two').text).toMatch('early'); });\n",
    '__tests__/without.test.js': "test('without', () => {});\n",
  });
  const [ONE = '', TWO = '', WITHOUT = ''] = ['one', 'two', 'without'].map(
    (name) => `__tests__/${name}.test.js`,
  );
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [ONE, TWO, WITHOUT] });
  expect(project.run().ran).toEqual([]);
  project.write({ 'src/one.js.txt': 'another' });
  expect(project.run()).toMatchObject({ exitCode: 1, ran: [ONE] });
  project.write({ 'src/one.js.txt': 'beside' });
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [ONE] });
  project.write({ 'data/early.txt': 'late' });
  expect(project.run()).toMatchObject({ exitCode: 1, ran: [ONE, TWO] });
});

test.each([[[]], [['--coverage']], [['--no-cache']]])(
  'an output is made anew when what it was made from has changed, with %j',
  (args) => {
    const { files, packages } = babelPlugins.base;
    project = new Project(
      {
        ...files,
        'src/generated.js': "exports.generated = () => GENERATED.split('one').length;\n",
        '__tests__/generated.test.js':
          "test('it', () => { expect(require('../src/generated').generated()).toBe(2); });\n",
        '__tests__/later.test.js': null,
      },
      packages,
    );
    const run = () => project.run(['-i', ...args]);
    expect(run()).toMatchObject({ exitCode: 0 });
    expect(run().ran).toEqual([]);
    project.write({ 'tools/words/one-more.txt': '' });
    expect(run()).toMatchObject({ exitCode: 1 });
    expect(run()).toMatchObject({ exitCode: 1 });
    project.write({ 'tools/words/one-more.txt': null });
    expect(run()).toMatchObject({ exitCode: 0 });
    expect(run().ran).toEqual([]);
  },
);
