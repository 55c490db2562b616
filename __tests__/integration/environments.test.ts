import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Database } from '../sqlite';
import { Project, type Files, type RunOptions } from './harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

/** Two test files that run one branch of a source file each, and may check what their environment gives them. */
function branches(check = '', docblock = ''): Files {
  const testFile = (name: string, positive: boolean) => `${docblock}
const { sign } = require('../src/sign');
test('${name}', () => {
  ${check}
  expect(sign(${String(positive)})).toBe('${name}');
});
`;
  return {
    'jest.config.js': 'module.exports = { transform: {} };',
    'src/sign.js': `
exports.sign = (positive) => {
  if (positive) { return 'plus'; }
  return positive === false ? 'minus' : 'none';
};
`,
    '__tests__/plus.test.js': testFile('plus', true),
    '__tests__/minus.test.js': testFile('minus', false),
  };
}

/** First run, unchanged run, and an edit in the branch of one test file. */
function expectLoop(options: RunOptions = {}, args: readonly string[] = []): void {
  const first = project.run(args, options);
  expect([first.exitCode, first.passed, first.stderr]).toEqual([
    0,
    ['__tests__/minus.test.js', '__tests__/plus.test.js'],
    expect.anything(),
  ]);
  expect(project.run(args, options)).toMatchObject({ exitCode: 0, ran: [] });
  project.edit('src/sign.js', "'plus'", "'plu' + 's'");
  expect(project.run(args, options)).toMatchObject({
    exitCode: 0,
    passed: ['__tests__/plus.test.js'],
  });
  expect(project.run(args, options).ran).toEqual([]);
}

const IN_DOM =
  "document.body.innerHTML = '<b>x</b>'; expect(document.querySelector('b')).toBeInstanceOf(HTMLElement); expect(window).toBe(globalThis);";
const IN_NODE = "expect(typeof document).toBe('undefined');";

const jests: Record<string, Record<string, string>> = {
  'Jest 30': {
    jest: 'jest',
    'jest-environment-jsdom': 'jest-environment-jsdom',
    'jest-environment-node': 'jest-environment-node',
  },
  'Jest 29': { jest: 'jest29', 'jest-environment-jsdom': 'jest-environment-jsdom29' },
};

describe.each(Object.keys(jests))('%s', (version) => {
  const packages = jests[version] ?? {};

  test('jsdom, from the config', () => {
    project = new Project(
      {
        ...branches(`${IN_DOM} expect(location.href).toBe('https://example.org/x');`),
        'jest.config.js':
          "module.exports = { transform: {}, testEnvironment: 'jsdom', testEnvironmentOptions: { url: 'https://example.org/x' } };",
      },
      packages,
    );
    expectLoop();
    // The options count among what shapes every result.
    project.edit('jest.config.js', 'org/x', 'org/y');
    expect(project.run()).toMatchObject({
      exitCode: 1,
      failed: ['__tests__/minus.test.js', '__tests__/plus.test.js'],
    });
  });

  test('node, and jsdom by docblock with options of its own', () => {
    const files = branches(IN_NODE);
    const dom = branches(
      `${IN_DOM} expect(location.href).toBe('https://example.org/docblock');`,
      '/**\n * @jest-environment jsdom\n * @jest-environment-options {"url": "https://example.org/docblock"}\n */',
    );
    project = new Project(
      { ...files, '__tests__/plus.test.js': dom['__tests__/plus.test.js'] ?? null },
      packages,
    );
    expectLoop();
    // The docblock belongs to its test file alone.
    project.edit('__tests__/plus.test.js', 'example.org/docblock"}', 'example.org/other"}');
    expect(project.run()).toMatchObject({ exitCode: 1, ran: ['__tests__/plus.test.js'] });
  });
});

test('node by docblock in a project with jsdom', () => {
  project = new Project(
    {
      ...branches(IN_NODE, '/** @jest-environment node */'),
      'jest.config.js': "module.exports = { transform: {}, testEnvironment: 'jsdom' };",
    },
    jests['Jest 30'],
  );
  expectLoop();
});

test('--env on the command line', () => {
  project = new Project(branches(IN_DOM), jests['Jest 30']);
  expectLoop({}, ['--env=jsdom']);
});

/** A user's own environment: every part of it must stay in force. */
const CUSTOM = `
class Custom extends Node {
  #private = 7;
  events = [];
  constructor(config, context) {
    super(config, context);
    this.global.fromOptions = config.projectConfig.testEnvironmentOptions;
    this.global.fromDocblock = context.docblockPragmas.custom ?? 'none';
    this.global.testFile = context.testPath;
  }
  async setup() { await super.setup(); this.global.fromSetup = this.#private; this.global.events = this.events; }
  async teardown() { if (!this.events.includes('run_finish')) throw new Error('no run_finish'); await super.teardown(); }
  getVmContext() { this.asked = true; return super.getVmContext(); }
  exportConditions() { return ['custom', ...super.exportConditions()]; }
`;
const AS_METHOD =
  '  async handleTestEvent(event) { await null; this.events.push(event.name); }\n}\n';
const AS_FIELD = '  handleTestEvent = (event) => { this.events.push(event.name); };\n}\n';

const CUSTOM_CHECK = `
  expect(fromOptions).toEqual({ mine: 1 });
  expect(fromDocblock).toBe('yes');
  expect(testFile).toBe(__filename);
  expect(fromSetup).toBe(7);
  expect(events).toEqual(expect.arrayContaining(['setup', 'run_start', 'test_start', 'test_fn_start']));
`;

const environments: Record<string, Files> = {
  'a class with a method, CommonJS': {
    'environment.js': `const { TestEnvironment: Node } = require('jest-environment-node');\n${CUSTOM}${AS_METHOD}module.exports = Custom;`,
  },
  'a class with a class field': {
    'environment.js': `const { TestEnvironment: Node } = require('jest-environment-node');\n${CUSTOM}${AS_FIELD}Object.defineProperty(exports, "__esModule", { value: true }); exports.default = Custom;`,
  },
  'an ES module': {
    'environment.mjs': `import { TestEnvironment as Node } from 'jest-environment-node';\n${CUSTOM}${AS_FIELD}export default Custom;`,
  },
  TypeScript: {
    'environment.ts': `import { TestEnvironment as Node } from 'jest-environment-node';
import { loud } from './loud';
enum Kind { Own = 1 }
${CUSTOM.replace('constructor(config, context)', 'constructor(config: any, context: any)')
  .replace('#private = 7', '#private: number = Kind.Own + loud(6)')
  .replace('events = []', 'events: string[] = []')
  .replace(
    'getVmContext()',
    'asked = false; getVmContext()',
  )}${AS_METHOD.replace('(event)', '(event: { name: string })')}export default Custom;`,
    'loud.ts': 'export const loud = (n: number): number => n;\n',
    'jest.config.js':
      "module.exports = { transform: { '\\\\.ts$': '@swc/jest' }, testEnvironment: './environment.ts', testEnvironmentOptions: { mine: 1 } };",
  },
};

test.each(Object.keys(environments))(
  'a custom environment that is %s keeps every part of it',
  (name) => {
    const own = environments[name] ?? {};
    const [file = ''] = Object.keys(own);
    project = new Project(
      {
        ...branches(CUSTOM_CHECK, '/** @custom yes */'),
        'jest.config.js': `module.exports = { transform: {}, testEnvironment: './${file}', testEnvironmentOptions: { mine: 1 } };`,
        ...own,
      },
      ['jest', 'jest-environment-node', '@swc/jest', '@swc/core'],
    );
    expect(project.run(['--runInBand'], { plain: true })).toMatchObject({ exitCode: 0 });
    expectLoop();
    // It shapes every result.
    project.edit(file, '= context.testPath', "= context.testPath + ''");
    expect(project.run().ran).toHaveLength(2);
  },
);

test('a custom environment by docblock, and a JavaScript one in another folder', () => {
  project = new Project(
    {
      ...branches(
        'expect(fromSetup).toBe(7);',
        '/**\n * @jest-environment <rootDir>/tools/environment.js\n */',
      ),
      'tools/environment.js': environments['a class with a class field']?.['environment.js'] ?? '',
    },
    ['jest', 'jest-environment-node'],
  );
  expect(project.run([], { plain: true })).toMatchObject({ exitCode: 0 });
  expectLoop();
  project.edit('tools/environment.js', '#private = 7', '#private = 8');
  expect(project.run()).toMatchObject({
    exitCode: 1,
    failed: ['__tests__/minus.test.js', '__tests__/plus.test.js'],
  });
});

test('an environment that cannot be loaded, or throws, fails as in plain Jest', () => {
  for (const text of [
    "throw new Error('broken environment');",
    "module.exports = class { constructor() { throw new Error('refused'); } };",
  ]) {
    project = new Project({
      ...branches(),
      'jest.config.js': "module.exports = { transform: {}, testEnvironment: './environment.js' };",
      'environment.js': text,
    });
    const bare = project.run(['--runInBand'], { plain: true });
    const ours = project.run(['--runInBand']);
    const message = (stderr: string) =>
      stderr
        .split('\n')
        .filter((line) => /^ {4}(broken|refused|Error)|● /.test(line))
        .sort();
    expect(message(bare.stderr).length).toBeGreaterThan(0);
    expect(message(ours.stderr)).toEqual(message(bare.stderr));
    expect(ours.exitCode).toBe(bare.exitCode);
    // What failed stays selected.
    expect(project.run(['--runInBand']).ran).toHaveLength(2);
    project.remove();
  }
});

test.each(['jest', 'jest29'])('a list leaves no environment behind, with %s', (version) => {
  project = new Project(branches(), { jest: version });
  const environments = () => {
    const db = new Database(project.path('.testmondata'), { readonly: true });
    try {
      return db.prepare('SELECT count(*) FROM environment').pluck().get();
    } finally {
      db.close();
    }
  };
  expect(project.run().exitCode).toBe(0);
  const listed = project.run(['--listTests', '--globals={"N":1}']).stdout.trim().split('\n');
  expect([listed.length, environments()]).toEqual([2, 1]);
  expect(project.run(['--listTests']).stdout.trim()).toBe('');
});
