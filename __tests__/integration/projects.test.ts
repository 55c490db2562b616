import { afterEach, expect, jest, test } from '@jest/globals';
import { ENTRY, Project, type Files } from './harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const SIGN = `
exports.sign = (positive) => {
  if (positive) { return 'plus'; } else if (positive === false) { return 'minus'; } else { return 'none'; }
};
`;
const PLUS =
  "const { sign } = require('../src/sign');\ntest('plus', () => { expect(sign(true)).toBe('plus'); });\n";
const MINUS =
  "const { sign } = require('../src/sign');\ntest('minus', () => { expect(sign(false)).toBe('minus'); });\n";
const FILES: Files = {
  'src/sign.js': SIGN,
  '__tests__/plus.test.js': PLUS,
  '__tests__/minus.test.js': MINUS,
};

test('two projects share test files: each has records of its own', () => {
  project = new Project(
    {
      'src/sign.js': SIGN.replace(
        "return 'none'",
        "if (typeof document === 'undefined') { return 'no'; } else { return 'dom'; }",
      ),
      '__tests__/plus.test.js': PLUS,
      '__tests__/minus.test.js': MINUS,
      '__tests__/where.test.js':
        "const { sign } = require('../src/sign');\ntest('where', () => { expect(['no', 'dom']).toContain(sign()); });\n",
      'jest.config.js': `module.exports = { projects: [
        { displayName: 'node', transform: {}, testEnvironment: 'node' },
        { displayName: 'dom', transform: {}, testEnvironment: 'jsdom' },
      ] };`,
    },
    ['jest', 'jest-environment-jsdom'],
  );
  const both = (...names: string[]) =>
    ['dom', 'node'].flatMap((one) => names.map((name) => `${one} __tests__/${name}.test.js`));
  const first = project.run();
  expect(first).toMatchObject({ exitCode: 0, ran: both('minus', 'plus', 'where') });
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
  project.edit('src/sign.js', "'plus'", "'plu' + 's'");
  expect(project.run()).toMatchObject({ exitCode: 0, ran: both('plus') });
  // A branch that only one of the projects takes.
  project.edit('src/sign.js', "'dom'", "'d' + 'om'");
  expect(project.run()).toMatchObject({ exitCode: 0, ran: ['dom __tests__/where.test.js'] });
  // One project at a time: the other one's turn comes later.
  project.edit('src/sign.js', "'minus'", "'min' + 'us'");
  expect(project.run(['--selectProjects', 'dom'])).toMatchObject({
    exitCode: 0,
    ran: ['dom __tests__/minus.test.js'],
  });
  expect(project.run(['--selectProjects', 'dom']).ran).toEqual([]);
  expect(project.run(['--ignoreProjects', 'dom'])).toMatchObject({
    exitCode: 0,
    ran: ['node __tests__/minus.test.js'],
  });
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
  expect(project.leftovers()).toEqual([]);
});

test.each(['jest', 'jest29'])('projects as globs, folders, files and inline, in %s', (version) => {
  project = new Project(
    {
      'jest.config.js':
        "module.exports = { projects: ['<rootDir>/packages/*', '<rootDir>/tools', '<rootDir>/apps/jest.web.js', { displayName: 'inline', rootDir: 'inline', transform: {} }] };",
      'shared/sign.js': SIGN,
      ...Object.fromEntries(
        ['packages/one', 'packages/two', 'tools', 'apps', 'inline'].map((folder) => [
          `${folder}/own.test.js`,
          `const { sign } = require('${'../'.repeat(folder.split('/').length)}shared/sign');\ntest('own', () => { expect(sign(${String(folder !== 'tools')})).toBe(${folder === 'tools' ? "'minus'" : "'plus'"}); });\n`,
        ]),
      ),
      'packages/one/package.json': '{"name":"one","jest":{"displayName":"one","transform":{}}}',
      'packages/two/jest.config.mjs':
        "export default async () => ({ displayName: 'two', transform: {} });",
      'tools/jest.config.json': '{"displayName":"tools","transform":{}}',
      'apps/jest.web.js':
        "module.exports = { displayName: 'web', transform: {}, setupFiles: ['./setup.js'] };",
      'apps/setup.js': 'global.web = true;\n',
    },
    { jest: version },
  );
  const all = [
    'inline inline/own.test.js',
    'one packages/one/own.test.js',
    'tools tools/own.test.js',
    'two packages/two/own.test.js',
    'web apps/own.test.js',
  ];
  expect(project.run()).toMatchObject({ exitCode: 0, ran: all });
  expect(project.run().ran).toEqual([]);
  project.edit('shared/sign.js', "'minus'", "'min' + 'us'");
  expect(project.run()).toMatchObject({ exitCode: 0, ran: ['tools tools/own.test.js'] });
  project.edit('apps/setup.js', 'true', '1');
  expect(project.run()).toMatchObject({ exitCode: 0, ran: ['web apps/own.test.js'] });
  // What one project is configured by concerns that project.
  project.edit('packages/two/jest.config.mjs', 'transform: {}', 'transform: {}, globals: { x: 1 }');
  expect(project.run()).toMatchObject({ exitCode: 0, ran: ['two packages/two/own.test.js'] });
  // Started for one folder of several.
  project.edit('shared/sign.js', "'plus'", "'pl' + 'us'");
  expect(project.run(['--projects', 'packages/one', 'tools'])).toMatchObject({
    exitCode: 0,
    ran: ['one packages/one/own.test.js'],
  });
});

test('--projects whose configs name us one by one: each has its global setup', () => {
  const own = (name: string): Files => ({
    [`${name}/jest.config.js`]: `module.exports = require('${ENTRY}').withTestmon({ displayName: '${name}', transform: {}, globalSetup: './setup.js' });`,
    [`${name}/setup.js`]: `module.exports = () => { process.env.OF_${name} = 'set'; };\n`,
    [`${name}/own.test.js`]: `test('own', () => { expect(process.env.OF_${name}).toBe('set'); });\n`,
  });
  project = new Project({ ...own('one'), ...own('two') });
  const run = () => project.run(['--projects', 'one', 'two'], { plain: true });
  expect(run()).toMatchObject({ exitCode: 0, ran: ['one one/own.test.js', 'two two/own.test.js'] });
  expect(run()).toMatchObject({ exitCode: 0, ran: [] });
  project.edit('two/setup.js', "'set'", "'se' + 't'");
  expect(run()).toMatchObject({ exitCode: 0, ran: ['two two/own.test.js'] });
});

const configs: Record<
  string,
  { files: Files; packages?: string[]; args?: string[]; cwd?: string }
> = {
  'a key of package.json': {
    files: { 'package.json': '{"jest":{"transform":{},"globals":{"given":1}}}' },
  },
  '.cjs': {
    files: { 'jest.config.cjs': 'module.exports = { transform: {}, globals: { given: 1 } };' },
  },
  '.mjs, an async function': {
    files: {
      'jest.config.mjs':
        'export default async () => { await null; return { transform: {}, globals: { given: 1 } }; };',
    },
  },
  '.ts': {
    files: {
      'jest.config.ts':
        "import type { Config } from 'jest';\nconst given: number = 1;\nexport default (): Config => ({ transform: {}, globals: { given } });",
    },
    packages: ['ts-node', 'typescript', '@types/node'],
  },
  '.json': { files: { 'jest.config.json': '{"transform":{},"globals":{"given":1}}' } },
  'a preset of a folder': {
    files: {
      'base/jest-preset.js': 'module.exports = { transform: {}, globals: { given: 1 } };',
      'jest.config.js': "module.exports = { preset: './base/jest-preset.js' };",
    },
  },
  '--config with another rootDir': {
    files: {
      'conf/unit.js': "module.exports = { rootDir: '..', transform: {}, globals: { given: 1 } };",
    },
    args: ['--config', 'conf/unit.js'],
  },
  '--config as text': { files: {}, args: ['--config={"transform":{},"globals":{"given":1}}'] },
  'a folder above': {
    files: {
      'jest.config.js': 'module.exports = { transform: {}, globals: { given: 1 } };',
      'deep/x.txt': '',
    },
    cwd: 'deep',
  },
};

test.each(Object.keys(configs))('a config in %s', (name) => {
  const { files, packages = [], args = [], cwd = '.' } = configs[name] ?? { files: {} };
  project = new Project(
    {
      ...FILES,
      '__tests__/plus.test.js': PLUS.replace(
        "test('plus', () => {",
        "test('plus', () => { expect(given).toBe(1);",
      ),
      ...files,
    },
    ['jest', ...packages],
  );
  const run = () => {
    const { exitCode, stderr } = project.run(args, { cwd: project.path(cwd) });
    return { exitCode, suites: /Test Suites: (.*) total/.exec(stderr)?.[1] ?? 'none' };
  };
  expect(run()).toEqual({ exitCode: 0, suites: '2 passed, 2' });
  expect(run()).toEqual({ exitCode: 0, suites: 'none' });
  project.edit('src/sign.js', "'minus'", "'min' + 'us'");
  expect(run()).toEqual({ exitCode: 0, suites: '1 passed, 1' });
});

test('--rootDir: a folder of the project alone', () => {
  project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };',
    'part/package.json': '{}',
    'part/src/sign.js': SIGN,
    'part/__tests__/plus.test.js': PLUS,
    'other/other.test.js': "test('other', () => undefined);\n",
  });
  const args = ['--rootDir', 'part'];
  expect(project.run(args)).toMatchObject({ exitCode: 0, ran: ['part/__tests__/plus.test.js'] });
  expect(project.run(args).ran).toEqual([]);
  project.edit('part/src/sign.js', "'plus'", "'pl' + 'us'");
  expect(project.run(args)).toMatchObject({ exitCode: 0, ran: ['part/__tests__/plus.test.js'] });
  expect(project.run()).toMatchObject({
    exitCode: 0,
    ran: expect.arrayContaining(['other/other.test.js']),
  });
});
