import { testing, type Family, type Files, type Project } from './scenario';

/** An installed package of which nobody loads a file, with two modules that may be its entry. */
function installed(folder: string, fields: Record<string, unknown> = {}): Files {
  const name = folder.replace(/^.*node_modules\//, '');
  return {
    [`${folder}/package.json`]: JSON.stringify({ name, version: '1.0.0', ...fields }),
    [`${folder}/index.js`]: '',
    [`${folder}/other.js`]: '',
  };
}

function bump(project: Project, folder: string): void {
  project.edit(`${folder}/package.json`, '"1.0.0"', '"1.0.1"');
}

const run = (name: string): string => `__tests__/${name}.test.js`;

/** By test file: the expression that gives the path of a package, which is called like it. */
const FINDERS: Record<string, string> = {
  plain: "require.resolve('plain')",
  below: "require.resolve('below/other')",
  scoped: "require.resolve('@scope/scoped')",
  described: "require.resolve('described/package.json')",
  given: "require.resolve('given', { paths: [at('elsewhere')] })",
  created: "require('module').createRequire(at('elsewhere/deep/any.js')).resolve('created')",
  ordinary: "require('../src/finder').find()",
  asking: "require('asking').find()",
  mapped: "require.resolve('renamed')",
  entry: "require('path').basename(require.resolve('entry')).replace('index.js', 'found')",
  listed: "require.resolve.paths('listed').join()",
  absolute: "require.resolve(at('node_modules/absolute/other.js'))",
  child: 'start("console.log(require.resolve(\'child\'))")',
  'child-asking': 'start("console.log(require(\'child-asking\').find())")',
  'child-import':
    "start('--input-type=module', \"console.log(import.meta.resolve('child-import'))\")",
  'child-created':
    "start(\"console.log(require('module').createRequire(process.cwd() + '/elsewhere/any.js').resolve('child-created'))\")",
  thread: 'await answer("require.resolve(\'thread\')")',
};

const PREAMBLE = `const path = require('path');
const at = (name) => path.join(__dirname, '..', name);
const start = (...args) => require('child_process').execFileSync(process.execPath, [...args.slice(0, -1), '-e', args.at(-1)], { cwd: at('.'), encoding: 'utf8' });
const answer = (expression) => new Promise((resolve, reject) => {
  const thread = new (require('worker_threads').Worker)(
    "const { createRequire } = require('module'); const found = (require) => (" + expression + "); require('worker_threads').parentPort.postMessage(found(createRequire(" + JSON.stringify(at('any.js')) + ")));",
    { eval: true },
  );
  thread.once('message', resolve).once('error', reject);
});
`;

const FOLDERS: Record<string, string> = {
  scoped: 'node_modules/@scope/scoped',
  given: 'elsewhere/node_modules/given',
  created: 'elsewhere/node_modules/created',
  asking: 'node_modules/asked',
  'child-asking': 'node_modules/child-asked',
  'child-created': 'elsewhere/node_modules/child-created',
};

const folderOf = (name: string): string => FOLDERS[name] ?? `node_modules/${name}`;

const ASKED = Object.keys(FINDERS).filter((name) => !['entry', 'listed'].includes(name));

/** Installed packages of which a test file asks for the path, and loads nothing. */
export const packagePaths: Family = {
  name: 'paths of installed packages',
  base: {
    env: { NODE_OPTIONS: '--experimental-vm-modules' },
    files: {
      'jest.config.js':
        "module.exports = { transform: {}, testMatch: ['**/*.test.*js'], moduleNameMapper: { '^renamed$': 'mapped' } };",
      'package.json': '{"name":"fixture","private":true}',
      ...Object.fromEntries(
        Object.keys(FINDERS).flatMap((name) => Object.entries(installed(folderOf(name)))),
      ),
      ...Object.fromEntries(
        Object.entries(FINDERS).map(([name, expression]) => [
          run(name),
          `${PREAMBLE}${testing(`expect(${expression}).toMatch(/found|node_modules/);`)}`,
        ]),
      ),
      ...installed('node_modules/asking'),
      'node_modules/asking/index.js': "exports.find = () => require.resolve('asked');\n",
      ...installed('node_modules/child-asking'),
      'node_modules/child-asking/index.js':
        "exports.find = () => require.resolve('child-asked');\n",
      ...installed('node_modules/imported'),
      '__tests__/node_modules/.keep': '',
      'src/node_modules/.keep': '',
      'src/finder.js': "exports.find = () => require.resolve('ordinary');\n",
      // Jest 29 has no import.meta.resolve.
      '__tests__/imported.test.mjs': `import { createRequire } from 'module';
${testing("expect((import.meta.resolve ?? createRequire(import.meta.url).resolve)('imported')).toMatch('node_modules');")}`,
      [run('nothing')]: testing('expect(1).toBe(1);'),
    },
  },
  scenarios: [
    ...ASKED.map((name) => ({
      name: `another version of the package that ${name} asks for`,
      edit: (project: Project) => bump(project, folderOf(name)),
      expectRan: [run(name)],
    })),
    {
      name: 'another version of the package that import.meta.resolve is asked for',
      edit: (project) => bump(project, 'node_modules/imported'),
      expectRan: ['__tests__/imported.test.mjs'],
    },
    {
      name: 'another main',
      edit: (project) =>
        project.write(installed('node_modules/entry', { version: '2.0.0', main: 'other.js' })),
      expectRan: [run('entry')],
      expectExit: 1,
    },
    {
      name: 'packages nearer to those that ask',
      edit: (project) =>
        project.write({
          ...installed('__tests__/node_modules/plain'),
          ...installed('src/node_modules/ordinary'),
        }),
      expectRan: [run('ordinary'), run('plain')],
    },
    {
      name: 'a package nearer to where createRequire was told to ask from',
      edit: (project) => project.write(installed('elsewhere/deep/node_modules/created')),
      expectRan: [run('created')],
    },
    {
      name: 'a package uninstalled',
      edit: (project) => project.write({ 'node_modules/below': null }),
      expectRan: [run('below')],
      expectExit: 1,
    },
    {
      name: 'a package of which only the folders are asked for where it may be',
      edit: (project) => bump(project, 'node_modules/listed'),
      expectRan: [],
    },
  ],
};

/** The same where packages are found in folders that the config names. */
export const packagePathsByConfig: Family = {
  name: 'paths of packages in folders that the config names',
  base: {
    files: {
      'jest.config.js': `module.exports = {
  transform: {},
  modulePaths: ['<rootDir>/lib/node_modules'],
  moduleDirectories: ['node_modules', 'vendor', 'tools/node_modules'],
};`,
      'package.json': '{"name":"fixture","private":true}',
      ...installed('lib/node_modules/last'),
      ...installed('tools/node_modules/directory'),
      ...installed('vendor/vendored'),
      ...installed('node_modules/ordinary'),
      [run('last')]: testing("expect(require.resolve('last/other')).toMatch('lib');"),
      [run('directory')]: testing("expect(require.resolve('directory')).toMatch('tools');"),
      [run('vendored')]: testing("expect(require.resolve('vendored')).toMatch('index.js');"),
      [run('ordinary')]: testing("expect(require.resolve('ordinary')).toMatch('node_modules');"),
      [run('nothing')]: testing('expect(1).toBe(1);'),
    },
  },
  scenarios: [
    {
      name: 'another version in a folder of modulePaths',
      edit: (project) => bump(project, 'lib/node_modules/last'),
      expectRan: [run('last')],
    },
    {
      name: 'another version in a folder of moduleDirectories',
      edit: (project) => bump(project, 'tools/node_modules/directory'),
      expectRan: [run('directory')],
    },
    {
      name: 'another version in node_modules',
      edit: (project) => bump(project, 'node_modules/ordinary'),
      expectRan: [run('ordinary')],
    },
    {
      name: 'another main of a package that is in git',
      edit: (project) =>
        project.write(installed('vendor/vendored', { version: '2.0.0', main: 'other.js' })),
      expectRan: [run('vendored')],
      expectExit: 1,
    },
    {
      name: 'a package that comes before the one in a folder of modulePaths',
      edit: (project) => project.write(installed('node_modules/last')),
      expectRan: [run('last')],
      expectExit: 1,
    },
  ],
};

const mocking = (name: string, rest: string, body: string): string =>
  `jest.mock('${name}', ${rest});\n${testing(body)}`;

/** Installed packages that mocks replace. Nobody sees which version is replaced. */
export const mocksOfPackages: Family = {
  name: 'mocks of packages',
  base: {
    packages: ['jest', '@jest/globals'],
    env: { NODE_OPTIONS: '--experimental-vm-modules' },
    files: {
      'jest.config.js': "module.exports = { transform: {}, testMatch: ['**/*.test.*js'] };",
      ...installed('node_modules/replaced'),
      ...installed('node_modules/replaced-module', { type: 'module' }),
      ...installed('node_modules/closed'),
      ...installed('node_modules/shadowed'),
      ...installed('node_modules/manual'),
      ...installed('node_modules/automatic'),
      ...installed('node_modules/resolved-too'),
      '__mocks__/manual.js': 'module.exports = 2;\n',
      'src/uses.js': "module.exports = require('shadowed');\n",
      [run('replaced')]: mocking('replaced', '() => 2', "expect(require('replaced')).toBe(2);"),
      '__tests__/replaced-module.test.mjs': `import { jest } from '@jest/globals';
jest.unstable_mockModule('replaced-module', () => ({ value: 2 }));
${testing("expect((await import('replaced-module')).value).toBe(2);")}`,
      [run('closed')]: mocking(
        'closed/other.js',
        '() => 2',
        "expect(require('closed/other.js')).toBe(2);",
      ),
      [run('shadowed')]: mocking('shadowed', '() => 2', "expect(require('../src/uses')).toBe(2);"),
      [run('virtual')]: mocking(
        'virtual',
        '() => 2, { virtual: true }',
        "expect(require('virtual')).toBe(2);",
      ),
      [run('manual')]: testing("expect(require('manual')).toBe(2);"),
      [run('automatic')]:
        `jest.mock('automatic');\n${testing("expect(require('automatic')).toEqual({});")}`,
      [run('resolved-too')]: mocking(
        'resolved-too',
        '() => 2',
        "expect([require('resolved-too'), typeof require.resolve('resolved-too')]).toEqual([2, 'string']);",
      ),
      [run('nothing')]: testing('expect(1).toBe(1);'),
    },
  },
  scenarios: [
    {
      name: 'other versions of packages that are replaced',
      edit: (project) => {
        for (const name of ['replaced', 'replaced-module', 'closed', 'shadowed', 'manual'])
          bump(project, `node_modules/${name}`);
      },
      expectRan: [],
    },
    {
      name: 'another version of a package that is mocked automatically',
      edit: (project) => bump(project, 'node_modules/automatic'),
      expectRan: [run('automatic')],
    },
    {
      name: 'another version of a package that is replaced and whose path is asked for',
      edit: (project) => bump(project, 'node_modules/resolved-too'),
      expectRan: [run('resolved-too')],
    },
    {
      name: 'a package that no longer exports what is replaced',
      edit: (project) =>
        project.write(
          installed('node_modules/closed', { version: '2.0.0', exports: './index.js' }),
        ),
      expectRan: [run('closed')],
      expectExit: 1,
    },
    {
      name: 'a package nearer to the code than the one that is replaced',
      edit: (project) => project.write(installed('src/node_modules/shadowed')),
      expectRan: [run('shadowed')],
      expectExit: 1,
    },
    {
      name: 'a package under the name of a virtual mock',
      edit: (project) => project.write(installed('node_modules/virtual')),
      expectRan: [],
    },
  ],
};
