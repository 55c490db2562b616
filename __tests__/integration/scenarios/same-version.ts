import * as fs from 'node:fs';
import * as path from 'node:path';
import { NO_TRANSFORM, testing, type Family, type Files, type Scenario } from './scenario';

/** A package that keeps its version, with code that a row changes. */
function packageAt(folder: string, version: string | null = '1.0.0'): Files {
  const name = folder.replace(/^.*node_modules\//, '');
  return {
    [`${folder}/package.json`]: JSON.stringify({ name, ...(version !== null && { version }) }),
    [`${folder}/index.js`]: 'module.exports = () => 1;\n',
  };
}

const test = (name: string): string => `__tests__/${name}.test.js`;

/** A test file that calls what a module exports. */
const calling = (specifier: string): string =>
  testing(`expect(require('${specifier}')()).toBeGreaterThan(0);`);

/** The test file of this name runs if this file changes. */
const changing = (name: string, file: string, row = name): Scenario => ({
  name: row,
  edit: (project) => project.edit(file, '1', '2'),
  expectRan: [test(name)],
});

const GENERATED = 'node_modules/@generated/client';
const INJECTED = 'node_modules/.pnpm/injected@file+packages+injected/node_modules/injected';
const FROM_GIT = 'node_modules/.pnpm/by-pnpm@https+++codeload.github.com+o+r/node_modules/by-pnpm';
const REGISTERED = 'node_modules/.pnpm/plain@1.0.0/node_modules/plain';
const IN_STORE = 'node_modules/.store/in-store-npm-1.0.0-0123456789/package';

/** npm's own notes: a copy of a folder, which has no hash, and a package from a registry. */
const NOTES = JSON.stringify({
  packages: {
    'node_modules/copied': { version: '1.0.0', resolved: 'file:packages/copied' },
    'node_modules/fetched': {
      version: '1.0.0',
      resolved: 'https://registry.npmjs.org/fetched/-/fetched-1.0.0.tgz',
      integrity: 'sha512-one',
    },
  },
});

/** Packages whose content changes while their version stays. */
export const sameVersion: Family = {
  name: 'packages of the same version with other content',
  base: {
    files: {
      ...NO_TRANSFORM,
      'package.json': JSON.stringify({
        name: 'fixture',
        dependencies: {
          specified: 'file:packages/specified',
          repository: 'github:owner/repository',
        },
      }),
      'yarn.lock': '"by-yarn@file:./by-yarn::locator=fixture%40workspace%3A.":\n  version: 1.0.0\n',
      'bun.lock': '{"packages":{"by-bun":["by-bun@github:owner/by-bun#0123abc",{}]}}',
      'node_modules/.package-lock.json': NOTES,
      'fixtures/app/package.json': '{"name":"app"}',
      ...packageAt('fixtures/app/node_modules/dependency'),
      ...packageAt('fixtures/app/node_modules/dependency/node_modules/nested'),
      ...packageAt('fixtures/app/node_modules/@scope/listed'),
      'fixtures/app/node_modules/dependency/data/values.txt': '1',
      'fixtures/app/node_modules/dependency/data/by-child.txt': '1',
      'fixtures/app/node_modules/single.js': 'module.exports = () => 1;\n',
      'src/node_modules/utilities/index.js': 'module.exports = () => 1;\n',
      'src/main.js': "module.exports = () => require('utilities')();\n",
      ...packageAt(GENERATED, null),
      [`${GENERATED}/lib/model.js`]: 'module.exports = () => 1;\n',
      [`${GENERATED}/index.js`]: "module.exports = require('./lib/model');\n",
      'node_modules/.cache/notes.json': '[1]',
      ...packageAt('node_modules/copied'),
      ...packageAt('node_modules/fetched'),
      ...packageAt('node_modules/specified'),
      ...packageAt('node_modules/repository'),
      ...packageAt('node_modules/by-yarn'),
      ...packageAt('node_modules/by-bun'),
      ...packageAt(INJECTED),
      ...packageAt(FROM_GIT),
      ...packageAt(REGISTERED),
      ...packageAt(IN_STORE),
      'packages/member/package.json': '{"name":"member"}',
      ...packageAt('packages/member/node_modules/own'),
      ...packageAt('tools/node_modules/installed'),
      'tools/node_modules/.yarn-integrity': '{}',
      ...packageAt('node_modules/environment', null),
      'node_modules/environment/index.js':
        "module.exports = class extends require('jest-environment-node').TestEnvironment { async setup() { await super.setup(); this.global.level = 1; } };\n",
      [test('dependency')]: calling('../fixtures/app/node_modules/dependency'),
      [test('nested')]: calling('../fixtures/app/node_modules/dependency/node_modules/nested'),
      [test('data')]: testing(
        "expect(require('fs').readFileSync('fixtures/app/node_modules/@scope/listed/package.json', 'utf8')).toBeTruthy();",
      ),
      [test('child')]: testing(
        "expect(require('child_process').execFileSync(process.execPath, ['-p', 'require(\"./fixtures/app/node_modules/dependency\")()']).toString()).toBeTruthy();",
      ),
      [test('thread')]: testing(
        "const { Worker } = require('worker_threads');\nconst code = await new Promise((resolve) => new Worker('require(\"./fixtures/app/node_modules/dependency\")()', { eval: true }).on('exit', resolve));\nexpect(code).toBe(0);",
      ),
      [test('single')]: calling('../fixtures/app/node_modules/single'),
      [test('utilities')]: calling('../src/main'),
      [test('generated')]: calling('@generated/client'),
      [test('cache')]: testing(
        "expect(require('../node_modules/.cache/notes.json')[0]).toBeTruthy();",
      ),
      [test('copied')]: calling('copied'),
      [test('fetched')]: calling('fetched'),
      [test('specified')]: calling('specified'),
      [test('repository')]: calling('repository'),
      [test('by-yarn')]: calling('by-yarn'),
      [test('by-bun')]: calling('by-bun'),
      [test('injected')]: calling('injected'),
      [test('by-pnpm')]: calling('by-pnpm'),
      [test('plain')]: calling('plain'),
      [test('in-store')]: calling('in-store'),
      [test('own')]: calling('../packages/member/node_modules/own'),
      [test('installed')]: calling('../tools/node_modules/installed'),
      [test('environment')]:
        `/** @jest-environment environment */\n${testing('expect(level).toBeGreaterThan(0);')}`,
      [test('nothing')]: testing('expect(1).toBe(1);'),
    },
    prepare: (project) => {
      project.link('jest-environment-node', 'jest-environment-node');
      const link = (target: string): void => {
        const name = target === IN_STORE ? 'in-store' : path.basename(target);
        fs.symlinkSync(path.relative('node_modules', target), project.path(`node_modules/${name}`));
      };
      [INJECTED, FROM_GIT, REGISTERED, IN_STORE].forEach(link);
      fs.symlinkSync('../packages/member', project.path('node_modules/member'));
    },
  },
  scenarios: [
    {
      name: 'a package in a fixture, with its version',
      edit: (project) => project.edit('fixtures/app/node_modules/dependency/index.js', '1', '2'),
      expectRan: [test('child'), test('dependency'), test('thread')],
    },
    changing(
      'nested',
      'fixtures/app/node_modules/dependency/node_modules/nested/index.js',
      'a package nested in one of a fixture',
    ),
    {
      name: 'a new file in a package of a fixture',
      edit: (project) => project.write({ 'fixtures/app/node_modules/@scope/listed/new.txt': '' }),
      expectRan: [test('data')],
    },
    changing('single', 'fixtures/app/node_modules/single.js', 'a module that is a single file'),
    changing(
      'utilities',
      'src/node_modules/utilities/index.js',
      'code of the project below node_modules, without a package.json',
    ),
    changing('generated', `${GENERATED}/lib/model.js`, 'a generated package without a version'),
    changing('cache', 'node_modules/.cache/notes.json', 'a file that a tool keeps'),
    changing('copied', 'node_modules/copied/index.js', 'a folder that npm copied'),
    changing('specified', 'node_modules/specified/index.js', 'a folder that package.json names'),
    changing('repository', 'node_modules/repository/index.js', 'a repository in package.json'),
    changing('by-yarn', 'node_modules/by-yarn/index.js', 'a folder that Yarn copied'),
    changing('by-bun', 'node_modules/by-bun/index.js', 'a repository that Bun took'),
    changing('injected', `${INJECTED}/index.js`, 'a folder that pnpm copied'),
    changing('by-pnpm', `${FROM_GIT}/index.js`, 'a repository that pnpm took'),
    {
      name: 'another version of a package in the store of Yarn',
      edit: (project) =>
        project.edit(`${IN_STORE}/package.json`, '"version":"1.0.0"', '"version":"1.0.1"'),
      expectRan: [test('in-store')],
    },
    {
      name: 'an environment in a package without a version',
      edit: (project) =>
        project.edit('node_modules/environment/index.js', 'level = 1', 'level = 2'),
      expectRan: [test('environment')],
    },
    {
      name: 'by hand, what a package manager installed from a registry',
      edit: (project) =>
        [
          'node_modules/fetched',
          REGISTERED,
          'packages/member/node_modules/own',
          'tools/node_modules/installed',
        ].forEach((folder) => project.edit(`${folder}/index.js`, '1', '2')),
      expectRan: [],
    },
  ],
};
