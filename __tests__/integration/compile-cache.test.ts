import * as fs from 'node:fs';
import Module from 'node:module';
import * as path from 'node:path';
import * as vm from 'node:vm';
import * as zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { CompiledModule } from '../../src/compile-cache/archive';
import { openArchive, writeArchive } from '../../src/compile-cache/cache-file';
import { Project } from './harness';

jest.setTimeout(120_000);

/** Newer versions of Node keep compiled code themselves, in a form of their own. */
const isNodes = 'enableCompileCache' in Module;

/** A package whose code is worth keeping, told apart by what it exports. */
const large = (name: string): string =>
  `exports.name = '${name}'; exports.position = new Error().stack.split('\\n')[1];
exports.look = (asking) => ({
  main: require.main && require.main.filename,
  self: require.main === module, parent: module.parent && module.parent.filename === asking, loaded: module.children.length,
  here: [__filename, __dirname, this === exports],
  resolved: require.resolve('./other.js'), paths: require.resolve.paths('x'),
  cached: require.cache[__filename] === module, extensions: Object.keys(require.extensions),
  other: require('./other.js').name,
});
// ${'x'.repeat(120_000)}
`;

/** Packages that import another later, in ways that only a look at the code tells from mere text. */
const later = (how: string): string => `exports.later = ${how};\n// ${'x'.repeat(120_000)}\n`;
const LATER = {
  'import()': later("() => import('late')"),
  'import(), with a comment': later("() => import/* here */('late')"),
  'new Function': later("new Function('name', 'return import(name)').bind(null, 'late')"),
  eval: later('() => (0, eval)("import(\'late\')")'),
  'global eval': later('() => globalThis.eval("import(\'late\')")'),
  constructor: later("(() => 1).constructor('return imp' + 'ort(\"late\")')"),
};

const FILES = {
  'jest.config.js': "module.exports = { reporters: ['default', './reporter.js'] };",
  'reporter.js': `const large = require('large');
const LATER = ${JSON.stringify(Object.keys(LATER).map((_, nth) => `later-${nth}`))};
module.exports = class {
  async onRunComplete() {
    const late = [];
    for (const name of LATER) late.push((await require(name).later()).name);
    process.stdout.write(JSON.stringify({ name: large.name, position: large.position, late, ...large.look(__filename) }));
  }
};`,
  'one.test.js': "test('one', () => undefined);",
  'node_modules/large/package.json': '{"name":"large","version":"1.0.0"}',
  'node_modules/large/index.js': large('first'),
  'node_modules/large/other.js': "exports.name = 'other';",
  ...Object.fromEntries(
    Object.values(LATER).map((text, nth) => [`node_modules/later-${nth}/index.js`, text]),
  ),
  'node_modules/late/package.json': '{"name":"late","version":"1.0.0","type":"module"}',
  'node_modules/late/index.js': "export const name = 'late';",
};

let project: Project;
let cli: string;
beforeEach(() => {
  project = new Project(FILES);
  cli = project.install();
});
afterEach(() => project.remove());

/** Where the project's own user keeps things. */
const user = (name: string): NodeJS.ProcessEnv => ({
  XDG_CACHE_HOME: path.join(project.temporary, name, 'cache'),
  XDG_STATE_HOME: path.join(project.temporary, name, 'state'),
});

const archives = (name = 'user'): string[] => {
  const folder = path.join(project.temporary, name, 'cache/jest-testmon');
  return fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { recursive: true })
        .map((name) => path.join(folder, String(name)))
        .filter((file) => fs.statSync(file).isFile())
    : [];
};
const archive = (): Buffer => {
  const [file = ''] = archives();
  return fs.readFileSync(file);
};

/** What the reporter saw, its own place among loaded modules aside. */
const seen = (env: NodeJS.ProcessEnv = {}, argument = '--testmon-noselect') => {
  const { exitCode, stdout, stderr } = project.run([argument], {
    env: { ...user('user'), ...env },
    cli,
  });
  expect({ exitCode, stderr: /testmon: .*(cannot|could not)|TypeError/.exec(stderr) }).toEqual({
    exitCode: 0,
    stderr: null,
  });
  return JSON.parse(stdout) as Record<string, unknown>;
};

const plain = (): Record<string, unknown> => {
  const { stdout } = project.run([], { plain: true });
  return { ...(JSON.parse(stdout) as Record<string, unknown>), main: expect.any(String) };
};

describe('compiled code that is kept', () => {
  test('runs as if Node had compiled it: positions, require, import', () => {
    const expected = plain();
    // The first run leaves a mark, the second writes, and from the third on it is used.
    for (let run = 1; run <= 4; run += 1) expect(seen()).toEqual(expected);
    if (isNodes) {
      expect(archives()).not.toEqual([]);
      return;
    }
    const [file = ''] = archives();
    const kept = openArchive(file, zlib.crc32);
    const lengthOf = (file: string) => kept?.get(fs.realpathSync(project.path(file)))?.code.length;
    for (const file of [
      'large/index.js',
      'jest-testmon/dist/command.js',
      'jest-testmon/dist/recording.js',
    ])
      expect([file, lengthOf(`node_modules/${file}`)]).toEqual([file, expect.any(Number)]);
    expect(lengthOf('node_modules/jest-testmon/dist/recording.js')).toBeGreaterThan(10_000);
    expect(lengthOf('node_modules/later-0/index.js')).toBe(0);
  });

  test('is not used for another text of the same length', () => {
    for (let run = 1; run <= 3; run += 1) expect(seen()).toMatchObject({ name: 'first' });
    project.write({ 'node_modules/large/index.js': large('other') });
    expect(seen()).toMatchObject({ name: 'other' });
    expect(seen()).toMatchObject({ name: 'other' });
  });

  test('and was damaged costs nothing but time', () => {
    for (let run = 1; run <= 2; run += 1) seen();
    const whole = archives();
    for (const damage of [
      (bytes: Buffer) =>
        bytes.map((byte, at) => (at > bytes.length / 2 && at % 50 === 49 ? byte ^ 0x10 : byte)),
      (bytes: Buffer) => bytes.subarray(0, bytes.length / 2),
      () => Buffer.alloc(0),
      () => Buffer.from('no archive at all'),
    ]) {
      for (const file of whole) fs.writeFileSync(file, damage(fs.readFileSync(file)));
      expect(seen()).toMatchObject({ name: 'first', late: Object.keys(LATER).map(() => 'late') });
    }
  });

  test('has nowhere to be written: everything works', () => {
    const file = path.join(project.temporary, 'user');
    fs.writeFileSync(file, 'a file');
    for (let run = 1; run <= 3; run += 1) expect(seen()).toMatchObject({ name: 'first' });
    expect(fs.readFileSync(file, 'utf8')).toBe('a file');
    expect(fs.existsSync(project.path('node_modules/.cache'))).toBe(false);
  });

  test.each([
    ['testmon is off', { TESTMON: '0' }, '--testmon-noselect'],
    ['Node is told to keep none', { NODE_DISABLE_COMPILE_CACHE: '1' }, '--testmon-noselect'],
    [
      'coverage of the process itself is taken',
      { NODE_V8_COVERAGE: 'coverage-of-jest' },
      '--testmon-noselect',
    ],
    ['Node maps stacks to sources', { NODE_OPTIONS: '--enable-source-maps' }, '--testmon-noselect'],
    ['it is told so', {}, '--no-testmon'],
  ])('is neither used nor written where %s', (_case, env, argument) => {
    for (let run = 1; run <= 3; run += 1) seen(env, argument);
    expect(archives()).toEqual([]);
  });

  test('is kept for what workers load, and whoever has nothing new writes nothing', () => {
    project.write({
      'jest.config.js':
        "module.exports = { transform: { '\\\\.js$': './transformer.js' }, maxWorkers: 2 };",
      'transformer.js': `module.exports = { process: (code) => ({ code: code + '//' + require('large').name }) };`,
      'two.test.js': "test('two', () => undefined);",
    });
    const run = () => project.run(['--testmon-noselect', '--no-cache'], { cli, env: user('user') });
    for (let nth = 1; nth <= 3; nth += 1) expect(run()).toMatchObject({ exitCode: 0 });
    if (isNodes) return;
    expect(archive().includes('large/index.js')).toBe(true);
    const written = fs.statSync(archives()[0] ?? '').mtimeMs;
    expect(run()).toMatchObject({ exitCode: 0, ran: ['./one.test.js', './two.test.js'] });
    expect(fs.statSync(archives()[0] ?? '').mtimeMs).toBe(written);
  });
});

test('compiled code lies in a folder that another machine, with a copy of this home, does not look into', () => {
  const home = (name: string) => path.join(project.temporary, name);
  const folders = (name: string) =>
    fs.readdirSync(path.join(home(name), 'cache/jest-testmon/compiled')).sort();
  for (let run = 1; run <= 2; run += 1) seen();
  const [own] = folders('user');
  expect(folders('user')).toEqual([own]);
  fs.cpSync(home('user'), home('other'), { recursive: true });
  seen(user('other'));
  expect(folders('other')).toHaveLength(2);
  seen(user('other'));
  expect(folders('other')).toHaveLength(2);
});

/** Replaces the kept code of a package by that of another text, as somebody can who may write the file. */
function poison(file: string): void {
  const archive = openArchive(file, zlib.crc32);
  const modules = new Map<string, CompiledModule>();
  for (const name of archive?.files() ?? []) {
    const found = archive?.get(name) ?? null;
    if (found !== null) modules.set(name, found);
  }
  const place = [...modules.keys()].find((name) => name.endsWith('/large/index.js')) ?? '';
  const evil = Module.wrap(large('evils'));
  const code = new vm.Script(evil, { filename: place }).createCachedData();
  modules.set(place, { source: zlib.crc32(large('first')), code });
  writeArchive(file, modules, zlib.crc32);
}

(isNodes ? describe.skip : describe)('compiled code that somebody else wrote', () => {
  const poisoned = (): string => {
    for (let run = 1; run <= 3; run += 1) expect(seen()).toMatchObject({ name: 'first' });
    const [file = ''] = archives();
    poison(file);
    // So much for what it could do.
    expect(seen()).toMatchObject({ name: 'evils' });
    return file;
  };
  const restore = (name: string, parts: readonly string[]): void => {
    for (const part of parts)
      fs.cpSync(
        path.join(project.temporary, 'user', part),
        path.join(project.temporary, name, part),
        { recursive: true },
      );
  };

  test.each([
    ['the cache of another machine', ['cache']],
    ['the whole home of another machine', ['cache', 'state']],
  ])('is not used: %s is restored', (_what, parts) => {
    poisoned();
    restore('other', parts);
    for (let run = 1; run <= 2; run += 1)
      expect(seen(user('other'))).toMatchObject({ name: 'first' });
  });

  test('is not used: the project has a folder where it once stood', () => {
    const file = poisoned();
    const once = project.path(`node_modules/.cache/jest-testmon/${path.basename(file)}`);
    fs.mkdirSync(path.dirname(once), { recursive: true });
    fs.copyFileSync(file, once);
    expect(seen(user('fresh'))).toMatchObject({ name: 'first' });
  });

  test.each([
    ['others can write the folder', (folder: string) => fs.chmodSync(folder, 0o770)],
    [
      'the folder is a link',
      (folder: string) => {
        fs.renameSync(folder, `${folder}-moved`);
        fs.symlinkSync(`${folder}-moved`, folder);
      },
    ],
  ])('is not used: %s', (_what, loosen) => {
    poisoned();
    loosen(path.join(project.temporary, 'user/cache/jest-testmon'));
    expect(seen()).toMatchObject({ name: 'first' });
  });
});
