import * as fs from 'node:fs';
import { testing, type Family, type Files } from './scenario';

const SHARED: Files = {
  'shared/util.js': 'exports.plus = (a, b) => a + b;\nexports.minus = (a, b) => a - b;\n',
  'packages/a/src/a.js': "exports.three = () => require('../../../shared/util').plus(1, 2);\n",
  'packages/a/__tests__/a.test.js': testing(
    "expect(require('../src/a').three()).toBeGreaterThan(0);",
  ),
  'packages/b/src/b.js': "exports.one = () => require('b-shared/util').minus(2, 1);\n",
  'packages/b/__tests__/b.test.js': testing(
    "expect(require('../src/b').one()).toBeGreaterThan(0);",
  ),
};

/** Several projects in one repository, which share files outside their own `rootDir`. */
export const monorepo: Family = {
  name: 'several projects',
  base: {
    files: {
      ...SHARED,
      'jest.config.js':
        "module.exports = { projects: ['<rootDir>/packages/*'], globalSetup: './global-setup.js', maxConcurrency: 4 };",
      'global-setup.js': 'module.exports = () => {};\n',
      'packages/a/jest.config.js':
        "module.exports = { displayName: 'a', transform: {}, setupFiles: ['./setup.js'], globalSetup: './global-setup.js' };",
      'packages/a/setup.js': 'global.ready = true;\n',
      'packages/a/global-setup.js': "module.exports = require('./prepare').prepare;\n",
      'packages/a/prepare.js': 'exports.prepare = () => {};\n',
      'packages/b/jest.config.js': "module.exports = { displayName: 'b', transform: {} };",
      'packages/b/node_modules/.keep': '',
    },
    prepare: (project) =>
      fs.symlinkSync('../../../shared', project.path('packages/b/node_modules/b-shared')),
  },
  scenarios: [
    {
      name: 'code outside rootDir',
      edit: (project) => project.edit('shared/util.js', 'a + b', 'b + a'),
      expectRan: ['a packages/a/__tests__/a.test.js'],
    },
    {
      name: 'code in a symlinked folder',
      edit: (project) => project.edit('shared/util.js', 'a - b', '-b + a'),
      expectRan: ['b packages/b/__tests__/b.test.js'],
    },
    {
      name: 'the config of one project',
      edit: (project) =>
        project.edit('packages/a/jest.config.js', 'transform', 'resetMocks: true, transform'),
      expectRan: ['a packages/a/__tests__/a.test.js'],
    },
    {
      name: 'a setup file of one project',
      edit: (project) => project.edit('packages/a/setup.js', 'true', 'false'),
      expectRan: ['a packages/a/__tests__/a.test.js'],
    },
    {
      name: 'the global setup of one project, beside that of them all',
      edit: (project) => project.edit('packages/a/global-setup.js', 'require', '1 && require'),
      expectRan: ['a packages/a/__tests__/a.test.js'],
    },
    {
      name: 'what the global setup of one project imports',
      edit: (project) => project.edit('packages/a/prepare.js', '{}', '{ return 1; }'),
      expectRan: ['a packages/a/__tests__/a.test.js'],
    },
    {
      name: 'the global setup of them all',
      edit: (project) => project.edit('global-setup.js', '{}', '{ return 1; }'),
      expectRan: ['a packages/a/__tests__/a.test.js', 'b packages/b/__tests__/b.test.js'],
    },
    {
      name: 'how many of their tests may run at once',
      edit: (project) => project.edit('jest.config.js', 'maxConcurrency: 4', 'maxConcurrency: 3'),
      expectRan: ['a packages/a/__tests__/a.test.js', 'b packages/b/__tests__/b.test.js'],
    },
  ],
};

/** One package of a repository, tested from its own folder. */
export const onePackage: Family = {
  name: 'one package of a repository',
  base: {
    files: {
      ...SHARED,
      'packages/a/package.json': '{"name":"a","private":true}',
      'packages/a/jest.config.js': 'module.exports = { transform: {} };',
      'packages/a/__tests__/other.test.js': testing('expect(1).toBe(1);'),
    },
    folder: 'packages/a',
  },
  scenarios: [
    {
      name: 'code outside the package',
      edit: (project) => project.edit('shared/util.js', 'a + b', 'b + a'),
      expectRan: ['__tests__/a.test.js'],
    },
    {
      name: 'code outside the package that did not run',
      edit: (project) => project.edit('shared/util.js', 'a - b', '-b + a'),
      expectRan: [],
    },
  ],
};
