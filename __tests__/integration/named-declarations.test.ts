import * as path from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { Project } from './harness';

jest.setTimeout(300_000);

const SOURCE = `interface Names { months: string }
const units: Names = { months: 'quarters' };
const pattern = /a(b)c/;
const nobody = 5;
const long = {
  of: pattern,
};
export enum Size { Small = 1, Large = 2 }
export const VERSION = '1.0';
export class Kind { name = units.months; }
function helper(name: keyof Names) { return units[name]; }
export const unit = (name: keyof Names) => helper(name);
export const isThere = (text: string) => long.of.test(text);
export const never = () => nobody;
`;

const test_ = (imported: string, body: string) =>
  `import { ${imported} } from '../src/a';\ntest('it', () => { ${body} });\n`;

const FILES = {
  'src/a.ts': SOURCE,
  '__tests__/kind.test.ts': test_('Kind', "expect(new Kind().name).toMatch('q');"),
  '__tests__/size.test.ts': test_('Size', 'expect(Size.Small).toBeTruthy();'),
  '__tests__/there.test.ts': test_('isThere', "expect(isThere('abc')).toBe(true);"),
  '__tests__/unit.test.ts': test_('unit', "expect(unit('months')).toMatch('q');"),
  '__tests__/version.test.ts': test_('VERSION', "expect(VERSION).toMatch('1');"),
};

const STACKS: Record<string, { packages: string[]; transformer: unknown }> = {
  'ts-jest': {
    packages: ['ts-jest', 'typescript', '@types/jest'],
    transformer: ['ts-jest', { diagnostics: false }],
  },
  SWC: { packages: ['@swc/jest', '@swc/core'], transformer: '@swc/jest' },
  Babel: {
    packages: ['babel-jest', '@babel/preset-typescript', '@babel/preset-env'],
    transformer: [
      'babel-jest',
      { presets: [['@babel/preset-env', { targets: 'node 20' }], '@babel/preset-typescript'] },
    ],
  },
};

/** An edit, its line, what `impact` calls it, and what `why` says of the test files that run. */
const EDITS: [edit: [string, string], line: number, name: string, ran: string[], says: string][] = [
  [["'quarters'", "'quarter'"], 2, 'units', ['kind', 'unit'], 'helper, line 11, which uses units'],
  [['a(b)c', 'a(b)cd?'], 3, 'pattern', ['there'], 'isThere, line 13, which uses pattern (line 3)'],
  [['= 5', '= 6'], 4, 'nobody', [], ''],
  [['of: pattern', 'of: /abc/'], 6, 'long', ['there'], 'which uses long (lines 5-7)'],
  [['Small = 1', 'Small = 3'], 8, 'Size', ['size'], 'Size'],
  [["'1.0'", "'1.1'"], 9, 'VERSION', ['version'], 'VERSION, line 9'],
];

describe.each(Object.keys(STACKS))('declarations, compiled by %s', (name) => {
  test('are named by impact and why, and impact tells what runs', () => {
    const { packages, transformer } = STACKS[name] ?? { packages: [], transformer: '' };
    const project = new Project(
      { ...FILES, 'jest.config.json': JSON.stringify({ transform: { '\\.ts$': transformer } }) },
      ['jest', ...packages],
    );
    expect(project.run(['-i']).exitCode).toBe(0);
    for (const [[from, to], line, declared, ran, says] of EDITS) {
      const named = (paths: { path: string }[]) =>
        paths.map(({ path }) => path.replace(/^__tests__\/(\w+)\.test\.ts$/, '$1')).sort();
      const impact = JSON.parse(project.run(['impact', `src/a.ts:${line}`, '--json']).stdout) as {
        block: { name: string } | null;
        named: { name: string }[];
        testFiles: { path: string }[];
      };
      const edited = project.copy();
      edited.edit('src/a.ts', from, to);
      const listed = edited.run(['--listTests']).stdout.trim().split('\n');
      const runs = named(
        listed
          .filter(Boolean)
          .map((file) => ({ path: path.relative(edited.root, file).split(path.sep).join('/') })),
      );
      const names = [impact.block, ...impact.named].map((block) => block?.name ?? '');
      expect([declared, named(impact.testFiles), runs, names.join()]).toEqual([
        ...[declared, ran, ran],
        expect.stringMatching(new RegExp(`(^|,|\\.)${declared}(,|$)`)),
      ]);
      for (const testFile of ran.slice(-1))
        expect(edited.run(['why', `__tests__/${testFile}.test.ts`]).stdout).toContain(says);
      edited.remove();
    }
    project.remove();
  });
});

test('code that does something beside a declaration, on its line, counts for all that load it', () => {
  const project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };',
    'src/a.js': `const one = 1; globalThis.seen = one;
const two = 2;
exports.two = () => two;
exports.three = () => 3;
`,
    '__tests__/two.test.js': "test('it', () => { require('../src/a').two(); });",
    '__tests__/three.test.js': "test('it', () => { require('../src/a').three(); });",
  });
  expect(project.run(['-i']).exitCode).toBe(0);
  const at = (line: number) =>
    (
      JSON.parse(project.run(['impact', `src/a.js:${line}`, '--json']).stdout) as {
        testFiles: { path: string }[];
      }
    ).testFiles.map(({ path }) => path);
  expect([at(1).length, at(2)]).toEqual([2, ['__tests__/two.test.js']]);
  project.edit('src/a.js', 'const two = 2;', 'const two = 22;');
  expect(project.run(['why', '__tests__/two.test.js']).stdout).toContain('which uses two (line 2)');
  project.remove();
});
