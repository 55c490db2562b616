import * as fs from 'node:fs';
import { NO_TRANSFORM, testing, type Family } from './scenario';

const testFile = (name: string): string => `__tests__/${name}.test.js`;

/** Those that ask the package.json of the project by which file the package is entered. */
const ENTERING = ['folder', 'missing', 'self'].map(testFile);

/** What the project's own package.json says of the ways into the package. */
export const ownPackage: Family = {
  name: 'ways into the own package',
  base: {
    files: {
      ...NO_TRANSFORM,
      'package.json':
        '{"name":"own","version":"1.0.0","main":"./lib/a.js","exports":{".":"./lib/a.js"}}',
      'lib/a.js': "exports.value = () => 'a';\n",
      'lib/b.js': "exports.value = () => 'b';\n",
      'lib/c.js': "exports.value = () => require('..').value();\n",
      [testFile('relative')]: testing("expect(require('../lib/a').value()).toBe('a');"),
      [testFile('folder')]: testing("expect(require('../lib/c').value()).toMatch(/a|b/);"),
      [testFile('self')]: testing("expect(require('own').value()).toMatch(/a|b/);"),
      [testFile('missing')]: testing(
        "let found = null;\ntry { found = require('own/more'); } catch {}\nexpect(found).not.toBe(undefined);",
      ),
    },
  },
  scenarios: [
    {
      name: 'its version, scripts and dependencies',
      edit: (project) =>
        project.edit('package.json', '"1.0.0"', '"1.0.1","scripts":{"a":"b"},"dependencies":{}'),
      expectRan: [],
    },
    {
      name: 'its main',
      edit: (project) => project.edit('package.json', '"main":"./lib/a.js"', '"main":"./lib/b.js"'),
      expectRan: ENTERING,
    },
    {
      name: 'its exports',
      edit: (project) =>
        project.edit(
          'package.json',
          '{".":"./lib/a.js"}',
          '{".":"./lib/b.js","./more":"./lib/b.js"}',
        ),
      expectRan: ENTERING,
    },
    {
      name: 'its type, which counts for all',
      edit: (project) => project.edit('package.json', '"main"', '"type":"commonjs","main"'),
      expectRan: [...ENTERING, testFile('relative')],
    },
  ],
};

/** What tests ask for, by the name of the test file. A module that is not there is no failure. */
const ASKED: Record<string, string> = {
  'own-file': '#file',
  'own-pattern': '#files/deep/one',
  'own-other-package': '#other',
  'nested-package': '../nested/asks',
  'by-name': 'own/file',
  'by-name-pattern': 'own/files/one',
  main: 'with-main',
  'main-of-folder': '../packages/with-main',
  'exported-entry': 'with-exports',
  'exported-module': 'with-exports/module',
};

/** Modules that a package.json names and that are not there. */
export const leadingNowhere: Family = {
  name: 'ways into packages that lead nowhere',
  base: {
    files: {
      ...NO_TRANSFORM,
      'package.json':
        '{"name":"own","imports":{"#file":"./by/file.js","#files/*":{"node":"./by/*.js"},"#other":"other"},"exports":{"./file":"./lib/file.js","./files/*":"./lib/of/*.js"}}',
      'nested/package.json': '{"name":"nested","imports":{"#file":"./late.js"}}',
      'nested/asks.js':
        "let found;\ntry {\n  found = require('#file');\n} catch {}\nexports.found = found;\n",
      'packages/with-main/package.json': '{"name":"with-main","main":"./built/main.js"}',
      'packages/with-main/index.js': "exports.from = 'index';\n",
      'packages/with-exports/package.json':
        '{"name":"with-exports","exports":{".":"./built/entry.js","./module":["./built/module.js"]}}',
      ...Object.fromEntries(
        Object.entries(ASKED).map(([name, specifier]) => [
          testFile(name),
          testing(
            `let found = null;\ntry { found = require('${specifier}'); } catch {}\nexpect(found).not.toBe(undefined);`,
          ),
        ]),
      ),
    },
    prepare: (project) => {
      for (const name of ['with-main', 'with-exports'])
        fs.symlinkSync(`../packages/${name}`, project.path(`node_modules/${name}`), 'dir');
    },
  },
  scenarios: [
    {
      name: 'what "imports" name appears',
      edit: (project) => project.write({ 'by/file.js': '', 'by/deep/one.js': '' }),
      expectRan: ['own-file', 'own-pattern'].map(testFile),
    },
    {
      name: 'a package that "imports" name appears',
      edit: (project) =>
        project.write({
          'node_modules/other/package.json': '{"name":"other","version":"1.0.0"}',
          'node_modules/other/index.js': '',
        }),
      expectRan: [testFile('own-other-package')],
    },
    {
      name: 'what "imports" of a nearer package.json name appears',
      edit: (project) => project.write({ 'nested/late.js': '' }),
      expectRan: [testFile('nested-package')],
    },
    {
      name: 'what "exports" of the own package name appears',
      edit: (project) => project.write({ 'lib/file.js': '', 'lib/of/one.js': '' }),
      expectRan: ['by-name', 'by-name-pattern'].map(testFile),
    },
    {
      name: 'what the main of a linked package names appears, which has an index',
      edit: (project) => project.write({ 'packages/with-main/built/main.js': '' }),
      expectRan: ['main', 'main-of-folder'].map(testFile),
    },
    {
      name: 'what "exports" of a linked package name appears',
      edit: (project) =>
        project.write({
          'packages/with-exports/built/entry.js': '',
          'packages/with-exports/built/module.js': '',
        }),
      expectRan: ['exported-entry', 'exported-module'].map(testFile),
    },
    {
      name: 'other modules beside these',
      edit: (project) => project.write({ 'by/other.js': '', 'lib/other.js': '' }),
      expectRan: [],
    },
  ],
};
