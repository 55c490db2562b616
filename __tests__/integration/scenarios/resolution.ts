import * as fs from 'node:fs';
import { NO_TRANSFORM, testing, type Family, type Project } from './scenario';

function link(project: Project, place: string, target: string): void {
  project.write({ [place]: null });
  fs.symlinkSync(target, project.path(place));
}

/** A new file that would now be found in the place of one that was used. */
export const resolution: Family = {
  name: 'module resolution',
  base: {
    files: {
      'jest.config.js':
        "module.exports = { transform: {}, modulePaths: ['<rootDir>/first', '<rootDir>/second'], moduleDirectories: ['node_modules', 'near', 'far'], moduleNameMapper: { '^@app/(.*)$': ['<rootDir>/over/$1', '<rootDir>/src/$1'], '^@way/(.*)$': '<rootDir>/ways/folder/$1' } };",
      'src/folder/index.js': "exports.from = 'folder';\n",
      '__tests__/folder.test.js': testing("expect(require('../src/folder').from).toBeTruthy();"),
      'src/late.json': '{"from":"json"}',
      '__tests__/late.test.js': testing("expect(require('../src/late').from).toBeTruthy();"),
      'src/service.js': "exports.from = 'service';\n",
      '__tests__/mocked.test.js': `jest.mock('../src/service');\n${testing("expect(require('../src/service')).toBeTruthy();")}`,
      '__tests__/service.test.js': testing("expect(require('../src/service').from).toBeTruthy();"),
      'node_modules/pack/package.json': '{"name":"pack","version":"1.0.0"}',
      'node_modules/pack/index.js': "exports.from = 'pack';\n",
      '__tests__/pack.test.js': testing("expect(require('pack').from).toBeTruthy();"),
      'src/deep/user.js': "exports.from = require('pack').from;\n",
      '__tests__/deep.test.js': testing("expect(require('../src/deep/user').from).toBeTruthy();"),
      'src/plain/optional.js':
        "let plugin = null;\ntry {\n  plugin = require('./plugin');\n} catch {}\nexports.plugin = plugin;\n",
      '__tests__/optional.test.js': testing(
        "expect(require('../src/plain/optional')).toBeTruthy();",
      ),
      'src/extra/optional.js':
        "let extra = null;\ntry {\n  extra = require('not-installed');\n} catch {}\nexports.extra = extra;\n",
      '__tests__/optional-package.test.js': testing(
        "expect(require('../src/extra/optional')).toBeTruthy();",
      ),
      'second/shared.js': "exports.from = 'second';\n",
      '__tests__/paths.test.js': testing("expect(require('shared').from).toBeTruthy();"),
      'src/mapped.js': "exports.from = 'mapped';\n",
      '__tests__/mapped.test.js': testing("expect(require('@app/mapped').from).toBeTruthy();"),
      'far/named.js': "exports.from = 'far';\n",
      '__tests__/named.test.js': testing("expect(require('named').from).toBeTruthy();"),
      'src/replaced.js': "exports.from = 'replaced';\n",
      'node_modules/replaced/package.json': '{"name":"replaced","version":"1.0.0"}',
      'node_modules/replaced/index.js': "exports.from = 'replaced';\n",
      '__tests__/replaced.test.js': `jest.mock('../src/replaced', () => ({ from: 'factory' }));\n${testing("expect(require('../src/replaced').from).toBe('factory');")}`,
      '__tests__/replaced-package.test.js': `jest.mock('replaced', () => ({ from: 'factory' }));\n${testing("expect(require('replaced').from).toBe('factory');")}`,
      'src/located.json': '{}',
      '__tests__/located.test.js': testing(
        "expect(require.resolve('../src/located')).toBeTruthy();",
      ),
      '__tests__/core.test.js': `jest.mock('os');\n${testing("expect(require('os')).toBeTruthy();")}`,
      'node_modules/pack/sub.js': "exports.from = 'sub';\n",
      '__tests__/sub.test.js': testing("expect(require('pack/sub').from).toBeTruthy();"),
      'node_modules/@scope/pack/package.json': '{"name":"@scope/pack","version":"1.0.0"}',
      'node_modules/@scope/pack/index.js': "exports.from = '@scope';\n",
      '__tests__/scoped.test.js': testing("expect(require('@scope/pack').from).toBeTruthy();"),
      '__tests__/mapped-optional.test.js': testing(
        "let found = null;\ntry {\n  found = require('@app/optional-one');\n} catch {}\nexpect(found).toBe(null);",
      ),
      'ways/one/module.js': "exports.from = 'one';\n",
      'ways/two/module.js': "exports.from = 'two';\n",
      '__tests__/linked-file.test.js': testing(
        "expect(require('../ways/file').from).toBeTruthy();",
      ),
      '__tests__/linked-folder.test.js': testing(
        "expect(require('../ways/folder/module').from).toBeTruthy();",
      ),
      '__tests__/linked-mapped.test.js': testing(
        "expect(require('@way/module').from).toBeTruthy();",
      ),
      '__tests__/linked-one.test.js': testing(
        "expect(require('../ways/one/module').from).toBeTruthy();",
      ),
      '__tests__/nothing.test.js': testing('expect(1).toBe(1);'),
    },
    prepare: (project) => {
      link(project, 'ways/file.js', 'one/module.js');
      link(project, 'ways/folder', 'one');
    },
  },
  scenarios: [
    {
      name: 'a module that moduleNameMapper led to nothing for',
      edit: (project) => project.write({ 'src/optional-one.js': 'module.exports = 1;' }),
      expectRan: ['__tests__/mapped-optional.test.js'],
      expectExit: 1,
    },
    {
      name: 'a linked module leads elsewhere',
      edit: (project) => link(project, 'ways/file.js', 'two/module.js'),
      expectRan: ['__tests__/linked-file.test.js'],
    },
    {
      name: 'a linked module is a module of its own',
      edit: (project) => project.write({ 'ways/file.js': null, 'ways/file.json': '{"from":1}' }),
      expectRan: ['__tests__/linked-file.test.js'],
    },
    {
      name: 'a linked folder of modules leads elsewhere',
      edit: (project) => link(project, 'ways/folder', 'two'),
      expectRan: ['__tests__/linked-folder.test.js', '__tests__/linked-mapped.test.js'],
    },
    {
      name: 'a linked folder and file lead to the same by another way',
      edit: (project) => {
        link(project, 'ways/folder', '../ways/one');
        link(project, 'ways/file.js', 'folder/module.js');
      },
      expectRan: [],
    },
    {
      name: 'a file beside a folder with an index',
      edit: (project) => project.write({ 'src/folder.js': "exports.from = 'file';\n" }),
      expectRan: ['__tests__/folder.test.js'],
    },
    {
      name: 'a package.json that names another main',
      edit: (project) =>
        project.write({
          'src/folder/package.json': '{"main":"main.js"}',
          'src/folder/main.js': "exports.from = 'main';\n",
        }),
      expectRan: ['__tests__/folder.test.js'],
    },
    {
      name: 'an extension that comes first',
      edit: (project) => project.write({ 'src/late.js': "exports.from = 'js';\n" }),
      expectRan: ['__tests__/late.test.js'],
    },
    {
      name: 'an extension that comes later',
      edit: (project) => project.write({ 'src/service.json': '{"from":"json"}' }),
      expectRan: [],
    },
    {
      name: 'a manual mock beside a module of the project',
      edit: (project) => project.write({ 'src/__mocks__/service.js': "exports.from = 'mock';\n" }),
      expectRan: ['__tests__/mocked.test.js'],
    },
    {
      name: 'a manual mock of an installed package',
      edit: (project) => project.write({ '__mocks__/pack.js': "exports.from = 'mock';\n" }),
      expectRan: ['__tests__/deep.test.js', '__tests__/pack.test.js', '__tests__/sub.test.js'],
    },
    {
      name: 'a manual mock of an installed package, in a folder below a root',
      edit: (project) =>
        project.write({ 'src/deep/__mocks__/pack.ts': "exports.from = 'mock';\n" }),
      expectRan: ['__tests__/deep.test.js', '__tests__/pack.test.js', '__tests__/sub.test.js'],
    },
    {
      name: 'a manual mock of a file in an installed package',
      edit: (project) => project.write({ '__mocks__/pack/sub.js': "exports.from = 'mock';\n" }),
      expectRan: ['__tests__/deep.test.js', '__tests__/pack.test.js', '__tests__/sub.test.js'],
    },
    {
      name: 'a manual mock of a package with a scope',
      edit: (project) =>
        project.write({ 'src/__mocks__/@scope/pack/index.js': "exports.from = 'mock';\n" }),
      expectRan: ['__tests__/scoped.test.js'],
    },
    {
      name: 'a manual mock of an optional package that is not installed',
      edit: (project) =>
        project.write({ 'src/extra/__mocks__/not-installed.js': "exports.from = 'mock';\n" }),
      expectRan: ['__tests__/optional-package.test.js'],
    },
    {
      name: 'a manual mock of a module of the project that is found by its name',
      edit: (project) => project.write({ 'src/__mocks__/shared.js': "exports.from = 'mock';\n" }),
      expectRan: ['__tests__/paths.test.js'],
    },
    {
      name: 'a manual mock of what nothing uses',
      edit: (project) => project.write({ 'src/__mocks__/unused.js': "exports.from = 'mock';\n" }),
      expectRan: [],
    },
    {
      name: 'the same package installed nearer to one that uses it',
      edit: (project) =>
        project.write({
          'src/deep/node_modules/pack/package.json': '{"name":"pack","version":"2.0.0"}',
          'src/deep/node_modules/pack/index.js': "exports.from = 'nearer';\n",
        }),
      expectRan: ['__tests__/deep.test.js'],
    },
    {
      name: 'an optional module that was not there',
      edit: (project) => project.write({ 'src/plain/plugin.js': 'exports.on = true;\n' }),
      expectRan: ['__tests__/optional.test.js'],
    },
    {
      name: 'another file beside one that has an optional module',
      edit: (project) => project.write({ 'src/plain/unrelated.js': '' }),
      expectRan: [],
    },
    {
      name: 'an optional package that was not installed',
      edit: (project) =>
        project.write({
          'node_modules/not-installed/package.json': '{"name":"not-installed","version":"1.0.0"}',
          'node_modules/not-installed/index.js': '',
        }),
      expectRan: ['__tests__/optional-package.test.js'],
    },
    {
      name: 'a package below the roots, by the name of one that is installed nowhere',
      edit: (project) =>
        project.write({
          'packages/any/package.json': '{"name":"not-installed","version":"1.0.0"}',
          'packages/any/index.js': '',
        }),
      expectRan: ['__tests__/optional-package.test.js'],
    },
    {
      name: 'a folder of modulePaths that comes first',
      edit: (project) => project.write({ 'first/shared.js': "exports.from = 'first';\n" }),
      expectRan: ['__tests__/paths.test.js'],
    },
    {
      name: 'a package that comes before a folder of moduleDirectories',
      edit: (project) =>
        project.write({
          'node_modules/named/package.json': '{"name":"named","version":"1.0.0"}',
          'node_modules/named/index.js': "exports.from = 'package';\n",
        }),
      expectRan: ['__tests__/named.test.js'],
    },
    {
      name: 'a folder of moduleDirectories that comes first',
      edit: (project) => project.write({ 'near/named.js': "exports.from = 'nearer';\n" }),
      expectRan: ['__tests__/named.test.js'],
    },
    {
      name: 'a module that a test replaces is gone',
      edit: (project) => project.write({ 'src/replaced.js': null }),
      expectRan: ['__tests__/replaced.test.js'],
      expectExit: 1,
    },
    {
      name: 'a package that a test replaces is uninstalled',
      edit: (project) => project.write({ 'node_modules/replaced': null }),
      expectRan: ['__tests__/replaced-package.test.js'],
      expectExit: 1,
    },
    {
      name: 'the code of a module, and the version of a package, that tests replace',
      edit: (project) => {
        project.edit('src/replaced.js', 'replaced', 'changed');
        project.edit('node_modules/replaced/package.json', '1.0.0', '1.0.1');
      },
      expectRan: [],
    },
    {
      name: 'a file that would be found in the place of one whose path a test asked for',
      edit: (project) => project.write({ 'src/located.js': '' }),
      expectRan: ['__tests__/located.test.js'],
    },
    {
      name: 'a manual mock of a module of Node',
      edit: (project) => project.write({ '__mocks__/os.js': "exports.from = 'mock';\n" }),
      expectRan: ['__tests__/core.test.js'],
    },
    {
      name: 'a path of moduleNameMapper that comes first',
      edit: (project) => project.write({ 'over/mapped.js': "exports.from = 'over';\n" }),
      expectRan: ['__tests__/mapped.test.js'],
    },
  ],
};

/** Packages that are installed, without the module that is asked for. */
export const closed: Family = {
  name: 'modules that a package has not',
  base: {
    files: {
      ...NO_TRANSFORM,
      'node_modules/shut/package.json':
        '{"name":"shut","version":"1.0.0","exports":{".":"./index.js"}}',
      'node_modules/shut/index.js': '',
      'node_modules/shut/inner.js': '',
      'node_modules/open/package.json': '{"name":"open","version":"1.0.0"}',
      'node_modules/open/index.js': '',
      'node_modules/open/empty/notes.txt': '',
      '__tests__/node_modules/near/package.json': '{"name":"near","version":"1.0.0"}',
      'src/node_modules/near/package.json': '{"name":"near","version":"1.0.0"}',
      'node_modules/@scope/open/package.json': '{"name":"@scope/open","version":"1.0.0"}',
      'src/has.js':
        'exports.has = (name) => {\n  try {\n    return require.resolve(name) !== "";\n  } catch {\n    return false;\n  }\n};\n',
      ...Object.fromEntries(
        Object.entries({
          shut: 'shut/inner',
          open: 'open/lib/extra',
          scoped: '@scope/open/extra.js',
          missing: 'nowhere/extra',
          folder: 'open/empty',
        }).map(([name, specifier]) => [
          `__tests__/${name}.test.js`,
          testing(`require('../src/has').has('${specifier}');\nexpect(1).toBe(1);`),
        ]),
      ),
    },
  },
  scenarios: [
    {
      name: 'a folder of the package gets an index',
      edit: (project) => project.write({ 'node_modules/open/empty/index.js': '' }),
      expectRan: ['__tests__/folder.test.js'],
    },
    {
      name: 'the package opens it',
      edit: (project) =>
        project.write({
          'node_modules/shut/package.json':
            '{"name":"shut","version":"1.0.1","exports":{".":"./index.js","./inner":"./inner.js"}}',
        }),
      expectRan: ['__tests__/shut.test.js'],
    },
    {
      name: 'it is made inside of the package',
      edit: (project) => project.write({ 'node_modules/open/lib/extra.js': '' }),
      expectRan: ['__tests__/open.test.js'],
    },
    {
      name: 'it is made inside of a package with a scope',
      edit: (project) => project.write({ 'node_modules/@scope/open/extra.js': '' }),
      expectRan: ['__tests__/scoped.test.js'],
    },
    {
      name: 'another version of the package has it',
      edit: (project) =>
        project.write({
          'node_modules/open/package.json':
            '{"name":"open","version":"2.0.0","exports":{"./lib/extra":"./index.js"}}',
        }),
      expectRan: ['__tests__/folder.test.js', '__tests__/open.test.js'],
    },
    {
      name: 'a nearer package of that name',
      edit: (project) =>
        project.write({
          '__tests__/node_modules/shut/inner.js': '',
          'src/node_modules/open/package.json': '{"name":"open","version":"1.0.0"}',
        }),
      expectRan: ['__tests__/folder.test.js', '__tests__/open.test.js'],
    },
    {
      name: 'the package that is not there is installed',
      edit: (project) =>
        project.write({
          'node_modules/nowhere/package.json': '{"name":"nowhere","version":"1.0.0"}',
        }),
      expectRan: ['__tests__/missing.test.js'],
    },
  ],
};

/** Extensions of a platform, as React Native has them. */
export const platforms: Family = {
  name: 'modules of a platform',
  base: {
    files: {
      'jest.config.js':
        "module.exports = { transform: {}, haste: { defaultPlatform: 'ios', platforms: ['ios', 'android', 'native'] } };",
      'src/button.js': "exports.from = 'any';\n",
      'src/view.native.js': "exports.from = 'native';\n",
      'src/view.js': "exports.from = 'any';\n",
      'src/text.ios.js': "exports.from = 'ios';\n",
      'src/text.js': "exports.from = 'any';\n",
      ...Object.fromEntries(
        ['button', 'view', 'text'].map((name) => [
          `__tests__/${name}.test.js`,
          testing(`expect(require('../src/${name}').from).toBeTruthy();`),
        ]),
      ),
    },
  },
  scenarios: [
    {
      name: 'a module of the platform beside one of any',
      edit: (project) => project.write({ 'src/button.ios.js': "exports.from = 'ios';\n" }),
      expectRan: ['__tests__/button.test.js'],
    },
    {
      name: 'a module of the platform beside a native one',
      edit: (project) => project.write({ 'src/view.ios.js': "exports.from = 'ios';\n" }),
      expectRan: ['__tests__/view.test.js'],
    },
    {
      name: 'modules of other platforms, and such as were not found',
      edit: (project) => {
        project.write({ 'src/button.android.js': '', 'src/text.native.js': '' });
        project.edit('src/text.js', 'any', 'other');
      },
      expectRan: [],
    },
    {
      name: 'a module of the platform is gone',
      edit: (project) => project.write({ 'src/text.ios.js': null }),
      expectRan: ['__tests__/text.test.js'],
    },
  ],
};
