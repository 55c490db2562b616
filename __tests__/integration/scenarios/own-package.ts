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
