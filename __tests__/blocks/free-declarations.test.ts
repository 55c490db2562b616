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
    [
      'a call of a function that makes a closure',
      'function parse(...keys) { return (m) => keys.map((k) => f(m[k])); } const a = parse("year", "day")',
    ],
    [
      'calls of functions that call others',
      'const pair = (l, r = [l]) => ({ l, r }); function two(x) { const y = pair(x); if (!x) return null; return [y, pair(...[1, x])]; } const a = two({}), b = two(a)',
    ],
    ['a function called in place', 'const a = (() => { let b = 1; b = [2]; return () => b; })()'],
    [
      'regular expressions made of others',
      'const a = /\\d+/, b = RegExp(`^${a.source}$`, "i"), c = new RegExp(b), d = [a, b].reduce((t, r) => t + r.source, "") + "x"',
    ],
    [
      'methods of what was made before',
      'const a = ["x", "y"]; const b = a.map((x) => x + "!").join("|"), c = Object.fromEntries(a.map((x) => [x, {}])), d = new Set([...a, "z"]), e = [...d, a.length]; const g = Object.keys(c).filter(Boolean)',
    ],
    [
      'objects made of others',
      'const a = { x: 1, y: { z: [2] } }; const b = { ...a, x: a.x, ["k" + a.y.z[0]]: 3 }, c = Object.assign({}, a, b), d = Object.freeze(Object.assign({}, a)), e = `${a.x}`',
    ],
    [
      'texts put together as compilers do',
      'const a = /x/, b = 1; const c = RegExp("^(?:".concat(a.source, "|").concat(b, ")").concat("$")), d = "".concat(c.source)',
    ],
    [
      'members in brackets, as compilers write words that were reserved',
      'const a = { "default": /x/ }; const b = a["default"], c = Object["prototype"]["hasOwnProperty"], d = Object["freeze"]({}), e = /*#__PURE__*/ a["default"]()',
    ],
    [
      'calls of functions whose rest parameter a compiler copies in a loop',
      `function join() { for (var _len = arguments.length, all = new Array(_len), _key = 0; _key < _len; _key++) { all[_key] = arguments[_key]; } return RegExp(all.reduce((t, r) => t + r.source, "")); }
       function parse(s) { if (s) return () => s; for (var _len2 = arguments.length, keys = new Array(_len2 > 1 ? _len2 - 1 : 0), _key2 = 1; _key2 < _len2; _key2++) keys[_key2 - 1] = arguments[_key2]; return () => keys.map(f); }
       function pick(s) { var names = []; for (var _i = 1; _i < arguments.length; _i++) { names[_i - 1] = arguments[_i]; } return names.map((n) => n + "!"); }
       const a = join(/a/, /b/), b = parse(0, "x", "y"), c = pick(f2, "x"); function f2() {}`,
    ],
    [
      'lists that are turned round and sorted as they are made',
      'const a = ["x", "y"], b = a.slice(0).reverse(), c = "b a".split(" ").sort(), d = RegExp(a.map((x) => x).reverse()[0]), e = [3, 2].sort()',
    ],
    [
      'members whose names are symbols',
      'const k = Symbol("k"); class A { [Symbol.iterator]() { f() } static [k] = 1; [Symbol.for("x")] = f(); get [Symbol.toStringTag]() { return "A" } } const o = { [k]: 1, [Symbol.iterator]() { f() } }, p = { ...o }',
    ],
    [
      'texts of character codes',
      'const a = String.fromCharCode(160), b = new RegExp(`[ ${a}]`, "g")',
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
    ['what may be a getter', 'const a = { get x() { return f(); } }; const b = a.x'],
    ['what may be a getter by now', 'const a = { x: 1 }; f(a); const b = a.x'],
    ['what is not there', 'const a = { x: 1 }; const b = a.toString'],
    [
      'a call of a function that calls another module',
      'const m = require("m"); function make() { return m.make(); } const a = make()',
    ],
    [
      'a call of a function that changes a variable',
      'let n = 0; function make() { n = n + 1; return n; } const a = make()',
    ],
    ['a call of a function that counts', 'let n = 0; const make = () => n++; const a = make()'],
    [
      'a call of a function that changes an argument',
      'const o = {}; function make(x) { x.y = 1; return x; } const a = make(o)',
    ],
    [
      'a call of a function that reads a member of anything',
      'function make(x) { return x.y; } const a = make(f)',
    ],
    [
      'a call of a function that throws',
      'function make(x) { if (x) throw x; return 1; } const a = make(f)',
    ],
    [
      'a call of a function that reads what is declared below',
      'function make() { return b; } const a = make(); const b = 1',
    ],
    [
      'a call of a function that reads its own variable too early',
      'const b = 1; function make() { const c = b; { const b = d; const d = 1; } return c; } const a = make()',
    ],
    [
      'a call of a function that hides a name',
      'const g = () => 1; function make(g) { return g(); } const a = make(f)',
    ],
    ...[
      ['that copies other parameters as well', 'function make(r0) { LOOP return r[0] }'],
      ['into an array that others have', 'function make() { ENTRIES return r } const r = [];'],
      [
        'into an array that another name has',
        'function make() { var r = [], s = r; ENTRIES return s }',
      ],
      [
        'into what is no array',
        'function make() { LOOP return r } class Array { constructor() { f() } }',
      ],
      ['from another `arguments`', 'function make() { var arguments = [1]; LOOP return r }'],
      ['from a parameter', 'function make(x, arguments) { LOOP2 return r }'],
      ['in a branch', 'function make() { if (m) LOOP return r }'],
      ['and calls what it has', 'function make() { LOOP return r[0]() }'],
      [
        'with a call',
        'function make() { LOOP return r }',
        'r[k] = arguments[k]',
        'r[k] = f(arguments[k])',
      ],
      ['from elsewhere', 'function make() { LOOP return r }', 'arguments[k]', 'm[k]'],
      ['without an end', 'function make() { LOOP return r }', 'k++', 'l++'],
      ['to another end', 'function make() { LOOP return r }', 'k < l', 'k < m'],
      ['to other places', 'function make() { LOOP return r }', 'r[k]', 'r[l]'],
      [
        'into an array of another length',
        'function make() { LOOP return r }',
        'Array(l)',
        'Array(m)',
      ],
      ['with another start', 'function make() { LOOP return r }', 'k = 0', 'k = 1'],
      ['with a constant of its name', 'function make() { ENTRIES return r }', 'var i', 'let i'],
    ].map(([how, text = '', part = '', other = '']): [string, string] => [
      `a call of a function with a loop ${how}`,
      `const m = { x: 1 }; ${text
        .replace(
          'LOOP2',
          'for (var l = arguments.length, r = new Array(l > 2 ? l - 2 : 0), k = 2; k < l; k++) { r[k - 2] = arguments[k]; }',
        )
        .replace(
          'LOOP',
          'for (var l = arguments.length, r = new Array(l), k = 0; k < l; k++) { r[k] = arguments[k]; }',
        )
        .replace('ENTRIES', 'for (var i = 0; i < arguments.length; i++) { r[i] = arguments[i]; }')
        .replace(part, other)} const a = make(() => f())`,
    ]),
    ['a list that is turned round where it is', 'const a = [1, 2]; const b = a.reverse()'],
    [
      'a list that an object gives, turned round',
      'const a = [1, 2]; const o = { slice: () => a }; const b = o.slice().reverse()',
    ],
    ['objects that are sorted', 'const a = [{ toString() { f() } }, {}].sort()'],
    ['what is sorted by a function', 'const a = [2, 1].sort(() => f())'],
    ['a member whose name is converted', 'const k = { toString() { f() } }; class A { [k]() {} }'],
    ['a member that no class may have', 'class A { static ["prototype"]() {} }'],
    ['a member of another name by now', 'let k = Symbol(); k = g; class A { [k]() {} }'],
    [
      'a member of an own `Symbol`',
      'class Symbol { static get iterator() { f() } } class A { [Symbol.iterator]() {} }',
    ],
    [
      'a member of the language that is no symbol',
      'const x = Math.match; const a = (x ? () => 1 : () => f())()',
    ],
    ['texts of what is converted', 'const o = {}; const a = String.fromCharCode(o)'],
    ['a call of a function that loops', 'function make() { for (;;) f(); } const a = make()'],
    ['a call of a function that never ends', 'function make() { return make(); } const a = make()'],
    ['a call of an asynchronous function', 'async function make() { throw 1; } const a = make()'],
    [
      'a call of a function that uses `this`',
      'function make() { return this.x; } const a = make()',
    ],
    [
      'a call of a function that uses `arguments`',
      'function make() { return arguments[0]; } const a = make()',
    ],
    [
      'a call of a function that is another by now',
      'let make = () => 1; make = f; const a = make()',
    ],
    ['a regular expression that is none', 'const a = RegExp("("), b = new RegExp("a", "?")'],
    ['a regular expression of anything', 'const a = new RegExp(f)'],
    ['a text put together with anything', 'const a = {}; const b = "".concat(a)'],
    ['a text put together with what is called', 'const a = "".concat(f())'],
    ['a text put together by another method', 'const a = "".concat("x").replace("x", f)'],
    ['a text put together of what others spread', 'const a = "".concat(...f)'],
    ['members in brackets that run something', 'const a = Map["prototype"]["size"]'],
    ['a method of anything', 'const a = f.map((x) => x)'],
    ['a method that calls something', 'const a = [1].map(f)'],
    ['a callback that does something', 'const a = [1].map((x) => { f(x); return x; })'],
    ['a list that others may have changed', 'const a = [1]; f(a); const b = a.map((x) => `${x}`)'],
    ['what changes something made before', 'const a = {}; const b = Object.assign(a, { x: 1 })'],
    ['what freezes something made before', 'const a = []; const b = Object.freeze(a)'],
    ['what changes a list', 'const a = []; const b = a.push(1)'],
    [
      'members that are getters',
      'const a = { get x() { return f(); } }; const b = { ...a }, c = Object.assign({}, a)',
    ],
    ['chance', 'const a = Math.random()'],
    ['what may throw, as nothing declares it', 'const a = g'],
    ['what may throw, as it is declared below', 'const a = b; const b = 1'],
    ['what may be undefined yet', 'var a = b; var b = 1'],
    ['its own name', 'const a = [a]'],
    ['what converts', 'const a = {}; const b = `${a}`'],
    ['what mixes numbers and big numbers', 'const a = 1n; const b = a + 1'],
    ['a variable of another type by now', 'let a = 1; a = {}; const b = `${a}`'],
    ['spread', 'const a = [...f], b = { ...f }'],
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

  test('without an end to what is kept of texts and lists that double', () => {
    const doubled = Array.from(
      { length: 60 },
      (_, n) => `const t${n + 1} = t${n} + t${n}, l${n + 1} = [...l${n}, ...l${n}];`,
    );
    expect(isFree(`const t0 = "ab", l0 = [1, 2];${doubled.join('\n')} const p = RegExp(t2)`)).toBe(
      true,
    );
    expect(isFree(`const t0 = "ab", l0 = [1, 2];${doubled.join('\n')} const p = RegExp(t60)`)).toBe(
      false,
    );
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
