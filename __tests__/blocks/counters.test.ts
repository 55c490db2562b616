import { transformSync } from '@babel/core';
import {
  counterTableOf,
  decodeMetadata,
  findMetadata,
  insertProbes,
  type CounterTable,
  type Form,
} from '../../src/blocks';

/** Instruments as Jest does. */
function instrument(code: string): string {
  const options = { compact: false, cwd: '/r', exclude: [], extension: false };
  const plugin = require.resolve('babel-plugin-istanbul');
  const given = {
    babelrc: false,
    configFile: false,
    filename: '/r/a.js',
    plugins: [[plugin, options]],
  };
  return transformSync(code, given)?.code ?? '';
}

function probe(code: string, form: Form, isInstrumented: boolean) {
  const { code: probed, blocks } = insertProbes(code, {
    form,
    root: '/r',
    path: 'a.js',
    filename: '/r/a.js',
    contentHash: '',
    isInstrumented,
  });
  const { extras } = decodeMetadata(findMetadata(probed) ?? '');
  return { probed, counters: counterTableOf(extras), fingerprints: blocks.map(hex) };
}

function hex({ fingerprint }: { fingerprint: Buffer }): string {
  return fingerprint.toString('hex');
}

function table(code: string): CounterTable {
  const { counters } = probe(instrument(code), 'commonjs', true);
  if (counters === null) throw new Error('this code was not instrumented');
  return counters;
}

/** For each group of counters: what it is of, and its counters. */
function groups({ groups: rows }: CounterTable): [number, string][] {
  return rows.flatMap(([, , counters, kind]) => (counters === '' ? [] : [[kind, counters]]));
}

const PROGRAMS: [string, string][] = [
  ['statements', `a(); if (x) { b(); c(); } else { d(); }`],
  [
    'lone statements',
    `if (x) a(); else if (y) b(); for (;;) c(); while (x) d(); do e(); while (x);`,
  ],
  ['an if without else', `function f(a) { if (a) return 1; return 2; }`],
  ['arrow functions', `const f = (a) => a.b(), g = () => ({ a: 1 }); exports.h = async () => f();`],
  ['operators', `exports.a = a.b() && c.d() || e(); b ??= c(1); d = x ? f(1, 2) : g(3, 4);`],
  [
    'operands that are operations',
    `exports.a = (n, m) => n > 1 && n < m && n - 1 ? 2 : n + 1 || m + 2;`,
  ],
  ['defaults', `exports.f = (a = b(), { c = d() } = {}) => [a, c];`],
  ['classes', `class A { static s = t(); f = () => 1; m(a = 2) { return a; } } exports.A = A;`],
  ['switches', `switch (a) { case 1: case 2: b(); break; default: c(); }`],
  ['exceptions', `try { a(); } catch { b(); } finally { c(); }`],
  ['labels', `outer: for (const a of b) { for (const c of a) continue outer; }`],
  ['enums', `var E; (function (E) { E[E["A"] = 0] = "A"; })(E || (exports.E = E = {}));`],
  [
    'exports as SWC writes them',
    `"use strict"; Object.defineProperty(exports, "__esModule", { value: true });
     function _export(target, all) { for (var name in all) Object.defineProperty(target, name, { enumerable: true, get: Object.getOwnPropertyDescriptor(all, name).get }); }
     _export(exports, { get a() { return a; } }); const a = 1;`,
  ],
  ['directives', `"use strict"; function f() { "use strict"; return this; }`],
];

describe('counters of istanbul', () => {
  test.each(PROGRAMS)('leave the fingerprints as they are: %s', (_what, code) => {
    const plain = probe(code, 'commonjs', false);
    const covered = probe(instrument(code), 'commonjs', true);
    expect(covered.fingerprints).toEqual(plain.fingerprints);
    expect(plain.counters).toBeNull();
    expect(covered.counters).not.toBeNull();
  });

  test('leave the fingerprints of an ES module as they are', () => {
    const code = `import { a } from './a'; export const b = 1; export default () => a(b);`;
    const plain = probe(code, 'module', false);
    expect(probe(instrument(code), 'module', true).fingerprints).toEqual(plain.fingerprints);
  });

  test('are all told, each in one group', () => {
    for (const [, code] of PROGRAMS) {
      const covered = instrument(code);
      const { counters } = probe(covered, 'commonjs', true);
      const told = [counters?.loaded, ...(counters?.groups ?? []).map(([, , own]) => own)];
      const found = Array.from(
        covered.matchAll(/\(\)\.([sfb])\[(\d+)\](?:\[(\d+)\])?\+\+/g),
        ([, kind, id, path]) => `${kind}${id}${path === undefined ? '' : `.${path}`}`,
      );
      expect([...new Set(told.join(' ').split(' ').filter(Boolean))].sort()).toEqual(found.sort());
    }
  });

  test('of declarations without effects count as the module is loaded, unless they wait for something', () => {
    const code = `const a = 1; const f = (b = 2) => b; class C { d = 3; static e = 4; }`;
    expect(table(code).loaded).toBe('s0 s1 s4');
    expect(groups(table(code))).toEqual([
      [1, 'b0.0'],
      [0, 'f0 s2'],
      [1, 's3'],
    ]);
  });

  test('of a declaration under a condition are uncertain', () => {
    const code = `const a = 1; const b = a ? 2 : 3;`;
    expect(groups(table(code))).toEqual([[2, 'b0.0 b0.1']]);
  });

  test('have the same keys wherever they move to, and others where a hint hides one', () => {
    const code = `exports.f = () => { a(); b(); };`;
    const keys = ({ groups: rows }: CounterTable) => rows.map(([, key]) => key);
    expect(keys(table(`\n// moved\n\n${code}`))).toEqual(keys(table(code)));
    const hidden = (statement: string) =>
      table(code.replace(statement, `/* istanbul ignore next */ ${statement}`));
    expect(keys(hidden('a();'))[0]).not.toEqual(keys(table(code))[0]);
    expect(keys(hidden('a();'))[0]).not.toEqual(keys(hidden('b();'))[0]);
  });

  test('have no table where one of them is not found', () => {
    const code = instrument(`exports.f = (a) => a.b();`);
    expect(probe(code, 'commonjs', true).counters).not.toBeNull();
    const other = code.replace(/(cov_\w+\(\)\.s\[1\])\+\+/, '$1 += 1');
    expect(other).not.toBe(code);
    expect(probe(other, 'commonjs', true).counters).toBeNull();
  });

  test('are none of ours where the code only looks like it', () => {
    const code = `function cov_a() { return x; } cov_a().s[0]++; cov_a();`;
    expect(probe(code, 'commonjs', true).counters).toBeNull();
  });
});
