import { afterEach, expect } from '@jest/globals';
import * as fs from 'node:fs';
import { Project, type Files, type RunResult } from './harness';

type Counts = Record<string, number>;

interface Covered {
  s: Counts;
  f: Counts;
  b: Record<string, number[]>;
  [key: string]: unknown;
}

const made: Project[] = [];
afterEach(() => made.splice(0).forEach((project) => project.remove()));

/** Makes a project that is removed after its test. */
export function make(files: Files, packages: Record<string, string> = { jest: 'jest' }): Project {
  const project = new Project(files, packages);
  made.push(project);
  return project;
}

/** A report with its counts as hit or not. */
export function reportIn(project: Project, folder: string): [report: unknown, summary: unknown] {
  const report = JSON.parse(project.read(`${folder}/coverage-final.json`)) as Record<
    string,
    Covered
  >;
  const hit = (count: number) => (count > 0 ? 1 : 0);
  const all = (counts: Counts) =>
    Object.fromEntries(Object.entries(counts).map(([id, count]) => [id, hit(count)]));
  const files = Object.entries(report).map(([file, { s, f, b, ...rest }]) => {
    const paths = Object.entries(b).map(([id, counts]) => [id, counts.map(hit)] as const);
    return [file, { ...rest, s: all(s), f: all(f), b: Object.fromEntries(paths) }] as const;
  });
  return [
    Object.fromEntries(files),
    JSON.parse(project.read(`${folder}/coverage-summary.json`)) as unknown,
  ];
}

/** The arguments of runs whose reports are compared. */
export const ARGS = [
  '-i',
  ...['json', 'json-summary', 'lcovonly', 'text'].map((name) => `--coverageReporters=${name}`),
];

/** Runs with selection, and bare Jest beside it: the reports and the ends are the same. */
export function compare(project: Project, ...args: string[]): RunResult {
  return compareWith({}, project, ...args);
}

/** As `compare`, with variables of the environment. */
export function compareWith(
  env: NodeJS.ProcessEnv,
  project: Project,
  ...args: string[]
): RunResult {
  const given = [...args, ...ARGS];
  for (const folder of ['coverage', 'bare'])
    fs.rmSync(project.path(folder), { recursive: true, force: true });
  const selected = project.run(['--coverage', ...given], { env });
  const bare = project.run(
    ['--coverage', '--coverageDirectory=bare', ...given.filter((arg) => !/testmon/.test(arg))],
    { plain: true, env },
  );
  for (const [folder, { stdout, stderr }] of [
    ['coverage', selected],
    ['bare', bare],
  ] as const)
    if (!fs.existsSync(project.path(folder)))
      throw new Error(`There is no ${folder}:\n${stdout}\n${stderr}`);
  expect(reportIn(project, 'coverage')).toEqual(reportIn(project, 'bare'));
  expect(table(selected)).toBe(table(bare));
  expect([selected.exitCode, thresholds(selected)]).toEqual([bare.exitCode, thresholds(bare)]);
  return selected;
}

/** The report in the terminal. */
export function table({ stdout }: RunResult): string {
  return stdout.slice(stdout.indexOf('---'));
}

export function thresholds({ stderr }: RunResult): string[] {
  return [...stderr.matchAll(/^Jest: .*$/gm)].map(([line]) => line);
}

const CONFIG = { coverageReporters: ['json'], transform: {} };

export function config(more: object = {}): Files {
  return { 'jest.config.js': `module.exports = ${JSON.stringify({ ...CONFIG, ...more })};` };
}

/** Four test files, of which some share a module. */
export const FILES: Files = {
  ...config(),
  'src/size.js': `
const limit = 3;
exports.size = (n, unit = 'm') => {
  if (n > limit) return 'large' + unit;
  return n > 1 && n < limit ? 'some' : 'small';
};
exports.never = () => limit || exports.size(limit);
`,
  'src/sum.js': `
function sum(a, b) { if (a) { return a + b; } return b; }
function twice(a) { for (const one of [a]) { if (one) return one * 2; } return a ?? 0; }
class Pair { constructor(a) { this.a = a; } swap(c = 1) { return c || this.a; } }
exports.sum = sum;
exports.twice = twice;
exports.Pair = Pair;
`,
  'src/alone.js': `exports.alone = (a) => { return a ? 1 : 2; };\n`,
  '__tests__/large.test.js': `test('it', () => { expect(require('../src/size').size(4)).toBe('largem'); });`,
  '__tests__/small.test.js': `
const { size } = require('../src/size');
const { sum } = require('../src/sum');
test('it', () => { expect(size(sum(0, 1), 'k')).toBe('small'); });
`,
  '__tests__/twice.test.js': `
const { twice, Pair } = require('../src/sum');
test('it', () => { expect(twice(1)).toBe(2); expect(new Pair(1).a).toBe(1); });
`,
  '__tests__/alone.test.js': `test('it', () => { expect(require('../src/alone').alone(1)).toBe(1); });`,
};

export const LARGE = '__tests__/large.test.js';
export const SMALL = '__tests__/small.test.js';
export const TWICE = '__tests__/twice.test.js';
export const ALONE = '__tests__/alone.test.js';
export const ALL = [ALONE, LARGE, SMALL, TWICE];

/** Replaces texts in a file, one after the other. */
export function replace(
  project: Project,
  name: string,
  ...texts: [from: string, to: string][]
): void {
  for (const [from, to] of texts) project.edit(name, from, to);
}

/** The packages of each Jest, by its name. */
export const JESTS: [string, Record<string, string>][] = [
  ['Jest 30', { jest: 'jest' }],
  ['Jest 29', { jest: 'jest29' }],
];

/** An edit, and the test files that run for it. */
export type CoveredEdit = [what: string, edit: (project: Project) => void, ran: string[]];

/** After each of these edits, the report is that of a full run, and no more test files ran than these. */
export function compareAfterEach(project: Project, edits: readonly CoveredEdit[]): void {
  expect(compare(project).ran).toEqual(ALL);
  for (const [what, edit, ran] of edits) {
    edit(project);
    expect([what, compare(project).ran]).toEqual([what, ran]);
  }
}
