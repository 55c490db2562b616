import { selecting, testing, type Family } from './scenario';

const ALL = ['__tests__/one.test.js', '__tests__/two.test.js'];
const all = selecting(...ALL);

/** Babel, with a plug-in of its own, and everything around it. */
export const babelToolChain: Family = {
  name: 'the tool chain: Babel',
  base: {
    packages: [
      'jest',
      'babel-jest',
      '@babel/core',
      '@babel/preset-env',
      'babel-plugin-istanbul',
      'babel-preset-jest',
    ],
    files: {
      'jest.config.js': `module.exports = {
  globalSetup: './global-setup.js',
  setupFiles: ['./setup.js'],
  testEnvironment: 'own-environment',
};
`,
      'babel.config.js':
        "module.exports = { presets: [['@babel/preset-env', { targets: { node: 'current' } }]], plugins: ['own', './tools/babel/local', ...(process.env.FEATURE ? [] : [])] };\n",
      'tools/babel/local.js':
        "const { visitor } = require('./visitor');\nmodule.exports = () => ({ visitor });\n",
      'tools/babel/visitor.js': 'exports.visitor = {};\n',
      'src/nested/.babelrc': '{"comments":true}',
      'src/nested/lib.js': 'export const nested = () => 42;\n',
      'node_modules/babel-plugin-own/package.json':
        '\uFEFF{"name":"babel-plugin-own","version":"1.0.0","dependencies":{"plugin-helper":"1","plugin-part":"1"}}',
      'node_modules/babel-plugin-own/index.js':
        "require('plugin-helper');\nmodule.exports = () => ({ visitor: {} });\n",
      'node_modules/plugin-helper/package.json': '{"name":"plugin-helper","version":"1.0.0"}',
      'node_modules/plugin-helper/index.js': '',
      'node_modules/plugin-part/package.json': '{"name":"plugin-part","version":"1.0.0"}',
      'node_modules/plugin-part/lib/part.js': '',
      'node_modules/.package-lock.json':
        '{"packages":{"node_modules/plugin-part":{"version":"1.0.0","resolved":"file:tools/part"}}}',
      'node_modules/own-environment/package.json': '{"name":"own-environment","version":"1.0.0"}',
      'node_modules/own-environment/index.js':
        "module.exports = require('jest-environment-node').TestEnvironment;\n",
      'node_modules/bystander/package.json': '{"name":"bystander","version":"1.0.0"}',
      'package.json': '{"name":"fixture","private":true,"imports":{"#global/*":"./global/*.js"}}',
      'global-setup.js': [
        "const { prepare } = require('./global/prepare'); // Don't forget the others.",
        "const later = () => import(/* a comment (with brackets) */ './global/later.js');",
        'const quoted = () => require(`./global/quoted`);',
        "const chosen = () => require(process.env.NONE ? './global/other' : './global/chosen');",
        "const created = () => require('node:module').createRequire(__filename)('./global/created');",
        "const mapped = () => import('#global/mapped');",
        'module.exports = async () => prepare();',
      ].join('\n'),
      'global/prepare.js': 'exports.prepare = () => {};\n',
      'global/later.js': '',
      'global/quoted.js': '',
      'global/chosen.js': '',
      'global/created.js': '',
      'global/mapped.js': '',
      'setup.js':
        "const { installed, never } = require('./setup/helpers');\ninstalled();\nglobal.never = never;\n",
      'setup/helpers.js': 'exports.installed = () => 1;\nexports.never = () => 2;\n',
      'src/lib.js': 'export const answer = () => 42;\n',
      '__tests__/one.test.js': `import { answer } from '../src/lib';\n${testing('expect(answer()).toBe(42);')}`,
      '__tests__/two.test.js': `import { nested } from '../src/nested/lib';\n${testing('expect(nested()).toBe(42);')}`,
    },
    prepare: (project) => project.link('jest-environment-node', 'jest-environment-node'),
  },
  scenarios: [
    all('the Babel config', (project) =>
      project.edit('babel.config.js', "node: 'current'", "node: '20'"),
    ),
    all("the version of a transformer's plug-in", (project) =>
      project.edit('node_modules/babel-plugin-own/package.json', '1.0.0', '1.0.1'),
    ),
    all('the version of what that plug-in depends on', (project) =>
      project.edit('node_modules/plugin-helper/package.json', '1.0.0', '1.0.1'),
    ),
    all('a folder that npm copied, on which that plug-in depends', (project) =>
      project.write({ 'node_modules/plugin-part/lib/part.js': 'exports.part = 1;' }),
    ),
    all('the version of the test environment', (project) =>
      project.edit('node_modules/own-environment/package.json', '1.0.0', '1.0.1'),
    ),
    all('the global setup', (project) =>
      project.edit('global-setup.js', 'prepare()', 'prepare(1)'),
    ),
    all('what the global setup imports', (project) =>
      project.edit('global/prepare.js', '{}', '{ return 1; }'),
    ),
    ...['later', 'quoted', 'chosen', 'created', 'mapped'].map((name) =>
      all(`a module that the global setup may load (${name})`, (project) =>
        project.write({ [`global/${name}.js`]: 'module.exports = 1;\n' }),
      ),
    ),
    all('the Jest config', (project) =>
      project.edit('jest.config.js', 'module.exports = {', 'module.exports = { clearMocks: true,'),
    ),
    all('a list of browsers', (project) => project.write({ '.browserslistrc': 'node 20\n' })),
    all('a list of browsers in package.json', (project) =>
      project.edit('package.json', '"private"', '"browserslist":["node 20"],"private"'),
    ),
    all('a plug-in of the project, named by its path', (project) =>
      project.edit('tools/babel/visitor.js', '{}', '{ Program() {} }'),
    ),
    {
      ...all('a variable that the Babel config reads', () => undefined),
      env: { FEATURE: '1' },
    },
    { ...all('the time zone', () => undefined), env: { TZ: 'Asia/Tokyo' } },
    {
      ...all('an option of Node', () => undefined),
      env: { NODE_OPTIONS: '--conditions=special --max-old-space-size=4000' },
    },
    {
      name: 'an option of Node that has no effect on results',
      edit: () => undefined,
      env: { NODE_OPTIONS: '--max-old-space-size=4000' },
      expectRan: [],
    },
    {
      name: 'a Babel config in a folder of the sources',
      edit: (project) => project.edit('src/nested/.babelrc', 'true', 'false'),
      expectRan: ['__tests__/two.test.js'],
    },
    {
      name: 'a new Babel config in a folder of the sources',
      edit: (project) =>
        project.write({ 'src/nested/.babelrc.json': '{}', 'src/nested/.babelrc': null }),
      expectRan: ['__tests__/two.test.js'],
    },
    all('the code of a setup file that ran', (project) =>
      project.edit('setup/helpers.js', '1', '3'),
    ),
    {
      name: 'the code of a setup file that did not run',
      edit: (project) => project.edit('setup/helpers.js', '2', '3'),
      expectRan: [],
    },
    {
      name: 'how Jest reports',
      edit: (project) =>
        project.edit(
          'jest.config.js',
          'module.exports = {',
          'module.exports = { verbose: false, bail: 2,',
        ),
      expectRan: [],
    },
    {
      name: 'scripts and dependencies in package.json, with the lock file',
      edit: (project) => {
        project.edit(
          'package.json',
          '"private"',
          '"scripts":{"test":"jest"},"devDependencies":{"bystander":"^1.0.0"},"private"',
        );
        project.write({ 'package-lock.json': '{"lockfileVersion":3}' });
      },
      expectRan: [],
    },
    {
      name: 'a package beside the tool chain',
      edit: (project) => project.edit('node_modules/bystander/package.json', '1.0.0', '1.0.1'),
      expectRan: [],
    },
  ],
};

/** A plug-in that makes code of what it finds by names that stand nowhere. */
const GENERATING = `
const fs = require('node:fs');
const path = require('node:path');
const at = (...names) => path.join(__dirname, '..', ...names);
module.exports = ({ types }) => ({
  visitor: {
    Identifier(identifier) {
      if (identifier.node.name !== 'GENERATED') return;
      const { value } = require(at(['made', 'up'].join('-')));
      identifier.replaceWith(types.stringLiteral(value + fs.readdirSync(at('words')).join()));
    },
  },
});
`;

const generated = selecting('__tests__/generated.test.js', '__tests__/later.test.js');

/** What Babel plug-ins load and look at while they work. */
export const babelPlugins: Family = {
  name: 'Babel plug-ins at work',
  base: {
    packages: ['jest', 'babel-jest', '@babel/core', 'babel-plugin-istanbul', 'babel-preset-jest'],
    files: {
      'jest.config.js': 'module.exports = {};',
      'babel.config.js': "module.exports = { plugins: ['./tools/babel/generating'] };\n",
      'tools/babel/generating.js': GENERATING,
      'tools/made-up.js': "exports.value = 'made up';\n",
      'tools/words/one.txt': '',
      'src/generated.js': 'exports.generated = () => GENERATED;\n',
      'src/later.js': 'exports.later = () => GENERATED;\n',
      'src/plain.txt': 'plain',
      '__tests__/generated.test.js': testing(
        "expect(require('../src/generated').generated()).toContain('one');",
      ),
      '__tests__/later.test.js': testing(
        "expect(require('../src/later').later()).toContain('one');",
      ),
    },
  },
  scenarios: [
    generated('a module that a plug-in loads by a made-up name', (project) =>
      project.edit('tools/made-up.js', 'made up', 'made over'),
    ),
    generated('a new file in a folder that a plug-in lists', (project) =>
      project.write({ 'tools/words/two.txt': '' }),
    ),
    {
      name: 'a file that no plug-in looks at',
      edit: (project) => project.write({ 'src/plain.txt': 'other' }),
      expectRan: [],
    },
  ],
};

/** SWC, and a transformer of the project's own. */
export const swcToolChain: Family = {
  name: 'the tool chain: SWC and a transformer in the project',
  base: {
    packages: ['jest', '@swc/jest', '@swc/core'],
    files: {
      'jest.config.js':
        "module.exports = { transform: { '\\\\.js$': '@swc/jest', '\\\\.txt$': './tools/text.js' } };",
      '.swcrc': '{"jsc":{"target":"es2022"},"module":{"type":"commonjs"}}',
      'tools/text.js':
        "const { quote } = require('./quote');\nmodule.exports = { process: (text) => ({ code: 'module.exports = ' + quote(text) + ';' }) };\n",
      'tools/quote.js': 'exports.quote = (text) => JSON.stringify(text);\n',
      'src/words.txt': 'words',
      '__tests__/one.test.js': testing("expect(require('../src/words.txt')).toBeTruthy();"),
      '__tests__/two.test.js': testing('expect(1).toBe(1);'),
    },
  },
  scenarios: [
    all('the SWC config', (project) => project.edit('.swcrc', 'es2022', 'es2021')),
    all('a transformer of the project', (project) =>
      project.edit('tools/text.js', "';'", "';\\n'"),
    ),
    all('what that transformer imports', (project) =>
      project.edit('tools/quote.js', '(text);', '(text + 1);'),
    ),
    {
      name: 'a file that such a transformer makes a module of',
      edit: (project) => project.write({ 'src/words.txt': 'other words' }),
      expectRan: ['__tests__/one.test.js'],
    },
  ],
};
