import { afterEach, describe, expect, jest, test } from '@jest/globals';
import * as fs from 'node:fs';
import { transformSync } from '@babel/core';
import {
  counterTableOf,
  decodeCounters,
  decodeMetadata,
  findMetadata,
  insertProbes,
} from '../../src/blocks';
import { decodeLayout } from '../../src/coverage/hits';
import { Store, type FileHits } from '../../src/store';
import { Project, type Files } from './harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

const FILES: Files = {
  'jest.config.js': `module.exports = { transform: {}, coverageReporters: ['json'] };`,
  'src/size.js': `
const limit = 3;
exports.size = (n, unit = 'm') => {
  if (n > limit) return 'large' + unit;
  return n > 1 && n < limit ? 'some' : 'small';
};
exports.never = () => limit || exports.size(limit);
`,
  'src/sum.js': `exports.sum = (a, b) => { if (a) { return a + b; } return b; };`,
  '__tests__/large.test.js': `test('it', () => { expect(require('../src/size').size(4)).toBe('largem'); });`,
  '__tests__/small.test.js': `
const { size } = require('../src/size');
const { sum } = require('../src/sum');
test('it', () => { expect(size(sum(0, 1), 'k')).toBe('small'); });
`,
  '__tests__/nothing.test.js': `test('it', () => {});`,
};

/** Coverage data of a file that somebody else instruments. */
const OTHER = {
  ...{ path: 'other', hash: 'x', statementMap: {}, fnMap: {}, branchMap: {} },
  ...{ s: {}, f: {}, b: {} },
};

/** By path of the test file: what its latest record says it hit; null where that is not known. */
function recorded(): Record<string, readonly FileHits[] | null> {
  const store = Store.open(project.path('.testmondata'), { readonly: true });
  try {
    const ids = fs.existsSync(project.path('.testmondata')) ? [1, 2] : [];
    const files = ids.flatMap((id) => {
      try {
        return [...store.load(id).testFiles.values()];
      } catch {
        return [];
      }
    });
    return Object.fromEntries(
      files.map(({ path, records: [record] }) => [
        path,
        record === undefined ? null : (store.coverage(record.id)?.files ?? null),
      ]),
    );
  } finally {
    store.close();
  }
}

/** The counters that hits are of, in a file that nothing transforms. */
function counters(name: string, { layout, bits }: FileHits): string[] {
  const options = { compact: false, cwd: project.root, exclude: [], extension: false };
  const plugins = [[require.resolve('babel-plugin-istanbul'), options]];
  const filename = project.path(name);
  const given = { babelrc: false, configFile: false, filename, plugins };
  const covered = transformSync(project.read(name), given)?.code ?? '';
  const place = { form: 'commonjs', root: project.root, path: name, filename } as const;
  const { code } = insertProbes(covered, { ...place, contentHash: '', isInstrumented: true });
  const table = counterTableOf(decodeMetadata(findMetadata(code) ?? '').extras);
  const groups = decodeLayout(layout);
  const hit = table?.groups.flatMap(([, key, text]) =>
    decodeCounters(text).filter((_, nth) => {
      const bit = (groups?.get(key)?.first ?? -1) + nth;
      return (((bits[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
    }),
  );
  return [...(hit ?? []), ...decodeCounters(table?.loaded ?? '')].map(
    ({ kind, id, path }) => `${kind}${id}.${path}`,
  );
}

/** What Jest's report says was hit, by path. */
function reported(): Record<string, string[]> {
  const report = JSON.parse(project.read('coverage/coverage-final.json')) as Record<
    string,
    Record<'s' | 'f', Record<string, number>> & { b: Record<string, number[]> }
  >;
  return Object.fromEntries(
    Object.entries(report).map(([file, { s, f, b }]) => {
      const hit = [
        ...Object.keys(s)
          .filter((id) => s[id])
          .map((id) => `s${id}.0`),
        ...Object.keys(f)
          .filter((id) => f[id])
          .map((id) => `f${id}.0`),
        ...Object.entries(b).flatMap(([id, paths]) =>
          paths.flatMap((count, path) => (count > 0 ? [`b${id}.${path}`] : [])),
        ),
      ];
      return [file.slice(project.root.length + 1).replaceAll('\\', '/'), hit.sort()];
    }),
  );
}

describe('what a run with coverage records', () => {
  test.each([1, 2])('is what Jest reports, with %i workers', (workers) => {
    project = new Project(FILES);
    const args = ['--coverage', `--maxWorkers=${workers}`];
    expect(project.run(args)).toMatchObject({ exitCode: 0 });
    const all = recorded();
    expect(Object.keys(all).sort()).toEqual(
      ['large', 'nothing', 'small'].map((name) => `__tests__/${name}.test.js`),
    );
    expect(all['__tests__/nothing.test.js']).toEqual([]);
    const union: Record<string, Set<string>> = {};
    for (const hits of Object.values(all).flatMap((files) => files ?? []))
      for (const counter of counters(hits.path, hits))
        (union[hits.path] ??= new Set()).add(counter);
    const hit = Object.entries(union).map(([file, found]) => [file, [...found].sort()]);
    expect(Object.fromEntries(hit)).toEqual(reported());
    // Without coverage the same is recorded, so what was hit stays known.
    project.run(['--testmon-noselect', `--maxWorkers=${workers}`]);
    expect(recorded()).toEqual(all);
  });

  test('is not known without coverage, and where something else counts', () => {
    project = new Project(FILES);
    project.run();
    expect(Object.values(recorded())).toEqual([null, null, null]);
    project.edit(
      '__tests__/nothing.test.js',
      'test(',
      `globalThis.__coverage__ = { other: ${JSON.stringify(OTHER)} };\ntest(`,
    );
    project.run(['--coverage']);
    expect(recorded()).toMatchObject({
      '__tests__/large.test.js': [{ path: 'src/size.js' }],
      '__tests__/nothing.test.js': null,
    });
  });

  test.each([
    [
      'ts-jest',
      { 'ts-jest': 'ts-jest', typescript: 'typescript' },
      ['ts-jest', { diagnostics: false }],
    ],
    ['babel-jest', { 'babel-jest': 'babel-jest' }, 'babel-jest'],
    ['@swc/jest', { '@swc/jest': '@swc/jest', '@swc/core': '@swc/core' }, '@swc/jest'],
  ])('is as precise as without coverage: %s', (_by, packages, transformer) => {
    project = new Project(
      {
        ...FILES,
        'jest.config.js': `module.exports = { transform: { '\\\\.[jt]s$': ${JSON.stringify(transformer)} }, coverageReporters: ['json'] };`,
        'tsconfig.json':
          '{"compilerOptions":{"module":"CommonJS","target":"ES2022","allowJs":true,"isolatedModules":true}}',
      },
      { jest: 'jest', ...packages },
    );
    expect(project.run(['--coverage', '-i'])).toMatchObject({ exitCode: 0 });
    expect(recorded()).toMatchObject({
      '__tests__/large.test.js': [{ path: 'src/size.js' }],
      '__tests__/small.test.js': [{ path: 'src/size.js' }, { path: 'src/sum.js' }],
    });
    expect(project.run(['-i']).ran).toEqual([]);
    project.edit('src/size.js', "return 'large' + unit;", "{ return 'large' + unit + ''; }");
    expect(project.run(['-i']).ran).toEqual(['__tests__/large.test.js']);
    project.edit('src/size.js', '=> limit ||', '=> 2 * limit ||');
    expect(project.run(['-i']).ran).toEqual([]);
  });
});
