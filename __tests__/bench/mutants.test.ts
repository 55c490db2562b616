import { describe, expect, test } from '@jest/globals';
import {
  applyEdit,
  applyMutant,
  isSourceFile,
  isViable,
  mutantSequence,
  mutationsOf,
  type Mutant,
  type Source,
} from '../../bench/mutation/mutants';
import type { Operator } from '../../bench/mutation/operators';
import { isInShare, Random } from '../../bench/mutation/random';

/** Every text that an operator makes of a source text. */
function mutate(text: string, operator: Operator, file = 'source.ts'): string[] {
  const source = { file, text };
  return mutationsOf(source)
    .filter((edit) => edit.operator === operator && isViable(source, edit))
    .map((edit) => applyEdit(text, edit));
}

async function take(sources: Source[], seed: number, count: number): Promise<Mutant[]> {
  const mutants: Mutant[] = [];
  for await (const mutant of mutantSequence(sources, seed, () => true)) {
    if (mutants.push(mutant) === count) break;
  }
  return mutants;
}

describe('operators', () => {
  test.each<[Operator, string, string[]]>([
    ['flip-operator', 'f(a + b);', ['f(a - b);']],
    ['flip-operator', 'f(a && b === c);', ['f(a || b === c);', 'f(a && b !== c);']],
    ['flip-operator', 'f(a <= b);', ['f(a > b);']],
    ['flip-operator', 'f(a ?? b);', []],
    ['negate-condition', 'if (a) f();', ['if (!(a)) f();']],
    ['negate-condition', 'f(a ? 1 : 2);', ['f(!(a) ? 1 : 2);']],
    ['negate-condition', 'for (;;) f();', []],
    ['remove-return', 'function f() { return 1; }', ['function f() { return undefined; }']],
    ['remove-return', 'function f() { return; }', []],
    ['remove-return', 'f(() => a);', ['f(() => undefined);']],
    ['remove-return', 'f(() => ({}));', ['f(() => undefined);']],
    ['remove-call', 'function g() { f(1); }', ['function g() { ; }']],
    ['remove-call', 'let a; a = f(g());', ['let a; a = undefined;', 'let a; a = f(undefined);']],
    ['remove-call', 'let a; a = f().b.c();', ['let a; a = undefined;']],
    ['remove-call', 'class A extends B { constructor() { super(); } }', []],
    ['remove-call', "f(require('a'));", [';']],
    [
      'change-constant',
      'f(1, 1_000, "a", true);',
      [
        'f(2, 1_000, "a", true);',
        'f(1, 1001, "a", true);',
        "f(1, 1_000, 'mutated', true);",
        'f(1, 1_000, "a", false);',
      ],
    ],
    ['change-constant', "'use strict'; f();", []],
    ['change-constant', "import a from 'a'; export { b } from 'b'; a();", []],
    ['change-constant', "f({ 'a': b });", []],
    ['change-constant', "let a: 'b' = f() as 'b';", []],
    ['change-constant', 'enum A { B = 1 }', ['enum A { B = 2 }']],
    ['change-module-value', 'const a = 1;', ['const a = 2;']],
    ['change-module-value', 'const a = [b];', ['const a = undefined;']],
    ['change-module-value', 'const f = () => { const a = 1; };', ['const f = undefined;']],
    ['change-module-value', "const a = require('a').b;", []],
    [
      'drop-property',
      'f({ a, b: 1, c() {} });',
      ['f({  b: 1, c() {} });', 'f({ a,  c() {} });', 'f({ a, b: 1,  });'],
    ],
    ['drop-element', 'f([a, ...b]);', ['f([ ...b]);', 'f([a, ]);']],
    ['drop-element', '[a, b] = f();', []],
    [
      'drop-export',
      'const a = 1, b = 2; export { a, b };',
      ['const a = 1, b = 2; export {  b };', 'const a = 1, b = 2; export { a,  };'],
    ],
    ['drop-export', "export * from 'a';", [';']],
    ['drop-export', "export type * from 'a'; export type { b } from 'b';", []],
    ['drop-export', 'export function f() {}', ['function f() {}']],
    ['drop-export', 'export default function f() {}', []],
    ['drop-export', 'export interface A {}', []],
    [
      'drop-export',
      'exports.a = 1; module.exports.b = 2;',
      ['; module.exports.b = 2;', 'exports.a = 1; ;'],
    ],
    [
      'change-default',
      'function f(a = 1, { b = g() }) {}',
      ['function f(a = 2, { b = g() }) {}', 'function f(a = 1, { b = undefined }) {}'],
    ],
    ['empty-else', 'if (a) b(); else { c(); }', ['if (a) b(); else {}']],
    ['empty-else', 'if (a) b(); else {}', []],
    [
      'remove-optional-chaining',
      'f(a?.b, a?.[0], a?.());',
      ['f(a.b, a?.[0], a?.());', 'f(a?.b, a[0], a?.());', 'f(a?.b, a?.[0], a());'],
    ],
  ])('%s: %s', (operator, text, expected) => {
    expect(mutate(text, operator)).toEqual(expected);
  });

  test('leave types alone', () => {
    const text = [
      "interface A { a: 'b'; c(d: boolean): true }",
      "type B = { [key in 'c']: 1 };",
      'declare const e: 1;',
      'declare function f(a?: 2): void;',
    ].join('\n');
    expect(mutationsOf({ file: 'types.ts', text })).toEqual([]);
  });

  test('work in JSX and in plain JavaScript', () => {
    expect(mutate('f(<a b="c" d={1} />);', 'change-constant', 'source.tsx')).toEqual([
      'f(<a b="mutated" d={1} />);',
      'f(<a b="c" d={2} />);',
    ]);
    expect(mutate('f(a - b);', 'flip-operator', 'source.mjs')).toEqual(['f(a + b);']);
  });

  test('a mutation that no longer parses or changes nothing that runs is not viable', () => {
    const source = { file: 'source.ts', text: 'let a: number; f(a!);' };
    const edit = { operator: 'drop-property', start: 0, end: 0, replacement: '' } as const;
    expect(isViable(source, { ...edit, replacement: '(' })).toBe(false);
    expect(isViable(source, { ...edit, replacement: '/* comment */ ' })).toBe(false);
    expect(isViable(source, { ...edit, start: 5, end: 13 })).toBe(false);
    expect(isViable(source, { ...edit, replacement: 'g();' })).toBe(true);
  });
});

describe('the sequence of a seed', () => {
  const sources: Source[] = [
    { file: 'a.ts', text: 'export const a = (b: number) => (b > 1 ? b + 2 : [b, 3]);\n' },
    {
      file: 'b.ts',
      text: 'export function c(d = 4) {\n  if (d) return { e: d };\n  else f(d);\n}\n',
    },
  ];

  test('is the same each time, whatever the order of the files', async () => {
    const mutants = await take(sources, 7, 20);
    expect(mutants.length).toBeGreaterThan(10);
    expect(await take([...sources].reverse(), 7, 20)).toEqual(mutants);
    expect(await take(sources, 8, 20)).not.toEqual(mutants);
  });

  test('begins with every shorter sequence', async () => {
    const mutants = await take(sources, 7, 10);
    expect(await take(sources, 7, 4)).toEqual(mutants.slice(0, 4));
    expect(mutants.map(({ id }) => id).slice(0, 3)).toEqual(['7/1', '7/2', '7/3']);
  });

  test('ends when every viable mutation was drawn once', async () => {
    const mutants = await take(sources, 7, Infinity);
    const viable = sources.flatMap((source) =>
      mutationsOf(source).filter((edit) => isViable(source, edit)),
    );
    expect(mutants).toHaveLength(viable.length);
    expect(new Set(mutants.map((m) => `${m.file}:${m.operator}:${m.start}:${m.end}`)).size).toBe(
      mutants.length,
    );
  });

  test('has no mutants of files that no test reaches, and asks once per file', async () => {
    const asked: string[] = [];
    const files = new Set<string>();
    const isReached = (file: string): boolean => {
      asked.push(file);
      return file === 'a.ts';
    };
    for await (const mutant of mutantSequence(sources, 7, isReached)) files.add(mutant.file);
    expect([...files]).toEqual(['a.ts']);
    expect(asked.sort()).toEqual(['a.ts', 'b.ts']);
  });

  test('has no mutants but those of the kinds that are asked for', async () => {
    const kinds = new Set<Operator>();
    const text = 'export const a = 1;\nexport function f() { return a + 1; }\n';
    const only = ['change-module-value', 'drop-export'];
    for await (const { operator } of mutantSequence([{ file: 'a.ts', text }], 7, () => true, only))
      kinds.add(operator);
    expect([...kinds].sort()).toEqual(only);
  });

  test('names the line and the texts, and applies to the source text', async () => {
    for (const mutant of await take(sources, 3, Infinity)) {
      const text = sources.find(({ file }) => file === mutant.file)?.text ?? '';
      expect(text.slice(mutant.start, mutant.end)).toBe(mutant.before);
      expect(text.split('\n')[mutant.line - 1]).toContain(mutant.before.split('\n')[0]);
      const mutated = applyMutant(text, mutant);
      expect(mutated).not.toBe(text);
      expect(mutated.slice(mutant.start, mutant.start + mutant.after.length)).toBe(mutant.after);
    }
  });
});

describe('which files are sources', () => {
  test.each([
    ['src/index.ts', true],
    ['lib/view.jsx', true],
    ['src/types.d.ts', false],
    ['src/index.spec.ts', false],
    ['src/__tests__/helper.ts', false],
    ['tests/helper.ts', false],
    ['src/latest/index.ts', true],
    ['src/__mocks__/fs.js', false],
    ['README.md', false],
    ['data.json', false],
  ])('%s: %s', (file, expected) => {
    expect(isSourceFile(file)).toBe(expected);
  });
});

describe('randomness', () => {
  test('is even enough and determined by the seed', () => {
    const random = new Random(1);
    const numbers = Array.from({ length: 10_000 }, () => random.next());
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    const again = new Random(1);
    expect(Array.from({ length: 10 }, () => again.next())).toEqual(numbers.slice(0, 10));
    expect(random.pick<string>([])).toBe(undefined);
  });

  test('a share takes about that many, each decided by itself', () => {
    const items = Array.from({ length: 5_000 }, (_, index) => `test-${index}`);
    const taken = items.filter((item) => isInShare(1, item, 0.1));
    expect(taken.length).toBeGreaterThan(400);
    expect(taken.length).toBeLessThan(600);
    expect(taken.every((item) => isInShare(1, item, 0.1))).toBe(true);
    expect(items.filter((item) => isInShare(2, item, 0.1))).not.toEqual(taken);
  });
});
