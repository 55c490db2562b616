import { describe, expect, jest, test } from '@jest/globals';
import {
  declarationSignature,
  declaresStill,
  type DeclarationAspect,
} from '../../src/dependencies/declaration-signature';
import { contentHash } from '../../src/dependencies/files/content';

function isSame(before: string, after: string, aspect: DeclarationAspect): boolean {
  return declaresStill(declarationSignature(before, aspect), contentHash(after), () => after);
}

describe('what others are compiled with changes', () => {
  test.each<[string, string, string]>([
    ['a type becomes a value', 'export interface A { x: 1 }', 'export class A { x = 1 }'],
    ['an alias becomes a value', 'export type A = string', 'export const A = 1'],
    ['a value becomes a type', 'export const A = 1', 'export declare type A = 1'],
    ['a name is exported from elsewhere', "export { A } from './a'", "export { A, B } from './a'"],
    ['from another file', "export * from './a'", "export * from './b'"],
    ['under a namespace', "export * as a from './a'", "export * as b from './a'"],
    ['types are exported as values', "export type { A } from './a'", "export { A } from './a'"],
    [
      'an import that is exported again leads elsewhere',
      "import { A } from './a'\nexport { A }",
      "import { A } from './b'\nexport { A }",
    ],
    [
      'a function by default',
      'interface A {}\nexport default A',
      'function A() {}\nexport default A',
    ],
    ['a whole module', 'export = a', 'export = b'],
    [
      'a namespace',
      'export interface A {}',
      'export interface A {}\nexport namespace A { export const x = 1 }',
    ],
    [
      'a name behind a comment with a brace',
      "export { A /* } */, B } from './a'",
      "export { A /* } */, C } from './a'",
    ],
    [
      'an import behind a comment with a quote',
      "import { A /* don't */ } from './a'\nexport { A }",
      "import { A /* don't */ } from './b'\nexport { A }",
    ],
    [
      'an import of a name in quotes',
      "import { 'a b' as A } from './a'\nexport { A }",
      "import { 'a b' as A } from './b'\nexport { A }",
    ],
    [
      'declarations below a namespace',
      'namespace A {\n  export interface B {}\n}',
      'namespace A {\n  export class B {}\n}',
    ],
  ])('%s', (_name, before, after) => {
    expect(isSame(before, after, 'values')).toBe(false);
    expect(isSame(before, after, 'types')).toBe(false);
  });
});

test.each<[string, string, string]>([
  [
    'a function',
    'export function f(a: string) {\n  const x = 1;\n}',
    'export function f(a: number) {\n  const y = 2;\n}',
  ],
  ['a comment', 'export interface A { x: 1 }', '// One.\nexport interface A { x: 1 }'],
  ['another type', 'export interface A { x: 1 }', 'export interface A { x: 2 }'],
  ['the value of a constant', 'export const a = 1;', 'export const a = 2;'],
  [
    'a method',
    'export class A {\n  m() { return 1 }\n}',
    'export class A {\n  m() { return 2 }\n}',
  ],
])('%s in it may change otherwise', (_name, before, after) => {
  expect(isSame(before, after, 'values')).toBe(true);
  expect(isSame(before, after, 'types')).toBe(true);
});

describe('where types are written down', () => {
  test.each<[string, string, string]>([
    ['an alias', 'type A = string;', 'type A = number;'],
    [
      'an alias over several lines',
      'type A =\n  | 1\n  | 2\nconst x = 1',
      "type A =\n  | 1\n  | 'a'\nconst x = 1",
    ],
    ['an alias of an object', 'type A = {\n  a: 1;\n}', 'type A = {\n  (): 1;\n}'],
    ['the values of an enum', 'enum A { X = 1 }', "enum A { X = 'a' }"],
    ['an interface that can be called', 'interface A {\n  a: 1\n}', 'interface A {\n  (): 1\n}'],
    ['an alias behind a bracket in quotes', "type A = ')' | string;", "type A = ')' | number;"],
    ['behind another kind of quotes', 'type A = "]" | string;', 'type A = "]" | number;'],
    ['behind a semicolon in quotes', "type A = ';' | string;", "type A = ';' | number;"],
    ['behind an escaped quote', "type A = '\\')' | string;", "type A = '\\')' | number;"],
    ['behind a template', 'type A = `${`}`})` | string;', 'type A = `${`}`})` | number;'],
    ['behind a comment', 'type A = // )\n  string;', 'type A = // )\n  number;'],
    [
      'behind one in the middle',
      "type A = /* ) don't */ string;",
      "type A = /* ) don't */ number;",
    ],
    ['what a function gives', 'type A = () =>\n  string\nfoo()', 'type A = () =>\n  number\nfoo()'],
    ['after a word that goes on', 'type A = keyof\n  B\n', 'type A = keyof\n  C\n'],
    [
      'after an empty line',
      'type A =\n\n  // It is text.\n  string\n',
      'type A =\n\n  // It is text.\n  number\n',
    ],
    ['a list without a comma', "type A = ['}', string]\n", "type A = ['}', number]\n"],
    [
      'the values of an enum behind a brace',
      "enum A { X = '}', Y = 1 }",
      "enum A { X = '}', Y = 'y' }",
    ],
    [
      'what an interface extends',
      'interface A extends B<{ a: 1 }> {}',
      'interface A extends C<{ a: 1 }> {}',
    ],
    [
      'an interface that can be called, with types',
      'interface A {\n  a: 1\n}',
      'interface A {\n  <T extends Set<1>>(a: T): 1\n}',
    ],
    [
      'types that are exported again',
      "export type { A } from './a'",
      "export type { A } from './b'",
    ],
    ['all of them', "export type * from './a'", "export type * from './b'"],
    ['types that are imported', "import type { A } from './a'", "import type { A } from './b'"],
    ['another name in a namespace', 'export import A = N.B', 'export import A = N.C'],
    ['a text that nobody closes', 'const a = `; type A = string;', 'const a = `; type A = number;'],
    ['a class that becomes an interface', 'declare class A {}', 'interface A {}'],
  ])('%s counts', (_name, before, after) => {
    expect(isSame(before, after, 'types')).toBe(false);
  });

  test.each<[string, string, string]>([
    ['another alias', 'export type A = string;', 'export type A = number;'],
    [
      'a further type',
      'export interface A {}',
      'export interface A {}\nexport interface B {}\nexport type C = A',
    ],
  ])('%s does not elsewhere', (_name, before, after) => {
    expect(isSame(before, after, 'values')).toBe(true);
    expect(isSame(before, after, 'types')).toBe(false);
  });
});

test('a file that is gone declares nothing', () => {
  expect(declaresStill(declarationSignature('', 'values'), null, () => '')).toBe(false);
});

test('very many names of one type are read in no time', () => {
  const members = Array.from({ length: 20_000 }, (_, index) => `\n  | 'type ${index}'`).join('');
  const text = (last: string): string => `export type A =${members}\n  | ${last}\nconst a = 1\n`;
  expect(isSame(text("'x'"), text("'y'"), 'types')).toBe(false);
  expect(isSame(text("'x'"), text("'x'"), 'types')).toBe(true);
});

describe('a long source is gone through once', () => {
  const lines = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n');

  test.each<[string, (count: number) => string]>([
    ['a union', (count) => `type A =\n${lines(count, (index) => `  | 'a${index}'`)}\nconst a = 1`],
    ['interfaces that nobody closes', (count) => lines(count, (index) => `interface A${index} {`)],
    [
      'interfaces in one another',
      (count) => `${lines(count, (index) => `interface A${index} { a: {`)}${'}}'.repeat(count)}`,
    ],
    ['types in one another', (count) => lines(count, (index) => `type A${index} = { a: {`)],
    ['types in an interface', (count) => `interface A {\n${lines(count, () => 'type a: b')}\n}`],
  ])('%s', (_name, source) => {
    const charactersOf = (text: string): number => {
      const spy = jest.spyOn(String.prototype, 'charAt');
      declarationSignature(text, 'types');
      const calls = spy.mock.calls.length;
      spy.mockRestore();
      return calls;
    };
    const source1 = source(100);
    const source8 = source(800);
    const growth = source8.length / source1.length;
    expect(charactersOf(source8)).toBeLessThan(charactersOf(source1) * growth * 1.5 + 100);
  });

  test.each<[string, string, string]>([
    ['an import without an end', 'import a from b', "import { A } from './a'"],
    ['a shorter name', 'import A = N.B', "import { A } from './a'"],
    ['an export without an end', 'export { a', "export { A } from './a'"],
  ])('%s ends where the next begins', (_name, unfinished, next) => {
    const text = `${unfinished}\n${next}`;
    const other = `${unfinished}\n\n\n${next}`;
    expect(isSame(text, other, 'types')).toBe(true);
    const clauses = jest.spyOn(String.prototype, 'matchAll');
    declarationSignature(text, 'types');
    const found = clauses.mock.contexts.flatMap((code, nth) =>
      [...String(code).matchAll(clauses.mock.calls[nth]?.[0] as RegExp)].map(([match]) => match),
    );
    clauses.mockRestore();
    expect(found).toContain(next);
  });
});

test.each<[string, string, string]>([
  [
    'an import behind one without an end',
    "import A = N.B\nimport { C } from './c'",
    "import A = N.B\nimport { C } from './d'",
  ],
  [
    'an interface in another',
    'interface A { interface B {} }',
    'interface A { interface B { (): void } }',
  ],
  [
    'a call signature behind an empty line',
    'interface A {\n\n  a: 1\n}',
    'interface A {\n\n  (a: 1): 1\n}',
  ],
  ['a name in quotes', 'export { a as "{" }', 'export { a as "}" }'],
  ['what is required', "import fs = require('fs')", "import fs = require('path')"],
])('%s counts', (_name, before, after) => {
  expect(isSame(before, after, 'types')).toBe(false);
});
