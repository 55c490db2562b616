import { testing, type Family } from './scenario';

const run = (name: string): string => `__tests__/${name}.test.js`;

/** What code does to find a module that is not there, or that could be found elsewhere one day. */
const FINDERS: Record<string, string> = {
  bare: "require('bare')",
  scoped: "require('@scope/bare/inner')",
  located: "require.resolve('located')",
  'from-paths':
    "require.resolve('from-paths', { paths: [require('path').join(__dirname, '../elsewhere')] })",
  'relative-from-paths':
    "require.resolve('./beside', { paths: [require('path').join(__dirname, '../elsewhere')] })",
  'absolute-path': "require.resolve(require('path').join(__dirname, '../elsewhere/absolute'))",
  'found-from-paths':
    "require.resolve('found', { paths: [require('path').join(__dirname, '../elsewhere')] })",
  actual: "jest.requireActual('actual')",
  automatic: "jest.createMockFromModule('automatic')",
  mapped: "require('@several/one')",
  'mapped-path': "require('./mapped.data')",
  folder: "require('../src/folder')",
  imported: "(await import('imported')).default",
  package: "require('pack')",
  nested: "require('nested')",
  deep: "require('../src/deep/asks')",
};

const ALL = [...Object.keys(FINDERS), 'of-variable', 'missed-of-variable', 'nothing'].map(run);

const ENV = {
  NODE_PATH: 'first:searched',
  NODE_OPTIONS: '--experimental-vm-modules',
  SSL_CERT_FILE: 'certificates.pem',
};

/** Modules that are looked for in folders other than `node_modules`. */
export const lookups: Family = {
  name: 'module lookups',
  base: {
    files: {
      'jest.config.js': `const path = require('path');
module.exports = {
  transform: {},
  testMatch: ['**/*.test.js'],
  modulePaths: ['<rootDir>', '<rootDir>/paths'],
  moduleDirectories: ['node_modules', 'near', path.join(__dirname, 'fixed')],
  moduleNameMapper: { '^@several/(.*)$': ['<rootDir>/mapped/$1', 'mapped-$1'], '^\\\\./mapped\\\\.data$': ['<rootDir>/data/one', '<rootDir>/data/two'] },
};`,
      'package.json': '{"name":"fixture","private":true}',
      ...Object.fromEntries(
        Object.entries(FINDERS).map(([name, expression]) => [
          run(name),
          testing(
            `let found = null;\ntry {\n  found = ${expression};\n} catch {}\nexpect(found).toBe(found);`,
          ),
        ]),
      ),
      'elsewhere/found.json': '{}',
      'data/two.js': '',
      'src/folder/notes.txt': '',
      'src/deep/asks.js': "try {\n  module.exports = require('asked');\n} catch {}\n",
      'node_modules/pack/package.json': '{"name":"pack","version":"1.0.0"}',
      'node_modules/pack/index.js': '',
      'paths/nested.js': '',
      'searched/of-variable.js': 'exports.from = 1;\n',
      [run('of-variable')]: testing("expect(require('of-variable').from).toBe(1);"),
      [run('missed-of-variable')]: testing(
        "let found = null;\ntry {\n  found = require('missed-of-variable');\n} catch {}\nexpect(found).toBe(null);",
      ),
      'certificates.pem': 'none',
      [run('nothing')]: testing('expect(1).toBe(1);'),
    },
    env: ENV,
  },
  scenarios: [
    {
      name: 'a module in a folder of modulePaths',
      edit: (project) => project.write({ 'paths/bare.js': '', 'paths/located/index.js': '' }),
      expectRan: [run('bare'), run('located')],
    },
    {
      name: 'a module with a scope in a folder of modulePaths',
      edit: (project) => project.write({ 'paths/@scope/bare/inner.js': '' }),
      expectRan: [run('scoped')],
    },
    {
      name: 'a package with a main in a folder of modulePaths',
      edit: (project) =>
        project.write({ 'paths/bare/package.json': '{"main":"lib.js"}', 'paths/bare/lib.js': '' }),
      expectRan: [run('bare')],
    },
    {
      name: 'a module in a folder of moduleDirectories',
      edit: (project) => project.write({ 'near/bare.js': '', 'near/@scope/bare/inner.js': '' }),
      expectRan: [run('bare'), run('scoped')],
    },
    {
      name: 'a module in a folder of moduleDirectories beside the one that asks',
      edit: (project) => project.write({ 'src/deep/near/asked.js': '', 'src/near/bare.js': '' }),
      expectRan: [run('deep')],
    },
    {
      name: 'a module in a folder of moduleDirectories that is named by its whole path',
      edit: (project) => project.write({ 'fixed/bare.js': '', 'fixed/asked.js': '' }),
      expectRan: [run('bare'), run('deep')],
    },
    {
      name: 'modules where the paths say that require.resolve was given',
      edit: (project) =>
        project.write({ 'elsewhere/from-paths.js': '', 'elsewhere/beside.js': '' }),
      expectRan: [run('from-paths'), run('relative-from-paths')],
    },
    {
      name: 'modules above the paths that require.resolve was given',
      edit: (project) => project.write({ 'elsewhere/node_modules/from-paths.js': '' }),
      expectRan: [run('from-paths')],
    },
    {
      name: 'a module that require.resolve was given the whole path of',
      edit: (project) => project.write({ 'elsewhere/absolute.js': '' }),
      expectRan: [run('absolute-path')],
    },
    {
      name: 'a better match where the paths say that require.resolve was given',
      edit: (project) => project.write({ 'elsewhere/found.js': '' }),
      expectRan: [run('found-from-paths')],
    },
    {
      name: 'modules that are asked for by the functions of jest, or by import()',
      edit: (project) =>
        project.write({ 'paths/actual.js': '', 'near/automatic.js': '', 'paths/imported.js': '' }),
      expectRan: [run('actual'), run('automatic'), run('imported')],
    },
    {
      name: 'the first target of moduleNameMapper',
      edit: (project) => project.write({ 'mapped/one.js': '', 'data/one.json': '{}' }),
      expectRan: [run('mapped'), run('mapped-path')],
    },
    {
      name: 'a target of moduleNameMapper that is named without a path',
      edit: (project) => project.write({ 'paths/mapped-one.js': '' }),
      expectRan: [run('mapped')],
    },
    {
      name: 'a folder gets an index, or a package.json',
      edit: (project) =>
        project.write({
          'src/folder/package.json': '{"main":"./notes.js"}',
          'src/folder/notes.js': '',
        }),
      expectRan: [run('folder')],
    },
    {
      name: 'a module that comes before an installed package',
      edit: (project) => project.write({ '__tests__/near/pack.js': '' }),
      expectRan: [run('package')],
    },
    {
      name: 'a module in the first of two folders, one of which holds the other',
      edit: (project) => project.write({ 'nested.js': '' }),
      expectRan: [run('nested')],
    },
    {
      name: 'a module in a folder of NODE_PATH',
      edit: (project) => project.write({ 'searched/missed-of-variable.js': 'module.exports = 1;' }),
      expectRan: [run('missed-of-variable')],
      expectExit: 1,
    },
    {
      name: 'a module in a folder of NODE_PATH that comes first',
      edit: (project) => project.write({ 'first/of-variable.js': 'exports.from = 2;' }),
      expectRan: [run('of-variable')],
      expectExit: 1,
    },
    {
      name: 'a package.json between the root and the folder of a module',
      edit: (project) => project.write({ 'src/package.json': '{"type":"module"}' }),
      expectRan: [run('deep'), run('folder')],
    },
    {
      name: 'certificates that Node reads as it starts',
      edit: (project) => project.write({ 'certificates.pem': 'other' }),
      expectRan: ALL,
      alone: true,
    },
    {
      name: 'what Node itself prints for debugging',
      edit: () => undefined,
      env: { ...ENV, NODE_DEBUG: 'fixture' },
      expectRan: ALL,
    },
    {
      name: 'another NODE_PATH',
      edit: () => undefined,
      env: { NODE_PATH: 'searched' },
      expectRan: ALL,
    },
    {
      name: 'no NODE_PATH',
      edit: () => undefined,
      env: { NODE_PATH: '' },
      expectRan: ALL,
      expectExit: 1,
    },
  ],
};
