import { describe, expect, test } from '@jest/globals';
import { declaredValue, declaresStill, type Aspect } from '../../src/dependencies/declared';
import { contentHash } from '../../src/dependencies/content';

function isSame(before: string, after: string, aspect: Aspect): boolean {
  return declaresStill(declaredValue(before, aspect), contentHash(after), () => after);
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
  expect(declaresStill(declaredValue('', 'values'), null, () => '')).toBe(false);
});
