import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { Project } from './harness';
import { once } from './scenarios/pace';

jest.setTimeout(300_000);

/** At other depths, with characters that are special in a regular expression or a URL, and of names in the patterns. */
const FOLDERS = ['b/c/d', 'a.b+c (1)-[y]{2}/%20 ü$^', 'project-2/src'];

/** Texts that look like paths and are none, and paths of the project in every form. */
const CONFIG = `
const path = require('path');
const own = (escape) => path.join(__dirname, 'own').replace(/[^a-z0-9]/gi, escape);
module.exports = {
  transform: { '/never/.*[.]x$': ['<rootDir>/transformer.js', { only: '/lib/', home: __dirname, rules: /^\\/x/ }] },
  transformIgnorePatterns: ['/node_modules/(?!esm)', '/vendor/'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '/dist/'],
  testPathIgnorePatterns: ['/e2e/'],
  watchPathIgnorePatterns: ['/logs/'],
  coveragePathIgnorePatterns: ['/gen/'],
  unmockedModulePathPatterns: ['/plain/'],
  testRegex: ['/__tests__/.*[.]js$'],
  moduleNameMapper: { '^/@/(.*)$': '<rootDir>/src/$1', '/styles/': '<rootDir>/src/a.js' },
  modulePaths: ['<rootDir>/src'],
  setupFiles: ['<rootDir>/setup.js'],
  snapshotFormat: { printBasicPrototype: false },
  haste: { throwOnModuleCollision: true },
  globals: { api: '/api/v1', own: __dirname + '/src', list: ['/a/', { '/k/': '/v/' }] },
  testEnvironmentOptions: {
    pages: '/pages/',
    escaped: own('\\\\$&'),
    hex: own((c) => '\\\\x' + c.charCodeAt(0).toString(16).padStart(2, '0')),
    url: require('url').pathToFileURL(__dirname).href,
    pattern: '^(?:' + own('\\\\$&') + ')/',
  },
  reporters: ['default'],
};
`;

const FILES = {
  'jest.config.js': CONFIG,
  'transformer.js': 'exports.process = (code) => ({ code });\n',
  'setup.js': '',
  'src/a.js': 'exports.a = 1;\n',
  '__tests__/one.test.js':
    "test('one', () => expect(require('/@/a').a + require('a').a).toBe(2));\n",
  '__tests__/two.test.js':
    "test('two', () => expect(require('x/styles/y').a).toBeGreaterThan(0));\n",
};

const ALL = ['__tests__/one.test.js', '__tests__/two.test.js'];

const recorded = once(() => {
  const project = new Project(FILES);
  const { ran, exitCode } = project.run();
  expect({ ran, exitCode }).toEqual({ ran: ALL, exitCode: 0 });
  return Promise.resolve(project);
});
afterAll(async () => {
  (await recorded()).remove();
});

/** Runs a copy of the project that lies in another folder. */
async function runIn(folder: string, edit: (config: string) => string = (config) => config) {
  const project = await recorded();
  const at = path.join(path.dirname(project.root), folder);
  fs.cpSync(project.root, at, { recursive: true, verbatimSymlinks: true });
  const file = path.join(at, 'jest.config.js');
  fs.writeFileSync(file, edit(fs.readFileSync(file, 'utf8')));
  try {
    const { ran, exitCode } = project.run([], { cwd: at });
    return { ran, exitCode };
  } finally {
    fs.rmSync(at, { recursive: true });
  }
}

describe('records in another checkout folder', () => {
  test.each(FOLDERS)('nothing runs in %s', async (folder) => {
    expect(await runIn(folder)).toEqual({ ran: [], exitCode: 0 });
  });

  test.each([
    ["'/node_modules/(?!esm)'", "'/node_modules/(?!other)'"],
    ["'<rootDir>/build/'", "'<rootDir>/built/'"],
    ["'^/@/(.*)$'", "'^/@/(.+)$'"],
    ["'/never/.*[.]x$'", "'/never/.*[.]y$'"],
    ['rules: /^\\/x/', 'rules: /^\\/y/'],
    ["'/api/v1'", "'/api/v2'"],
    ["__dirname + '/src'", "__dirname + '/lib'"],
  ])('all run for %s become %s', async (from = '', to = '') => {
    const edited = await runIn('elsewhere/deeper', (config) => {
      expect(config).toContain(from);
      return config.replace(from, () => to);
    });
    expect(edited).toEqual({ ran: ALL, exitCode: 0 });
  });

  test('all run where a pattern comes to match the folder itself', async () => {
    expect((await runIn('vendor/project')).ran).toEqual(ALL);
  });

  test('a project without a configuration', () => {
    const project = new Project(
      { 'a.test.js': "test('a', () => {});\n", 'b.test.js': "test('b', () => {});\n" },
      ['jest', 'babel-jest', 'babel-plugin-istanbul', 'babel-preset-jest'],
    );
    try {
      expect(project.run().ran).toEqual(['./a.test.js', './b.test.js']);
      const at = path.join(path.dirname(project.root), 'b/c/d');
      fs.cpSync(project.root, at, { recursive: true, verbatimSymlinks: true });
      expect(project.run([], { cwd: at }).ran).toEqual([]);
    } finally {
      project.remove();
    }
  });
});
