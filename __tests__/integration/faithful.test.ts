import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project, type Files, type RunResult } from './harness';
import { isFullTestRun } from '../turns';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

/** What is left of Jest's output once times are gone. */
function timeless(text: string): string {
  return text
    .replace(/ \([\d.]+ m?s\)/g, '')
    .replace(/^Time: .*$/gm, 'Time:')
    .replace(/\d+(\.\d+)? ms/g, 'N ms')
    .trim();
}

const TIMES = new Set(['startTime', 'endTime', 'duration', 'perfStats', 'startAt']);

/** Jest's JSON report without its times. */
function timelessJson(text: string): unknown {
  return JSON.parse(text, (key: string, value: unknown) => (TIMES.has(key) ? 0 : value)) as unknown;
}

/** Source with failures of many kinds: each line and column shows in a stack trace or a code frame. */
const FAILING: Files = {
  'src/thing.ts': `
import * as fs from 'node:fs';

export enum Level { Low = 1, High }

export interface Shape { width: number }

/** Takes a branch, then throws in it. */
export function fail(level: Level) { if (level === Level.High) { const shape: Shape = { width: 1 }; throw new Error('failed at ' + shape.width); } return 0; }

export const arrow = (n: number) => n > 0 ? boom(n) : 0;

function boom(n: number): never {
  for (const one of [n]) if (one) throw new TypeError('boom');
  throw new Error('never');
}

export class Box {
  #value = 1;
  get value() { return this.#value && this.fall(); }
  fall(): number { try { return arrow(1); } catch (error) { console.log('caught in', 'fall'); throw error; } }
}

export async function later(depth: number): Promise<void> {
  await null;
  if (depth > 0) { await later(depth - 1); } else throw new Error('later');
}

export function missing() { return fs.readFileSync('/no/such/file'); }
export async function missingLater() { return fs.promises.readFile('/no/such/file'); }

export function nested() { return [1, 2].map((n) => n === 2 ? (() => { return fail(n); })() : n); }
`,
  '__tests__/fail.test.ts': `
import { arrow, Box, fail, later, Level, missing, missingLater, nested } from '../src/thing';

console.log('at the top');
beforeAll(() => { if (Level.High) console.warn('in a hook'); });

describe('failures', () => {
  test('sync', () => { fail(Level.High); });
  test('arrow in a conditional', () => { arrow(3); });
  test('a getter of a class', () => { new Box().value; });
  test('async', async () => { await later(2); });
  test('fs', () => { missing(); });
  test('fs promises', async () => { await missingLater(); });
  test('callback', () => { nested(); });
  test('expectation', () => { if (1 + 1 === 2) expect({ a: 1 }).toEqual({ a: 2 }); });
  test('hook timeouts aside', async () => { await Promise.all([1].map(async (n) => { await null; if (n) throw new RangeError('in all'); })); });
  test.each([[1], [2]])('each %i', (n) => { expect(n).toBe(1); });
  test('passes', () => { if (true) { console.error('from a branch'); } expect(1).toBe(1); });
});

test('an uncaught error in a timer becomes a rejection', () => new Promise((_, reject) => setTimeout(() => { if (1) reject(new Error('timer')); }, 1)));
`,
  '__tests__/broken.test.ts': `
import { fail } from '../src/thing';
if (fail) { throw new Error('while loading'); }
test('never', () => undefined);
`,
};

/** The same for a project that transforms nothing. */
const FAILING_PLAIN: Files = Object.fromEntries(
  Object.entries(FAILING).map(([name, text]) => [
    name.replace(/\.ts$/, '.js'),
    (text ?? '')
      .replace(/import \* as fs from/, "const fs = require('node:fs'); //")
      .replace(/import (\{.*\}) from '(.*)';/, "const $1 = require('$2');")
      .replace(
        'export enum Level { Low = 1, High }',
        'const Level = { Low: 1, High: 2 }; Object.assign(exports, { Level, fail, later, missing, missingLater, nested });',
      )
      .replace('export interface Shape { width: number }', '')
      .replace(/export const arrow/, 'const arrow = exports.arrow')
      .replace(/export class Box/, 'exports.Box = class Box')
      .replace(/export /g, '')
      .replace(/: (Level|number|never|Shape|Promise<void>)(?=[ ,)])/g, ''),
  ]),
);

const BABEL = ['babel-jest', '@babel/core', '@babel/preset-env', '@babel/preset-typescript'];

const setups: Record<string, { packages: string[]; files: Files }> = {
  'ts-jest': {
    packages: ['ts-jest', 'typescript', '@types/jest', '@types/node'],
    files: {
      ...FAILING,
      'jest.config.js':
        "module.exports = { transform: { '\\\\.ts$': ['ts-jest', { diagnostics: false }] } };",
      'tsconfig.json':
        '{"compilerOptions":{"module":"CommonJS","target":"ES2022","esModuleInterop":true,"isolatedModules":true,"types":["jest","node"]}}',
    },
  },
  'babel-jest': {
    packages: BABEL,
    files: {
      ...FAILING,
      'babel.config.js':
        "module.exports = { presets: [['@babel/preset-env', { targets: { node: 'current' } }], '@babel/preset-typescript'] };",
    },
  },
  'babel-jest, down to ES5': {
    packages: BABEL,
    files: {
      ...FAILING,
      'babel.config.js':
        "module.exports = { presets: [['@babel/preset-env', { targets: { ie: '11' } }], '@babel/preset-typescript'] };",
    },
  },
  '@swc/jest': {
    packages: ['@swc/jest', '@swc/core'],
    files: { ...FAILING, 'jest.config.json': '{"transform":{"\\\\.ts$":"@swc/jest"}}' },
  },
  'no transform': {
    packages: [],
    files: { ...FAILING_PLAIN, 'jest.config.js': 'module.exports = { transform: {} };' },
  },
};

const versions: Record<string, string> = { 'Jest 30': 'jest', 'Jest 29': 'jest29' };

/** Runs both ways with a JSON report beside the usual output. */
function bothWays(
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): { bare: RunResult; ours: RunResult } {
  const all = ['--runInBand', '--json', '--testLocationInResults', ...args];
  return { bare: project.run(all, { plain: true, env }), ours: project.run(all, { env }) };
}

/** Test files in order of their paths, as the order they run in is ours to choose. */
function report(result: RunResult): { testResults: { name: string; message: string }[] } {
  const json = timelessJson(result.stdout) as { testResults: { name: string; message: string }[] };
  return { ...json, testResults: [...json.testResults].sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** What Jest printed, one block per test file, in order of their paths. */
function blocks(stderr: string): string[] {
  return timeless(stderr)
    .split(/^(?=(?:PASS|FAIL) |Test Suites: )/m)
    .map((block) => block.trim())
    .sort();
}

/** What reads differently in the older Jest is seen with three of the five. */
const rarely = new Set(['@swc/jest', 'babel-jest, down to ES5']);

describe.each(Object.keys(versions))('%s', (version) => {
  const names = Object.keys(setups).filter(
    (name, index) =>
      (version === 'Jest 30' || !rarely.has(name)) &&
      (isFullTestRun || rarely.has(name) || (index % 2 === 0) === (version === 'Jest 30')),
  );

  test.each(names)(
    '%s: stack traces, code frames, console locations and the JSON report are those of plain Jest',
    (name) => {
      const setup = setups[name];
      if (setup === undefined) throw new Error(name);
      project = new Project(setup.files, {
        jest: versions[version] ?? '',
        ...Object.fromEntries(setup.packages.map((one) => [one, one])),
      });
      const { bare, ours } = bothWays();
      // The fixture shows what it is meant to show.
      const messages = report(bare)
        .testResults.map(({ message }) => message)
        .join('\n');
      for (const text of [
        'failed at 1',
        'boom',
        'later',
        'no such file',
        'in all',
        'while loading',
        'timer',
      ])
        expect(messages).toContain(text);
      expect(bare.stderr).toMatch(/at the top[\s\S]*in a hook|in a hook[\s\S]*at the top/);

      expect(report(ours)).toEqual(report(bare));
      expect(blocks(ours.stderr)).toEqual(blocks(bare.stderr));
      expect(ours.exitCode).toBe(bare.exitCode);
    },
  );

  // V8 counts in what both versions transform alike.
  test.each(version === 'Jest 30' ? ['babel', 'v8'] : ['babel'])(
    '--coverage by %s: the reports are those of plain Jest, also after a run with probes',
    (provider) => {
      project = new Project(covered(provider), {
        jest: versions[version] ?? '',
        'ts-jest': 'ts-jest',
        typescript: 'typescript',
        '@types/jest': '@types/jest',
      });
      const coverage = (plain: boolean) => {
        const result = project.run(
          ['--coverage', `--coverageDirectory=${plain ? 'bare' : 'ours'}`],
          { plain },
        );
        expect(result.exitCode).toBe(1);
        return {
          final: JSON.parse(
            project.read(`${plain ? 'bare' : 'ours'}/coverage-final.json`),
          ) as Record<string, unknown>,
          summary: JSON.parse(
            project.read(`${plain ? 'bare' : 'ours'}/coverage-summary.json`),
          ) as Record<string, unknown>,
          table: result.stdout,
          threshold: /^Jest: .*threshold.*/m.exec(result.stderr)?.[0],
        };
      };
      // Probes come into Jest's cache first: neither way with coverage may take them for the user's code.
      expect(project.run()).toMatchObject({ exitCode: 0 });
      const ours = coverage(false);
      const bare = coverage(true);
      expect(bare.threshold).toMatch(/100%/);
      expect(Object.keys(bare.final)).toHaveLength(3);
      expect(ours).toEqual(bare);
      // And what coverage left in the cache does not keep probes away.
      project.edit('src/sign.ts', "'minus'", "'less'");
      expect(project.run()).toMatchObject({ exitCode: 1, failed: ['__tests__/minus.test.ts'] });
    },
  );
});

function covered(provider: string): Files {
  return {
    'jest.config.js': `module.exports = {
      transform: { '\\\\.ts$': ['ts-jest', { diagnostics: false }] },
      collectCoverageFrom: ['src/**'], coverageProvider: '${provider}',
      coverageReporters: ['json', 'json-summary', 'text'], coverageThreshold: { global: { lines: 100 } },
    };`,
    'tsconfig.json':
      '{"compilerOptions":{"module":"CommonJS","target":"ES2022","isolatedModules":true,"types":["jest"]}}',
    'src/sign.ts': `
export function sign(n: number, unused = () => 1) {
  if (n > 0) { return 'plus'; } else if (n < 0) { return 'minus'; }
  return n === 0 && unused ? 'zero' : 'none';
}
export class Never { called() { return sign(1) ?? 'x'; } }
`,
    'src/plain.js':
      "exports.twice = (n) => { for (let i = 0; i < n; i++) if (i > 5) return 'many'; return 'few'; };\n",
    'src/untested.ts':
      'export const untested = (a: boolean) => { if (a) { return 1; } return 2; };\n',
    '__tests__/plus.test.ts':
      "import { sign } from '../src/sign';\ntest('plus', () => { expect(sign(1)).toBe('plus'); });\n",
    '__tests__/minus.test.ts': `
import { sign } from '../src/sign';
const { twice } = require('../src/plain');
test('minus', () => { expect(sign(-1)).toBe('minus'); expect(twice(3)).toBe('few'); });
`,
  };
}

test.each(['node', 'jsdom'])(
  'functions, globals and modules look to code in %s as they do in plain Jest',
  (environment) => {
    project = new Project(
      {
        'jest.config.js': `module.exports = { transform: {}, testEnvironment: '${environment}' };`,
        'src/shapes.js': `'use strict';
module.exports = {
  arrow: (a, b = 2) => a ? b : 0,
  one: (n) => n,
  async later(n) { for await (const x of [n]) { if (x) return x; } },
  *many() { while (true) { yield 1; } },
  get own() { return this ? 1 : 2; },
  anonymous: [() => { if (1) return 2; }, function () { return 1; }, class { a = 1; m() { return () => 1; } }],
  named: class Named extends Array { static { this.x = (() => 3)(); } static s = () => 1; },
  strict: (function () { 'use strict'; return this === undefined; })(),
  sloppy: new Function('return this === undefined')(),
};
`,
        '__tests__/shapes.test.js': `
const fs = require('fs');
const shapes = require('../src/shapes');
test('shapes', () => {
  const all = [...Object.values(Object.getOwnPropertyDescriptors(shapes)).map(({ value, get }) => value ?? get), ...shapes.anonymous, expect, require, Array.prototype.map];
  fs.writeFileSync(process.env.OUT, JSON.stringify({
    texts: all.filter((one) => typeof one === 'function').map((one) => [String(one), one.name, one.length, Object.getOwnPropertyNames(one)]),
    bound: String(shapes.one.bind(null)),
    toString: [Function.prototype.toString.name, Function.prototype.toString.length, String(Function.prototype.toString)],
    inherited: Function.prototype.toString.call(shapes.arrow),
    refused: (() => { try { return Function.prototype.toString.call({}); } catch (error) { return error.constructor === TypeError && error.message; } })(),
    globals: Object.getOwnPropertyNames(globalThis).filter((name) => !/testmon/i.test(name)).sort(),
    enumerable: Object.keys(globalThis).sort(),
    forIn: (() => { const names = []; for (const name in globalThis) names.push(name); return names.sort(); })(),
    values: [shapes.strict, shapes.sloppy, require.main === module, module.children?.length, Object.keys(require.cache).length, Object.keys(module).sort()],
    process: [process.argv.length, Object.keys(process.env).filter((name) => !/^TESTMON|^JEST_|^OUT$/.test(name)).sort(), 'HOME' in process.env, process.env.NODE_ENV, typeof process.env.NO_SUCH],
    handlers: [process.listenerCount('exit'), process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')],
    fs: Object.keys(fs).map((name) => [name, typeof fs[name], fs[name]?.length, fs[name]?.name]),
  }, null, 1));
});
`,
      },
      ['jest', 'jest-environment-jsdom'],
    );
    const seen = (plain: boolean) => {
      const out = project.path(plain ? '../bare.json' : '../ours.json');
      expect(project.run(['--runInBand'], { plain, env: { OUT: out } })).toMatchObject({
        exitCode: 0,
      });
      return JSON.parse(project.read(plain ? '../bare.json' : '../ours.json')) as Record<
        string,
        unknown
      >;
    };
    const bare = seen(true);
    expect(JSON.stringify(bare.texts)).toContain('if (1) return 2;');
    expect(seen(false)).toEqual(bare);
  },
);

/** Errors of functions that are watched, each thrown through the watch. */
const THROUGH_THE_WATCH = `const fs=require('fs'),cp=require('child_process');
test('require missing',()=>{require('./missing')});
test('require missing package',()=>{require('missing-package')});
test('require.resolve missing',()=>{require.resolve('./missing')});
test('requireActual missing',()=>{jest.requireActual('./missing')});
test('requireMock missing',()=>{jest.requireMock('./missing')});
test('createMockFromModule missing',()=>{jest.createMockFromModule('./missing')});
test('doMock missing',()=>{jest.doMock('./missing')});
test('unmock missing',()=>{jest.unmock('./missing')});
test('isolate',()=>{jest.isolateModules(()=>require('./missing2'))});
test('import missing',async()=>{await import('./missing')});
test('fs.readFileSync',()=>{fs.readFileSync('nope')});
test('fs.statSync',()=>{fs.statSync('nope')});
test('fs.realpathSync.native',()=>{fs.realpathSync.native('nope')});
test('fs bad arg',()=>{fs.readFile()});
test('fs promises',async()=>{await fs.promises.readFile('nope')});
test('fs promises bad arg',async()=>{await fs.promises.readFile()});
test('fs promises bad path',async()=>{await fs.promises.stat('a\\0b')});
test('fs promises bad option',async()=>{await fs.promises.readFile('nope',{encoding:'nope'})});
test('fs promises bad flag',async()=>{await fs.promises.readFile('nope',{flag:'nope'})});
test('fs promises bad mode',async()=>{await fs.promises.writeFile('nope','',{mode:'nope'})});
test('fs promises flag and mode',async()=>{await fs.promises.writeFile('no/nope','',{flag:'wx+',mode:0o600})});
test('fs promises bad mkdtemp',async()=>{await require('fs/promises').mkdtemp()});
test('mkdtemp',()=>{fs.mkdtempSync('/nope/nope/x')});
test('opendir',()=>{fs.opendirSync('nope')});
test('stream',()=>{fs.createReadStream(5.5)});
test('execSync',()=>{cp.execSync('exit 1',{stdio:'ignore'})});
test('execFileSync',()=>{cp.execFileSync('nope-cmd')});
test('spawn bad',()=>{cp.spawn()});
test('fork bad',()=>{cp.fork(5)});
test('exec promise',async()=>{await require('util').promisify(cp.exec)('exit 1')});
test('worker bad',()=>{new (require('worker_threads').Worker)(5)});
test('env define',()=>{Object.defineProperty(process.env,'X',{get(){return 1}})});
test('env symbol',()=>{process.env[Symbol('a')]='x'});
test('toString',()=>{Function.prototype.toString.call({})});
test('loadEnvFile',()=>{process.loadEnvFile('nope.env')});
test('require json',()=>{require('./bad.json')});
test('Module.createRequire',()=>{require('module').createRequire(__filename)('./missing')});
test('syntax',()=>{require('./syntax')});
`;

test.each(['jest', 'jest29'])(
  'errors that come through the watch show no frame of ours, %s',
  (version) => {
    project = new Project(
      {
        'jest.config.json': JSON.stringify({ transform: {} }),
        '__tests__/a.test.js': THROUGH_THE_WATCH,
        '__tests__/bad.json': '{',
        '__tests__/syntax.js': 'const a = ;',
      },
      { jest: version },
    );
    const shown = ({ stderr }: RunResult) =>
      timeless(stderr.replace(/^testmon: .*\n/gm, '').replace(/^ *- .*\/node_modules\/.*\n/gm, ''));
    const bare = project.run([], { plain: true });
    const ours = project.run();
    expect(ours.exitCode).toBe(bare.exitCode);
    expect(shown(ours)).toBe(shown(bare));
  },
);
