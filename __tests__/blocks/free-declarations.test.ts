import { describe, expect, test } from '@jest/globals';
import { readBlocks, type Form } from '../../src/blocks';
import { changed, fingerprints, ROOT } from './support';

/** Whether a declaration that nothing refers to can be added without a change of the module. */
function isFree(declaration: string, form: Form = 'commonjs', around = 'f();'): boolean {
  return fingerprints(`${around}\n${declaration}`, form)[0] === fingerprints(around, form)[0];
}

describe('a declaration that nobody refers to changes nothing', () => {
  test.each([
    ['a function', 'function a(x = f()) { f() }'],
    ['an async generator', 'async function* a() {}'],
    [
      'a class',
      'class A { #p = f(); x = f(); static y = 1; static z = () => f(); get m() { f() } }',
    ],
    ['a class of a class', 'class A {} class B extends A { constructor() { super(f()) } }'],
    ['a class of the language', 'class A extends Error {}'],
    ['literals', 'const a = 1, b = "b", c = null, d = /x/g, e = 1n'],
    ['no value', 'let a; var b'],
    ['functions', 'const a = () => f(), b = function () { f() }, c = async () => await f()'],
    [
      'objects and arrays',
      'const a = { x: [1, , { y() { f() }, get z() { return f() }, "s": 1 }] }',
    ],
    ['values of earlier ones', 'const a = 1, b = a; let c = { b }; var d = [c]'],
    ['a function below', 'const a = { g }; function g() {}'],
    [
      'operators on texts and numbers',
      'const a = "x"; const b = `${a}-${1 + 2}` + a, c = -1, d = !{}',
    ],
    ['branches', 'const a = 1; const b = a ? [a] : { a }, c = a || [], d = void 0 ?? a'],
    [
      'members of the language',
      'const a = Object.prototype.hasOwnProperty, b = Math.PI, c = Array.isArray',
    ],
    [
      'collections',
      'const a = new Map([[1, 2]]), b = new Set(["x"]), c = new WeakMap(), d = Symbol("d")',
    ],
    ['frozen ones', 'const a = Object.freeze({ x: [1] }), b = Object.create(null)'],
    [
      'what is marked pure',
      'const a = /* @__PURE__ */ g(1), b = /*#__PURE__*/ new g(); function g() {}',
    ],
    ['an enum', 'var E; (function (E) { E[E["A"] = 0] = "A"; E["B"] = "b"; })(E || (E = {}));'],
    [
      'an enum of Babel',
      'var E = /*#__PURE__*/ function (E) { E[E["A"] = 0] = "A"; return E; }(E || {});',
    ],
  ])('%s', (_name, declaration) => {
    expect(isFree(declaration)).toBe(true);
  });

  test('in an ES module, where others may be exported', () => {
    expect(
      isFree('function a() {} const b = /*#__PURE__*/ g(a); import { g } from "g"', 'module'),
    ).toBe(isFree('import { g } from "g"', 'module'));
    const [before] = fingerprints('export function a() {} export const b = 1;', 'module');
    expect(fingerprints('export const b = 1; export function a() {}', 'module')[0]).toBe(before);
    expect(fingerprints('export const b = 2; export function a() {}', 'module')[0]).not.toBe(
      before,
    );
    expect(fingerprints('export const b = 1; export function c() {}', 'module')[0]).not.toBe(
      before,
    );
  });
});

describe('stays in the module’s block:', () => {
  test.each([
    ['a call', 'const a = f()'],
    ['a call in a branch', 'const a = 1 ? [f()] : 2'],
    ['what may be a getter', 'const a = { x: 1 }; const b = a.x'],
    ['what may throw, as nothing declares it', 'const a = g'],
    ['what may throw, as it is declared below', 'const a = b; const b = 1'],
    ['what may be undefined yet', 'var a = b; var b = 1'],
    ['its own name', 'const a = [a]'],
    ['what converts', 'const a = {}; const b = `${a}`'],
    ['what mixes numbers and big numbers', 'const a = 1n; const b = a + 1'],
    ['a variable of another type by now', 'let a = 1; const b = `${a}`'],
    ['spread', 'const a = [...[1]], b = { ...{} }'],
    ['a pattern', 'const { a } = {}'],
    ['an assignment', 'let a; const b = (a = 1)'],
    ['a static block', 'class A { static { f() } }'],
    ['a static field that calls', 'class A { static a = f() }'],
    ['a static field that uses the class', 'class A { static a = [this] }'],
    ['a computed key', 'class A { [f()]() {} }'],
    ['what is computed in an object', 'const a = { [f()]: 1 }'],
    ['what extends something unknown', 'class A extends f {}'],
    ['what extends something else by now', 'class A {} A = 1; class B extends A {}'],
    ['arguments of what is marked pure', 'const a = /*#__PURE__*/ g(f()); function g() {}'],
    ['what is marked pure and not there', 'const a = /*#__PURE__*/ g()'],
    ['members of the language that throw', 'const a = Map.prototype.size'],
    ['a name declared twice', 'var a = 1; var a = 2'],
    ['a name that a branch declares too', 'function a() {} if (f) { var a }'],
    ['a name that a function in a block hoists to', 'var a = 1; { function a() {} }'],
    ['a name of the module wrapper', 'const jest = 1'],
    ['our own global', 'function globalThis() {}'],
    ['anything beside eval', 'function a() { eval("b") }'],
    ['anything beside with', 'function a() { with (f) b }'],
    ['a regular expression that this engine cannot read', 'const a = /(?<a>.)|(?<a>.)(?x:.)/'],
  ])('%s', (_name, declaration) => {
    let free = false;
    try {
      free = isFree(declaration);
    } catch {
      // It does not parse.
    }
    expect(free).toBe(false);
  });

  test('a name that Jest’s configuration injects into the module wrapper', () => {
    const read = (code: string) =>
      readBlocks(code, { form: 'commonjs', root: ROOT, injected: ['given'] })[0]?.fingerprint;
    expect(read('f(); const other = 1')).toEqual(read('f();'));
    expect(read('f(); const given = 1')).not.toEqual(read('f();'));
  });
});

describe('a declaration changes the blocks that refer to it', () => {
  test.each<[string, string, string, string[]]>([
    [
      'directly',
      'const a = 1; g = () => a; h = () => 1',
      'const a = 2; g = () => a; h = () => 1',
      ['function a'],
    ],
    [
      'through others',
      'const a = 1; const b = { a }; class C { x = b } g = () => new C()',
      'const a = 2; const b = { a }; class C { x = b } g = () => new C()',
      ['function new C()'],
    ],
    [
      'in a circle',
      'function a(x = b) {} function b(x = a) {} g = () => a',
      'function a(x = b) {} function b(x = a, y) {} g = () => a',
      ['function {}', 'function {}', 'function a'],
    ],
    [
      'not their bodies',
      'function a() { f(1) } g = () => a',
      'function a() { f(2) } g = () => a',
      ['function { f(1) }'],
    ],
    ['added', 'g = () => a', 'g = () => a; const a = 1', ['function a']],
    ['removed', 'g = () => a; const a = 1', 'g = () => a', ['function a']],
    [
      'moved over an effect',
      'g = () => a; const a = 1',
      'const a = 1; g = () => a',
      ['function a'],
    ],
    [
      'moved over what calls',
      'const a = 1; const b = /*#__PURE__*/ g(); function g() { a } g;',
      'const b = /*#__PURE__*/ g(); const a = 1; function g() { a } g;',
      ['function { a }'],
    ],
    ['not a function moved', 'g = () => a; function a() {}', 'function a() {} g = () => a', []],
    [
      'not where it means another',
      'const a = 1; g = (a) => a; h = () => { { let a; a } }; i = ({ a }) => () => a; j = function a() { a }',
      'const a = 2; g = (a) => a; h = () => { { let a; a } }; i = ({ a }) => () => a; j = function a() { a }',
      [],
    ],
    [
      'where a default value means the outer one',
      'const a = 1; g = (x = f(a)) => { var a }',
      'const a = 2; g = (x = f(a)) => { var a }',
      ['module', 'function { var a }'],
    ],
    [
      'not where it is a property',
      'const a = 1; g = () => f.a({ a: 1 })',
      'const a = 2; g = () => f.a({ a: 1 })',
      [],
    ],
    [
      'where it is a shorthand',
      'const a = 1; g = () => f({ a })',
      'const a = 2; g = () => f({ a })',
      ['function f({ a })'],
    ],
  ])('%s', (_name, before, after, blocks) => {
    expect(changed(before, after)).toEqual(blocks);
  });
});
