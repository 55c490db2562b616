import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project, type Files } from './harness';
import { inFull, inTurns } from '../turns';

jest.setTimeout(180_000);

let project: Project;
afterEach(() => project.remove());

const HEAD = "const fs = require('fs');\nconst path = require('path');\n";

const ANSWER = `module.exports = (request, options) =>
  options.defaultResolver(request in aliases() ? path.join(__dirname, aliases()[request]) : request, options);\n`;

/** The name is made at run time: nobody finds it by reading the source. */
const NAME = "path.join(__dirname, ['aliases', 'json'].join('.'))";

const READ_AT_LOAD = `${HEAD}const read = JSON.parse(fs.readFileSync(${NAME}, 'utf8'));
const aliases = () => read;\n${ANSWER}`;

const ES_MODULE = `import fs from 'node:fs';
import path from 'node:path';
import { aliases } from './lib/aliases.mjs';
export default (request, options) =>
  options.defaultResolver(request in aliases ? path.join(import.meta.dirname, aliases[request]) : request, options);\n`;

/** What a resolver is, as files of its project. */
const RESOLVERS: Record<string, Files> = {
  'reads as it is loaded': { 'resolver.js': READ_AT_LOAD },
  'reads when it is first asked': {
    'resolver.js': `${HEAD}let read;
const aliases = () => (read ??= JSON.parse(fs.readFileSync(${NAME}, 'utf8')));\n${ANSWER}`,
  },
  'loads a module': {
    'resolver.js': `${HEAD}const read = require(${NAME});\nconst aliases = () => read;\n${ANSWER}`,
  },
  'has the file read by a module of its own': {
    'resolver.js': `${HEAD}const aliases = require('./lib/' + 'read');\n${ANSWER}`,
    'lib/read.js': `const path = require('path');
const read = JSON.parse(require('fs').readFileSync(path.join(__dirname, '..', ['aliases', 'json'].join('.')), 'utf8'));
module.exports = () => read;\n`,
  },
  'is synchronous and asynchronous': {
    'resolver.js': READ_AT_LOAD.replace(
      'module.exports =',
      'exports.async = async (...args) => exports.sync(...args);\nexports.sync =',
    ),
  },
  'is an ES module that awaits': {
    'jest.config.js': "module.exports = { transform: {}, resolver: '<rootDir>/resolver.mjs' };",
    'resolver.mjs': ES_MODULE,
    'lib/aliases.mjs': `import fs from 'node:fs';
await null;
const place = new URL(['..', 'aliases.json'].join('/'), import.meta.url);
export const aliases = JSON.parse(fs.readFileSync(place, 'utf8'));\n`,
  },
  'is an installed package': {
    'jest.config.js': "module.exports = { transform: {}, resolver: 'resolving' };",
    'node_modules/resolving/package.json': '{"name":"resolving","version":"1.0.0"}',
    'node_modules/resolving/index.js': READ_AT_LOAD.replaceAll('__dirname', 'process.cwd()'),
  },
};

const USERS = ['a', 'b', 'c'].map((name) => `${name}.test.js`);
const ALL = USERS.map((file) => `./${file}`);

function filesWith(resolver: Files): Files {
  return {
    'jest.config.js': "module.exports = { transform: {}, resolver: '<rootDir>/resolver.js' };",
    'aliases.json': '{"thing":"src/one.js"}',
    'other.json': '{}',
    'src/one.js': 'module.exports = 1;\n',
    'src/two.js': 'module.exports = 2;\n',
    ...Object.fromEntries(
      USERS.map((file) => [file, "test('it', () => expect(require('thing')).toBe(1));\n"]),
    ),
    ...resolver,
  };
}

const WORKERS = ['--maxWorkers=1', '--maxWorkers=3'];

describe("what a project's own resolver reads", () => {
  test.each(inTurns(Object.keys(RESOLVERS), WORKERS))(
    'counts for every test file where it %s, %s',
    (name, workers) => {
      project = new Project(filesWith(RESOLVERS[name] ?? {}));
      const run = () => project.run([workers]);
      expect(run()).toMatchObject({ exitCode: 0, ran: ALL });
      project.write({ 'other.json': '{"changed":1}' });
      expect(run()).toMatchObject({ exitCode: 0, ran: [] });
      project.write({ 'aliases.json': '{"thing":"src/two.js"}' });
      expect(run()).toMatchObject({ exitCode: 1, failed: ALL });
    },
  );

  test('counts under Jest 29, which loads the resolver later', () => {
    project = new Project(filesWith({ 'resolver.js': READ_AT_LOAD }), { jest: 'jest29' });
    expect(project.run(['--maxWorkers=2'])).toMatchObject({ exitCode: 0, ran: ALL });
    project.write({ 'aliases.json': '{"thing":"src/two.js"}' });
    expect(project.run(['--maxWorkers=2'])).toMatchObject({ exitCode: 1, failed: ALL });
  });

  test.each(inFull(['--maxWorkers=3', '--maxWorkers=1']))(
    'counts, be it that a file was not there, that a folder has a new file, or a variable: %s',
    (workers) => {
      project = new Project(
        filesWith({
          'resolver.js': `${HEAD}
const place = path.join(__dirname, ['more', 'json'].join('.'));
const more = fs.existsSync(place) ? JSON.parse(fs.readFileSync(place, 'utf8')) : {};
const names = fs.readdirSync(path.join(__dirname, ['fold', 'er'].join('')));
const known = { ...process.env }['ALIAS' + '_OF_THING'] ?? 'src/one.js';
module.exports = (request, options) => options.defaultResolver(
  request === 'thing' ? path.join(__dirname, more.thing ?? (names.length > 1 ? 'src/two.js' : known)) : request, options);\n`,
          'folder/one': '',
        }),
      );
      expect(project.run([workers])).toMatchObject({ exitCode: 0, ran: ALL });
      expect(project.run([workers])).toMatchObject({ exitCode: 0, ran: [] });
      project.write({ 'more.json': '{"thing":"src/two.js"}' });
      expect(project.run([workers])).toMatchObject({ exitCode: 1, failed: ALL });
      project.write({ 'more.json': null, 'folder/two': '' });
      expect(project.run([workers])).toMatchObject({ exitCode: 1, failed: ALL });
      project.write({ 'folder/two': null });
      expect(project.run([workers])).toMatchObject({ exitCode: 0 });
      const env = { ALIAS_OF_THING: 'src/two.js' };
      expect(project.run([workers], { env })).toMatchObject({ exitCode: 1, failed: ALL });
    },
  );

  test.each(inFull(['--maxWorkers=1', '--maxWorkers=3']))(
    'counts, where it looks for a module, for those that ask for the same: %s',
    (workers) => {
      project = new Project({
        ...filesWith({
          'resolver.js': `${HEAD}module.exports = (request, options) => {
  const over = path.join(__dirname, 'over', request + '.js');
  if (fs.existsSync(over)) return over;
  return options.defaultResolver(request === 'thing' ? path.join(__dirname, 'src/one.js') : request, options);
};\n`,
        }),
        'alone.test.js': "test('it', () => undefined);\n",
      });
      expect(project.run([workers])).toMatchObject({ exitCode: 0 });
      expect(project.run([workers])).toMatchObject({ exitCode: 0, ran: [] });
      project.write({ 'over/thing.js': 'module.exports = 3;\n' });
      expect(project.run([workers])).toMatchObject({ exitCode: 1, ran: ALL });
    },
  );
});
