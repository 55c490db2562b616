import * as fs from 'node:fs';
import * as path from 'node:path';
import { NO_TRANSFORM, testing, type Family, type Files, type Project } from './scenario';

/** An installed package: its folder, what its code is, its version. */
function installed(folder: string, code: string, version = '1.0.0'): Files {
  const name = folder.replace(/^.*node_modules\//, '');
  return {
    [`${folder}/package.json`]: JSON.stringify({ name, version, main: 'index.js' }),
    [`${folder}/index.js`]: code,
  };
}

function bump(project: Project, folder: string): void {
  project.edit(`${folder}/package.json`, '"1.0.0"', '"1.0.1"');
}

/** What npm notes of what it installed, with a package from a repository at some commit. */
function lockOf(commit: string, integrity = 'sha512-one'): string {
  return JSON.stringify({
    name: 'fixture',
    lockfileVersion: 3,
    packages: {
      'node_modules/direct': {
        version: '1.0.0',
        resolved: 'https://registry.npmjs.org/direct/-/direct-1.0.0.tgz',
        integrity,
      },
      'node_modules/from-git': {
        version: '1.0.0',
        resolved: `git+ssh://git@github.com/owner/from-git.git#${commit}`,
      },
    },
  });
}

function test(name: string): string {
  return `__tests__/${name}.test.js`;
}

const PNPM = 'node_modules/.pnpm/stored@1.0.0/node_modules/stored';

const LINKED = 'node_modules/.pnpm/linked-below@1.0.0/node_modules/linked-below';

/** Links a package of the store beside another, as one of its dependencies. */
function linkBelow(project: Project, target: string): void {
  const link = PNPM.replace(/stored$/, 'linked-below');
  project.write({ [link]: null });
  fs.symlinkSync(path.relative(path.dirname(link), target), project.path(link));
}

/** Installed packages, in the layouts that package managers make. */
export const packages: Family = {
  name: 'installed packages',
  base: {
    files: {
      ...NO_TRANSFORM,
      ...installed('node_modules/direct', "exports.from = require('below').from;\n"),
      ...installed('node_modules/below', "exports.from = 'below';\n"),
      ...installed('node_modules/direct/node_modules/inner', "exports.from = 'inner';\n"),
      ...installed('node_modules/@scope/one', "exports.from = 'one';\n"),
      ...installed('node_modules/@scope/two', "exports.from = 'two';\n"),
      ...installed('node_modules/unused', "exports.from = 'unused';\n"),
      ...installed('node_modules/data', ''),
      'node_modules/data/values.txt': 'values',
      'node_modules/direct/sub/extra.js': "exports.from = require('inner').from;\n",
      ...installed(PNPM, "exports.from = require('linked-below').from;\n"),
      ...installed(LINKED, "exports.from = 'linked';\n"),
      ...installed('node_modules/from-git', "exports.from = 'git';\n"),
      'node_modules/.package-lock.json': lockOf('1111111'),
      [test('from-git')]: testing("expect(require('from-git').from).toBeTruthy();"),
      'packages/lib/package.json': '{"name":"@ws/lib","version":"1.0.0","main":"lib.js"}',
      'packages/lib/lib.js': 'exports.a = () => 1;\nexports.b = () => 2;\n',
      'patches/direct+1.0.0.patch': 'diff',
      [test('direct')]: testing("expect(require('direct').from).toBeTruthy();"),
      [test('sub')]: testing("expect(require('direct/sub/extra').from).toBeTruthy();"),
      [test('scoped')]: testing("expect(require('@scope/one').from).toBeTruthy();"),
      [test('data')]: testing(
        "expect(require('fs').readFileSync(require('path').join(__dirname, '../node_modules/data/values.txt'), 'utf8')).toBeTruthy();",
      ),
      [test('pnpm')]: testing("expect(require('stored').from).toBeTruthy();"),
      [test('workspace-a')]: testing("expect(require('@ws/lib').a()).toBeTruthy();"),
      [test('workspace-b')]: testing("expect(require('@ws/lib').b()).toBeTruthy();"),
      'packages/lib/main.js': 'exports.a = () => 5;\nexports.b = () => 6;\n',
      'packages/lib/data.txt': 'data',
      'packages/other/package.json': '{"name":"@ws/other","version":"1.0.0","main":"lib.js"}',
      'packages/other/lib.js': 'exports.a = () => 7;\nexports.b = () => 8;\n',
      '__tests__/node_modules/.keep': '',
      ...installed(
        'node_modules/chosen',
        "module.exports = require('jest-environment-node').TestEnvironment;\nrequire('beneath');\n",
      ),
      'node_modules/chosen/package.json':
        '{"name":"chosen","version":"1.0.0","dependencies":{"beneath":"1"}}',
      ...installed('node_modules/beneath', ''),
      [test('chosen')]: `/** @jest-environment chosen */\n${testing('expect(1).toBe(1);')}`,
      'node_modules/.generated/client/index.js': 'exports.generated = () => 1;\n',
      [test('workspace-data')]: testing(
        "expect(require('fs').readFileSync(require('path').join(__dirname, '../node_modules/@ws/lib/data.txt'), 'utf8')).toBeTruthy();",
      ),
      [test('generated')]: testing(
        "expect(require('.generated/client').generated()).toBeGreaterThan(0);",
      ),
      [test('nothing')]: testing('expect(1).toBe(1);'),
    },
    prepare: (project) => {
      project.link('jest-environment-node', 'jest-environment-node');
      fs.symlinkSync('.pnpm/stored@1.0.0/node_modules/stored', project.path('node_modules/stored'));
      linkBelow(project, LINKED);
      fs.mkdirSync(project.path('node_modules/@ws'));
      fs.symlinkSync(
        path.join('..', '..', 'packages', 'lib'),
        project.path('node_modules/@ws/lib'),
      );
    },
  },
  scenarios: [
    {
      name: 'a package from a repository, the same version at another commit',
      edit: (project) => project.write({ 'node_modules/.package-lock.json': lockOf('2222222') }),
      expectRan: [test('from-git')],
    },
    {
      name: 'what npm notes of a package from a registry',
      edit: (project) =>
        project.write({ 'node_modules/.package-lock.json': lockOf('1111111', 'sha512-two') }),
      expectRan: [],
    },
    {
      name: 'a package that a test loads',
      edit: (project) => bump(project, 'node_modules/direct'),
      expectRan: [test('direct'), test('sub')],
    },
    {
      name: 'a package that a package loads',
      edit: (project) => bump(project, 'node_modules/below'),
      expectRan: [test('direct')],
    },
    {
      name: 'a package nested in another',
      edit: (project) => bump(project, 'node_modules/direct/node_modules/inner'),
      expectRan: [test('sub')],
    },
    {
      name: 'one of two packages of a scope',
      edit: (project) => bump(project, 'node_modules/@scope/one'),
      expectRan: [test('scoped')],
    },
    {
      name: 'a package beneath the environment that a docblock chose',
      edit: (project) => bump(project, 'node_modules/beneath'),
      expectRan: [test('chosen')],
    },
    {
      name: 'a package that nobody loads',
      edit: (project) => bump(project, 'node_modules/unused'),
      expectRan: [],
    },
    {
      name: 'a package of which a file is read',
      edit: (project) => bump(project, 'node_modules/data'),
      expectRan: [test('data')],
    },
    {
      name: 'a package in the layout of pnpm, in place',
      edit: (project) => bump(project, PNPM),
      expectRan: [test('pnpm')],
    },
    {
      name: 'a package in the layout of pnpm, another version linked',
      edit: (project) => {
        const next = PNPM.replace('1.0.0', '2.0.0');
        project.write({
          ...installed(next, "exports.from = 'newer';\n", '2.0.0'),
          'node_modules/stored': null,
        });
        fs.symlinkSync(next.replace('node_modules/', ''), project.path('node_modules/stored'));
      },
      expectRan: [test('pnpm')],
    },
    {
      name: 'a package in the layout of pnpm, what it depends on linked anew',
      edit: (project) => {
        const next = LINKED.replace('1.0.0', '2.0.0');
        project.write(installed(next, "exports.from = 'newer';\n", '2.0.0'));
        linkBelow(project, next);
      },
      expectRan: [test('pnpm')],
    },
    {
      name: 'a package nested anew in one that a test loads',
      edit: (project) =>
        project.write(
          installed(
            'node_modules/direct/node_modules/below',
            "exports.from = 'nested';\n",
            '2.0.0',
          ),
        ),
      expectRan: [test('direct'), test('sub')],
    },
    {
      name: 'the code of a workspace package that is linked',
      edit: (project) => project.edit('packages/lib/lib.js', '1', '3'),
      expectRan: [test('workspace-a')],
    },
    {
      name: 'the main file of a workspace package',
      edit: (project) => project.edit('packages/lib/package.json', 'lib.js', 'main.js'),
      expectRan: [test('workspace-a'), test('workspace-b')],
    },
    {
      name: 'the version of a workspace package',
      edit: (project) => bump(project, 'packages/lib'),
      expectRan: [],
    },
    {
      name: 'the link of a workspace package comes to lead elsewhere',
      edit: (project) => {
        project.write({ 'node_modules/@ws/lib': null, 'packages/other/data.txt': 'data' });
        fs.symlinkSync('../../packages/other', project.path('node_modules/@ws/lib'));
      },
      expectRan: [test('workspace-a'), test('workspace-b')],
    },
    {
      name: 'a package under the name of a workspace, installed nearer',
      edit: (project) =>
        project.write(
          installed('__tests__/node_modules/@ws/lib', 'exports.a = exports.b = () => 9;'),
        ),
      expectRan: [test('workspace-a'), test('workspace-b')],
    },
    {
      name: 'a file of a workspace package that was read through its link',
      edit: (project) => project.write({ 'packages/lib/data.txt': 'other' }),
      expectRan: [test('workspace-data')],
    },
    {
      name: 'code that a tool generates into node_modules',
      edit: (project) => project.edit('node_modules/.generated/client/index.js', '1', '2'),
      expectRan: [test('generated')],
    },
    {
      name: 'a package uninstalled',
      edit: (project) => project.write({ 'node_modules/@scope/one': null }),
      expectRan: [test('scoped')],
      expectExit: 1,
    },
    {
      name: 'a patch of a package',
      edit: (project) => project.write({ 'patches/direct+1.0.0.patch': 'another diff' }),
      expectRan: [test('direct'), test('sub')],
    },
    {
      name: 'a new patch of a package in a scope',
      edit: (project) => project.write({ 'patches/@scope+one+1.0.0.patch': 'diff' }),
      expectRan: [test('scoped')],
    },
    {
      name: 'a new patch of a package that nobody loads',
      edit: (project) => project.write({ 'patches/unused+1.0.0.patch': 'diff' }),
      expectRan: [],
    },
    {
      name: 'the lock file alone',
      edit: (project) =>
        project.write({
          'package-lock.json': '{"lockfileVersion":3}',
          'yarn.lock': '#',
          'pnpm-lock.yaml': '',
        }),
      expectRan: [],
    },
  ],
};
