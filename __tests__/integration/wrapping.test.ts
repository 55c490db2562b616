import { afterEach, expect, jest, test } from '@jest/globals';
import { Project, type Files, type RunResult } from './harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const PLUS = '__tests__/plus.test.js';
const MINUS = '__tests__/minus.test.js';

/** Two test files, one branch each. The literal MARK is there for a transformer to replace. */
const FILES: Files = {
  'src/sign.js':
    "exports.mark = 'MARK';\nexports.sign = (positive) => {\n  if (positive) { return 'plus'; }\n  return positive === false ? 'minus' : 'none';\n};\n",
  [PLUS]:
    "const { sign, mark } = require('../src/sign');\ntest('plus', () => { expect(sign(true)).toBe('plus'); expect(mark).toBe(process.env.MARKED ?? 'MARK'); });\n",
  [MINUS]:
    "const { sign, mark } = require('../src/sign');\ntest('minus', () => { expect(sign(false)).toBe('minus'); expect(mark).toBe(process.env.MARKED ?? 'MARK'); });\n",
};

function expectLoop(env: NodeJS.ProcessEnv = {}, args: readonly string[] = []): RunResult {
  const first = project.run(args, { env });
  expect([first.exitCode, first.passed, first.stderr]).toEqual([
    0,
    [MINUS, PLUS],
    expect.anything(),
  ]);
  expect(project.run(args, { env })).toMatchObject({ exitCode: 0, ran: [] });
  project.edit('src/sign.js', "'plus'", "'plu' + 's'");
  expect(project.run(args, { env })).toMatchObject({ exitCode: 0, passed: [PLUS] });
  expect(project.run(args, { env }).ran).toEqual([]);
  return first;
}

const BODY = `{ code: /\\.test\\./.test(file) ? code : code.replace('MARK', options.transformerConfig.to ?? 'unset') }`;

const transformers: Record<string, Files> = {
  'sync, without getCacheKey': {
    't.js': `module.exports = { process: (code, file, options) => (${BODY}) };`,
  },
  'sync, with getCacheKey': {
    't.js': `const { createHash } = require('crypto');
module.exports = {
  process(code, file, options) { return ${BODY}; },
  getCacheKey(code, file, { transformerConfig, configString, instrument }) { return createHash('sha1').update(code + file + configString + instrument + transformerConfig.to).digest('hex'); },
};`,
  },
  // As ts-jest: the options of its first call count for all that have the same config.
  'asked about files of the project alone': {
    't.js': `const only = (file) => { if (!file.startsWith(__dirname)) throw new Error('not of the project: ' + file); };
module.exports = {
  process(code, file, options) { only(file); return ${BODY}; },
  getCacheKey(code, file, { transformerConfig }) { only(file); return JSON.stringify([code, file, transformerConfig.to]); },
};`,
  },
  'made by createTransformer': {
    't.js': `module.exports = { createTransformer: (given) => ({ process: (code, file, options) => { if (given.to !== options.transformerConfig.to) throw new Error('other options'); return ${BODY}; } }) };`,
  },
  'an ES module whose createTransformer is async': {
    't.mjs': `export default { createTransformer: async (given) => { await null; return { process: (code, file, options) => { if (given.to !== 'marked') throw new Error('no options'); return ${BODY}; } }; } };`,
  },
  'an ES module of named exports with a class': {
    't.mjs': `class T { #to = 'x'; process(code, file, options) { this.#to = options.transformerConfig.to; return ${BODY}; } }\nexport default new T();`,
  },
};

test.each(Object.keys(transformers))('a transformer that is %s', (name) => {
  const own = transformers[name] ?? {};
  const [file = ''] = Object.keys(own);
  project = new Project({
    ...FILES,
    ...own,
    'jest.config.js': `module.exports = { transform: { '\\\\.js$': ['<rootDir>/${file}', { to: 'marked' }] } };`,
  });
  expectLoop({ MARKED: 'marked' });
  // Its text and its options shape every result.
  project.edit('jest.config.js', "'marked'", "'other'");
  expect(project.run([], { env: { MARKED: 'other' } }).ran).toHaveLength(2);
});

test('a transformer that is async only, for ES modules', () => {
  const esm = (name: string) =>
    (FILES[name] ?? '')
      .replace(/const (\{.*\}) = require\('(.*)'\);/, "import $1 from '$2.mjs';")
      .replace(/exports\.(\w+) =/g, 'export const $1 =');
  project = new Project({
    'src/sign.mjs': esm('src/sign.js'),
    '__tests__/plus.test.mjs': esm(PLUS),
    '__tests__/minus.test.mjs': esm(MINUS),
    't.mjs': `export default { processAsync: async (code, file, options) => { await null; return ${BODY}; } };`,
    'jest.config.mjs':
      "export default { testMatch: ['**/*.test.mjs'], transform: { '\\\\.mjs$': ['<rootDir>/t.mjs', { to: 'marked' }] } };",
  });
  const env = { NODE_OPTIONS: '--experimental-vm-modules', MARKED: 'marked' };
  expect(project.run([], { env, plain: true })).toMatchObject({ exitCode: 0 });
  expect(project.run([], { env })).toMatchObject({
    exitCode: 0,
    passed: ['__tests__/minus.test.mjs', '__tests__/plus.test.mjs'],
  });
  expect(project.run([], { env }).ran).toEqual([]);
  project.edit('src/sign.mjs', "'plus'", "'plu' + 's'");
  expect(project.run([], { env })).toMatchObject({
    exitCode: 0,
    passed: ['__tests__/plus.test.mjs'],
  });
});

test('a transformer that throws, or returns nothing, fails as in plain Jest', () => {
  for (const text of [
    "module.exports = { process: () => { throw new Error('no transform today'); } };",
    'module.exports = { process: () => undefined };',
    'module.exports = {};',
  ]) {
    project = new Project({
      ...FILES,
      't.js': text,
      'jest.config.js': "module.exports = { transform: { '\\\\.js$': '<rootDir>/t.js' } };",
    });
    const bare = project.run([], { plain: true });
    const ours = project.run();
    expect(bare.exitCode).toBe(1);
    const message = (stderr: string) =>
      [
        ...new Set(
          stderr
            .split('\n')
            .filter(
              (line) =>
                /● {2}?Invalid|no transform today|must export|must return/.test(line) &&
                !/^\s+at /.test(line),
            ),
        ),
      ].sort();
    expect([text, ours.exitCode, message(ours.stderr)]).toEqual([text, 1, message(bare.stderr)]);
    project.remove();
  }
});

test('globalSetup and globalTeardown in TypeScript, sequencer, reporters, runners, resolver and moduleNameMapper stay in force', () => {
  project = new Project(
    {
      ...FILES,
      'jest.config.js': `module.exports = {
        transform: { '\\\\.ts$': '@swc/jest' },
        globalSetup: './setup.ts', globalTeardown: './teardown.ts', testSequencer: './sequencer.js',
        reporters: ['default', ['./reporter.js', { own: 1 }]], testRunner: './test-runner.js', runner: './runner.js',
        resolver: './resolver.js', moduleNameMapper: { '^mapped/(.*)$': '<rootDir>/src/$1' },
        setupFiles: ['./early.js'], setupFilesAfterEnv: ['./late.js'], globals: { fromConfig: 3 }, testTimeout: 7000,
      };`,
      'setup.ts':
        "import { say } from './say';\nexport default async (globalConfig: { rootDir: string }, project: object): Promise<void> => { await null; say('setup ' + typeof globalConfig.rootDir + typeof project); process.env.FROM_SETUP = 'yes'; (globalThis as any).handle = 5; };\n",
      'teardown.ts':
        "import { say } from './say';\nexport default (): void => { say('teardown ' + (globalThis as any).handle); };\n",
      'say.ts':
        "export const say = (text: string): void => { process.stderr.write('said: ' + text + '\\n'); };\n",
      'sequencer.js': `const Sequencer = require('@jest/test-sequencer').default;
module.exports = class extends Sequencer { sort(tests) { process.stderr.write('said: sorts ' + tests.length + '\\n'); return [...tests].sort((a, b) => (a.path < b.path ? 1 : -1)); } };`,
      'reporter.js': `module.exports = class { constructor(global, options) { this.options = options; } onRunStart() { process.stderr.write('said: starts ' + this.options.own + '\\n'); }
  onTestResult(test, result) { process.stderr.write('said: result ' + require('path').basename(test.path) + ' ' + result.numPassingTests + '\\n'); } onRunComplete() { process.stderr.write('said: completes\\n'); } };`,
      'test-runner.js':
        "const circus = require('jest-circus/runner');\nmodule.exports = (...args) => { args[2].global.fromRunner = 'yes'; return circus.default ? circus.default(...args) : circus(...args); };\n",
      'runner.js':
        "const Runner = require('jest-runner').default;\nmodule.exports = class extends Runner { runTests(...args) { process.stderr.write('said: runs\\n'); return super.runTests(...args); } };\n",
      'resolver.js':
        "module.exports = (request, options) => options.defaultResolver(request === 'virtual' ? options.rootDir + '/src/behind.js' : request, options);\n",
      'src/behind.js': "exports.behind = () => 'behind';\n",
      'early.js': 'global.early = 1;\n',
      'late.js': 'beforeEach(() => { global.late = 2; });\n',
      [PLUS]: `const { sign } = require('mapped/sign');
const { behind } = require('virtual');
test('plus', () => {
  expect(sign(true)).toBe('plus');
  expect([behind(), process.env.FROM_SETUP, fromRunner, early, late, fromConfig]).toEqual(['behind', 'yes', 'yes', 1, 2, 3]);
});
`,
    },
    ['jest', '@swc/jest', '@swc/core', '@jest/test-sequencer', 'jest-circus', 'jest-runner'],
  );
  const said = (result: RunResult) =>
    [...result.stderr.matchAll(/^said: (.*)$/gm)].map(([, text]) => text);
  const bare = project.run(['--runInBand'], { plain: true });
  expect(bare.exitCode).toBe(0);
  expect(said(bare)).toHaveLength(8);
  const ours = project.run(['--runInBand']);
  expect(ours.exitCode).toBe(0);
  expect(said(ours)).toEqual(said(bare));
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
  // A variable that the global setup makes is no input, unless it was there before.
  expect(project.run([], { env: { FROM_SETUP: 'outside' } }).ran).toEqual([PLUS]);
  expect(project.run().ran).toEqual([]);
  // What a custom resolver led to counts as ever; the project's sequencer sorts what is left.
  project.edit('src/behind.js', "'behind'", "'beh' + 'ind'");
  const one = project.run();
  expect(one).toMatchObject({ exitCode: 0, ran: [PLUS] });
  expect(said(one)).toEqual(
    expect.arrayContaining(['sorts 1', 'setup stringobject', 'teardown 5', 'completes']),
  );
  // What the global setup imports shapes every result.
  project.edit('say.ts', 'said: ', 'said:  ');
  expect(project.run().ran).toEqual([MINUS, PLUS]);
});

test('a globalSetup that throws ends the run as in plain Jest', () => {
  project = new Project({
    ...FILES,
    'setup.js': "module.exports = () => { throw new Error('no database today'); };\n",
    'jest.config.js': "module.exports = { transform: {}, globalSetup: './setup.js' };",
  });
  const bare = project.run([], { plain: true });
  const ours = project.run();
  expect(ours.exitCode).toBe(bare.exitCode);
  expect(ours.stderr).toContain('no database today');
  expect(ours.ran).toEqual([]);
  project.write({ 'setup.js': 'module.exports = () => undefined;\n' });
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [MINUS, PLUS] });
  expect(project.leftovers()).toEqual([]);
});

/** Runs test files as a linter would: nothing of Jest's runtime is used, and what went wrong is null where nothing did. */
const LINTER = `const fs = require('fs');
module.exports = class {
  async runTests(tests, watcher, onStart, onResult) {
    for (const test of tests) {
      await onStart(test);
      const failureMessage = fs.readFileSync(test.path, 'utf8').includes('bad') ? 'bad code' : '';
      const failed = failureMessage === '' ? 0 : 1;
      await onResult(test, {
        console: null, failureMessage, leaks: false, openHandles: [], skipped: false, testExecError: null,
        numFailingTests: failed, numPassingTests: 1 - failed, numPendingTests: 0, numTodoTests: 0,
        perfStats: { start: 1, end: 2, runtime: 1, slow: false },
        snapshot: { added: 0, fileDeleted: false, matched: 0, unchecked: 0, uncheckedKeys: [], unmatched: 0, updated: 0 },
        testFilePath: test.path,
        testResults: [{ ancestorTitles: [], duration: 1, failureMessages: [], fullName: 'lint', location: null,
          numPassingAsserts: 0, status: failed ? 'failed' : 'passed', title: 'lint' }],
      });
    }
  }
};
`;

test('a runner without environments runs everything each time, and one sentence says so', () => {
  const files = {
    'linter.js': LINTER,
    't/a.test.js': "test('a', () => {});",
    't/b.test.js': "test('b', () => {});",
  };
  project = new Project({
    ...files,
    'jest.config.json': JSON.stringify({ transform: {}, runner: './linter.js' }),
  });
  for (let run = 0; run < 2; run += 1) {
    const result = project.run();
    expect(result).toMatchObject({ exitCode: 0, ran: ['t/a.test.js', 't/b.test.js'] });
    expect(result.messages).toEqual([
      'nothing is recorded yet in this environment: 2 test files to run and record.',
      expect.stringMatching(/^what the runner linter\.js runs cannot be recorded/),
    ]);
  }
  project.write({ 't/b.test.js': '// bad' });
  expect(project.run()).toMatchObject({ exitCode: 1, failed: ['t/b.test.js'] });
  // Fixed, it is no more known than before.
  project.write(files);
  expect(project.run()).toMatchObject({ exitCode: 0, ran: ['t/a.test.js', 't/b.test.js'] });

  // Beside a project of Jest's own runner, whose records are as ever.
  project.write({
    'jest.config.json': JSON.stringify({
      projects: [
        { transform: {}, displayName: 'lint', runner: './linter.js', testMatch: ['**/a.test.js'] },
        { transform: {}, displayName: 'unit', testMatch: ['**/b.test.js'] },
      ],
    }),
  });
  expect(project.run()).toMatchObject({
    exitCode: 0,
    ran: ['lint t/a.test.js', 'unit t/b.test.js'],
    messages: [
      'nothing is recorded yet in this environment: 2 test files to run and record.',
      expect.stringMatching(/^what the runner linter\.js runs cannot be recorded/),
    ],
  });
  const second = project.run();
  expect(second).toMatchObject({ exitCode: 0, ran: ['lint t/a.test.js'] });
  expect(second.messages).toEqual([
    '1 of 2 test files affected: 1 new',
    expect.stringMatching(/^what the runner linter\.js runs cannot be recorded/),
    expect.stringMatching(/^1 test file not affected/),
  ]);
});
