import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { CLI, Project, type Files } from '../harness';

jest.setTimeout(300_000);

let recorded: Project;
let project: Project;
beforeAll(() => {
  recorded = new Project(FILES);
  git(recorded, 'init', '--quiet');
  git(recorded, 'add', '.');
  git(recorded, 'commit', '--quiet', '-m', 'all');
  expect(recorded.run().exitCode).toBe(0);
});
afterAll(() => recorded.remove());

const FILES: Files = {
  '.gitignore': 'node_modules\n.testmondata*\n',
  'jest.config.js': 'module.exports = { transform: {} };\n',
  'src/sign.js':
    "exports.sign = (n) => {\n  if (n > 0) {\n    return 'plus';\n  }\n  return 'minus';\n};\n\nexports.half = (n) => {\n  return n / 2;\n};\n",
  'src/größe x.js': 'exports.size = () => {\n  return 1;\n};\n',
  'data.txt': 'one\ntwo',
  '__tests__/plus.test.js':
    "test('plus', () => { expect(require('../src/sign').sign(1)).toBe('plus'); });\n",
  '__tests__/half.test.js':
    "test('half', () => { expect(require('../src/sign').half(2)).toBe(1); });\n",
  '__tests__/data.test.js':
    "test('data', () => { expect(require('fs').readFileSync('data.txt', 'utf8')).toMatch(/o/); });\n",
  'list/one.txt': '1',
  'a/list.txt': '1',
  '__tests__/list.test.js':
    "test('list', () => { expect(require('fs').readdirSync('list')).toContain('one.txt'); });\n",
  '__tests__/size.test.js':
    "/** Sizes. */\ntest('size', () => { expect(require('../src/größe x').size()).toBe(1); });\n",
};

function git(of: Project, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
    cwd: of.root,
    encoding: 'utf8',
  });
}

interface Answer {
  files: { path: string; state: string }[];
  toolChain: string[];
  newTestFiles: string[];
  testFiles: { path: string }[];
  totals: { testFiles: number };
}

function impact(diff: string, ...args: string[]): { stdout: string; status: number | null } {
  return spawnSync(process.execPath, [CLI, 'impact', '--diff', ...args], {
    cwd: project.root,
    env: project.environment(),
    input: diff,
    encoding: 'utf8',
  });
}

function names(answer: Answer): string[] {
  return answer.testFiles.map(({ path }) => /([^/]+)\.test\.js$/.exec(path)?.[1] ?? path).sort();
}

interface Row {
  edit: Files;
  states?: Record<string, string>;
  reaches: string[];
  args?: string[];
}

const SIGN = String(FILES['src/sign.js']);
const SIZE = String(FILES['src/größe x.js']);

const ROWS: Record<string, Row> = {
  'a branch': {
    edit: { 'src/sign.js': SIGN.replace("'plus'", "'pl' + 'us'") },
    states: { 'src/sign.js': 'changed' },
    reaches: ['plus'],
  },
  'a branch, without context': {
    edit: { 'src/sign.js': SIGN.replace('n / 2', 'n * 0.5') },
    reaches: ['half'],
    args: ['-U0'],
  },
  'comments and lines that move': {
    edit: { 'src/sign.js': `// Signs.\n\n${SIGN.replace('n / 2;', 'n / 2; // Half.')}` },
    states: { 'src/sign.js': 'changed' },
    reaches: [],
  },
  'module-level code': {
    edit: { 'src/sign.js': `${SIGN}globalThis.x = 1;\n` },
    reaches: ['half', 'plus'],
  },
  'two files, without prefixes': {
    edit: { 'src/sign.js': SIGN.replace('n / 2', 'n * 0.5'), 'data.txt': 'one\nthree\n' },
    states: { 'data.txt': 'changed', 'src/sign.js': 'changed' },
    reaches: ['data', 'half'],
    args: ['--no-prefix'],
  },
  'a file that is gone': {
    edit: { 'data.txt': null },
    states: { 'data.txt': 'deleted' },
    reaches: ['data'],
  },
  'a file that is moved': {
    edit: { 'src/größe x.js': null, 'src/größe.js': `${SIZE}// Moved.\n` },
    states: { 'src/größe x.js': 'deleted', 'src/größe.js': 'added' },
    reaches: ['size'],
    args: ['-M'],
  },
  'a file that is found sooner': {
    edit: {
      'src/sign/index.js': 'exports.none = 1;\n',
      'src/sign.json': '{}\n',
      'src/other.js': '',
    },
    states: { 'src/other.js': 'added', 'src/sign.json': 'added', 'src/sign/index.js': 'added' },
    reaches: ['half', 'plus'],
  },
  'the text of a test file': {
    edit: {
      '__tests__/half.test.js': String(FILES['__tests__/half.test.js']).replace(
        'toBe(1)',
        'toEqual(1)',
      ),
    },
    reaches: ['half'],
  },
  'a docblock': {
    edit: {
      '__tests__/size.test.js': String(FILES['__tests__/size.test.js']).replace(
        'Sizes.',
        '@jest-environment node',
      ),
    },
    reaches: ['size'],
  },
  'an entry of a folder': {
    edit: { 'list/two.txt': '2', 'a/list.txt': '2' },
    states: { 'a/list.txt': 'changed', 'list/two.txt': 'added' },
    reaches: ['list'],
    args: ['--no-prefix'],
  },
  'a folder in a folder': { edit: { 'list/more/two.txt': '2' }, reaches: ['list'] },
  'the content of an entry': { edit: { 'list/one.txt': '2' }, reaches: [] },
  'a new test file': {
    edit: { '__tests__/new.test.js': "test('new', () => {});\n" },
    states: { '__tests__/new.test.js': 'added' },
    reaches: [],
  },
};

describe('impact --diff', () => {
  test.each(Object.entries(ROWS))('%s', (_name, { edit, states, reaches, args = [] }) => {
    project = recorded.fresh();
    project.write(edit);
    git(project, 'add', '.');
    const diff = git(project, 'diff', 'HEAD', ...args);
    const after = JSON.parse(impact(diff, '--json').stdout) as Answer;
    expect(names(after)).toEqual(reaches);
    git(project, 'reset', '--quiet', '--hard');
    git(project, 'clean', '-fdq');
    const status = git(project, 'status', '--porcelain');
    const before = JSON.parse(impact(diff, '--json').stdout) as Answer;
    expect(names(before)).toEqual(reaches);
    expect(git(project, 'status', '--porcelain')).toBe(status);
    if (states !== undefined)
      for (const { files } of [after, before])
        expect(Object.fromEntries(files.map(({ path, state }) => [path, state]))).toEqual(states);
    // What a run with the change takes is among them.
    project.write(edit);
    const { ran } = project.run();
    const told = [...reaches, ...(states?.['__tests__/new.test.js'] === undefined ? [] : ['new'])];
    for (const file of ran) expect(told).toContain(/([^/]+)\.test\.js$/.exec(file)?.[1]);
  });

  test('names the test files that are new, and those alone', () => {
    project = recorded.fresh();
    git(project, 'mv', '__tests__/data.test.js', '__tests__/moved.test.js');
    project.write({
      '__tests__/new.test.js': "test('new', () => {});\n",
      'fixtures/node_modules/x/new.test.js': '',
      'src/new.js': '',
    });
    git(project, 'add', '.');
    git(project, 'add', '--force', 'fixtures');
    const diff = git(project, 'diff', 'HEAD', '-M');
    git(project, 'reset', '--quiet', '--hard');
    const { newTestFiles } = JSON.parse(impact(diff, '--json').stdout) as Answer;
    expect(newTestFiles.sort()).toEqual(['__tests__/moved.test.js', '__tests__/new.test.js']);
    const { stdout, status } = impact(diff, '--exit-code');
    expect(stdout).toContain('\n2 new test files run too (');
    expect(status).toBe(1);
  });

  test('names no new test file beside a root whose name begins alike', () => {
    project = new Project({
      'jest.config.js': "module.exports = { roots: ['<rootDir>/src'], transform: {} };\n",
      'src/old.test.js': "test('old', () => {});\n",
    });
    const added = (name: string) =>
      `diff --git a/${name} b/${name}\nnew file mode 100644\n--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+test('new', () => {});\n`;
    const diff = added('src/new.test.js') + added('src2/new.test.js');
    const { newTestFiles } = JSON.parse(impact(diff, '--json').stdout) as Answer;
    expect(newTestFiles).toEqual(['src/new.test.js']);
    project.remove();
  });

  test('tells of the tool chain, of what it cannot place, and of nothing', () => {
    project = recorded.fresh();
    project.write({ 'jest.config.js': 'module.exports = { transform: {}, verbose: true };\n' });
    const chain = git(project, 'diff');
    expect(impact(chain).stdout).toMatch(
      /^This change of 1 file would run everything, 5 test files, .* tool chain \(jest\.config\.js\)\.\n$/,
    );
    git(project, 'reset', '--quiet', '--hard');
    project.edit('src/sign.js', 'n / 2', 'n * 0.5');
    const diff = git(project, 'diff');
    project.write({ 'src/sign.js': SIGN.replace('n / 2', 'n / 3') });
    const lost = impact(diff);
    expect(lost.stdout).toMatch(
      /^This change of 1 file would run 2 test files, .*\n1 file counts as a whole, .*\(src\/sign\.js\)\.\n\n/,
    );
    expect(impact('').stdout).toBe('the diff changes no file, so it would run nothing.\n');
    expect(impact(diff, '--exit-code').status).toBe(1);
    expect(impact('', '--exit-code').status).toBe(0);
    for (const other of ['no diff\n', git(project, 'diff', '--stat')])
      expect(impact(other)).toMatchObject({
        stdout: '',
        stderr: expect.stringMatching(/^testmon: standard input holds no unified diff, /),
        status: 2,
      });
    const elsewhere = git(project, 'diff', '--relative=src');
    expect(impact(elsewhere, '--exit-code')).toMatchObject({
      stdout: expect.stringMatching(/\n1 file is not to be found here, .*\(sign\.js\)\.\n$/),
      status: 1,
    });
    fs.rmSync(project.path('.testmondata'));
    expect(impact(diff).stdout).toMatch(/^This change of 1 file would run none of the recorded/);
  });
});
