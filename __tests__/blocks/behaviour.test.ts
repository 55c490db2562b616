import { describe, expect, test } from '@jest/globals';
import { stripProbes } from '../../src/blocks';
import { probe, run } from './support';

/** Programs in which a careless probe would be noticed. */
const PROGRAMS: Record<string, string> = {
  'names of functions': `
    const arrow = () => {}; let fn = function () {}; const C = class {};
    let a, b, c = 1, d; a ||= () => {}; b ??= function () {}; c &&= class {}; (d) = () => {};
    const { e = () => {} } = {}; const o = { m() {}, f: () => 1, ['x' + 1]: function () {} };
    log(arrow, fn, C, a, b, c, d.name, e, o.m, o.f, o.x1);
    log((true ? () => {} : 0).name === '', (0 || (() => {})).name === '')`,
  'logical assignment to members':
    'const o = {}; o.f ??= () => 1; log(o.f.name === ""); o.f &&= () => 2; log(o.f())',
  'this of calls': `
    const o = { x: 7, f() { return this && this.x } };
    log((o.f)(), (0, o.f)() === undefined || true, (o && o.f)(), (o ? o.f : 0)(), (o?.f)(), o?.["f"]())`,
  'calls of arms': `const o = { x: 7, f(y) { return this.x + y } }; log(o ? o.f(1) : o.f(2), 0 || o.f(3), o && o?.f(4))`,
  'optional chains': `let u; log(u?.a.b.c(log('never')), 1 && u?.a.b(), (1 && u)?.b)`,
  'delete and typeof': `const o = { a: 1 }; log(1 && delete o.a, 'a' in o, typeof nothing, 1 && typeof nothing, typeof nothing); try { typeof (0 || nothing) } catch (e) { log(e.message) }`,
  'direct eval': `function f() { var a = 1; 1 && eval('var b = a + 1'); return b } log(f()); const x = 5; log(true ? eval('x') : 0)`,
  'tagged templates are cached by site': `
    const tag = (s) => s; const seen = []; for (let i = 0; i < 2; i++) seen.push(1 && tag\`a\${i}\`); log(seen[0] === seen[1])`,
  labels: `
    outer: for (const a of [1, 2, 3]) inner: for (const b of [1, 2]) { if (a === 2) continue outer; if (b === 2) continue inner; log(a, b) }
    out: if (1) { if (1) break out; log('never') }
    block: { log('in'); if (1) break block; log('never') }
    if (1) l: for (;;) break l; log('end')`,
  'automatic semicolons': `
    var a = 1
    var b = a
    ;(0 || log)('x')
    if (a) log(1)
    else log(2)
    do log(3)
    while (0) log(4)
    for (var i = 0; i < 2; i++) log(i)
    while (a) a--
    ++b
    log(b)
    var f = x =>
      x + 1
    log(f(1))
    function r() { return
      1 }
    log(r())`,
  'empty statements':
    'if (1); else; for (var i = 0; i < 3; i++); log(i); while (i-- > 0); do; while (0); log(i)',
  'else belongs to the nearest if':
    'for (const [a, b] of [[0,0],[0,1],[1,0],[1,1]]) if (a) if (b) log(1); else log(2)',
  directives: `function f() { 'use strict'; return this === undefined } function g() { return this === undefined }
    function h() { 'use strict'
    return (function () { return this })() === undefined }
    function i() { 'use strict' } log(f(), g(), h(), i())`,
  'a directive for the file': `'use strict'\n;(function () { log(this === undefined) })()`,
  'a directive without semicolon': `'use strict'\nlog((function () { return this === undefined })())`,
  'directives only': `'use client';'use strict'`,
  'dead zone': `try { (() => x)(); let x = 1 } catch (e) { log(e.message) } switch (1) { case 0: let y; break; case 1: try { y } catch (e) { log(e.message) } }`,
  hoisting: `log(typeof f, typeof v, typeof g); function f() {} if (0) { var v = 1; function g() {} } log(typeof g); if (1) { function g() { return 1 } } log(g())`,
  'a function as an arm': `if (1) function f() { return 1 } log(f()); if (0) function g() {} else function h() { return 2 } log(typeof g, h())`,
  'a labelled function': `if (1) log(1); l: function f() { return 3 } log(f())`,
  'var in arms': 'if (1) var a = 1; else var b = 2; for (;;) { var c = 3; break } log(a, b, c)',
  generators: `
    function* g(n) { try { const x = yield n && (yield* [1, 2]); log('got', x); for (;;) if ((yield x) > 3) return x } finally { log('done') } }
    const it = g(1); log(it.next(), it.next(), it.next(), it.next(5), it.next(4), it.next())`,
  'async functions': `const f = async (x) => x ? await f(x - 1) : await (async () => 1)(); const p = f(2); log(p instanceof Promise || typeof p.then)`,
  classes: `
    class A { static #n = 0; #p = A.#n++ || this.q(); q() { return 'q' } static { if (1) { log('static', this.name) } } get p() { return this.#p } static s = () => this.name }
    class B extends A { constructor(x) { if (x) { log('before') } super(); log(new.target.name) } q() { return super.q() + '!' } }
    log(new B(1).p, new A().p, A.s(), Object.getOwnPropertyNames(A.prototype))`,
  closures:
    'const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); log(fs.map((f) => f())); for (const x of [1, 2]) fs.push(() => x); log(fs[3](), fs[4]())',
  'in inside a loop head': `for (var i = 0 || ('a' in { a: 1 }) ? (log('in'), 1) : log('no'); i < 2; i++) log(i); for (const k in 0 || { a: 1 }) log(k)`,
  sequences: 'const f = () => (log(1), log(2), 3); log(f(), 0 || (log(4), 5), 1 ? (log(6), 7) : 8)',
  'regular expressions and division': `const g = 2; const a = 8; log(a / 2 / g, 1 && /=/g.test('='), 1 ? /a/.exec('a')[0] : a / g)`,
  templates: 'const a = 1; log(`${a ? `${a && log.call(null, "x")}` : ""}`)',
  arguments:
    'function f(a) { if (1) { arguments[0] = 9 } return a + arguments.length } log(f(1, 2)); const g = function () { return (() => 1 && arguments.length)() }; log(g(1,2,3))',
  with: `const seen = []; const o = new Proxy({ log }, { has(t, k) { if (k !== 'log') seen.push(String(k)); return true }, get(t, k) { return k === Symbol.unscopables ? undefined : t[k] } });
    with (o) { if (1) { log(1) } (() => { log(2) })() } log(seen)`,
  'length and name of functions': `function f(a, b = 1, ...c) { log() } class A { static m(x) { return 1 } } log(f.length, f.name, A.m.length, (() => log(1)).length)`,
  'messages of errors': `
    const attempt = (f) => { try { f() } catch (e) { log(e.message) } }; let u; const o = {}; const get = () => u;
    attempt(() => (u || get())()); attempt(() => { const { a } = u || get() }); attempt(() => new (u ?? get())());
    attempt(() => [...(u || get())]); attempt(() => { for (const x of u || get()); }); attempt(() => (o || get()).x());
    attempt(() => (o && (get(1) || o)).x()); attempt(() => o[u || get()]()); attempt(() => (u ? get() : get())());
    attempt(() => { ({ a: u } = u || get()) }); attempt(() => get(...(u || get()))); attempt(() => (u || get()).x);
    attempt(() => get(u || get(1))()); attempt(() => (u || get())\`\`); attempt(() => (({ a } = u || get()) => a)());
    attempt(() => [u || get()][0]()); attempt(() => { const [a] = u || get() }); attempt(() => (u ||= get())())`,
  'thrown errors': 'function f() { if (1) { throw new TypeError("no") } } f()',
  'getters that count': `let n = 0; const o = { get a() { n++; return 0 } }; o.a || o.a; 1 && o.a; true ? o.a : o.b; log(n)`,
  'return of the file': 'if (1) { log(1); return } log(2)',
  'a variable called like ours': 'const __testmon_ = 1, tm = 2; log(__testmon_ /*tm*/ + tm)',
  'comments everywhere': `if /*a*/ (1) /*b*/ log(1) /*c*/ // d
    else /*e*/ log(2)
    const f = /*f*/ () /*g*/ => /*h*/ log(3) /*i*/ // j
    f(); 1 && /*k*/ log(4) // l
    /* m */`,
  'let as a name': 'var let = 1; if (1) let\n{ log(2) }',
  'own globals':
    'class Object {} const Uint8Array = 1, JSON = 2; log(typeof Object, Uint8Array, JSON)',
  'asm.js': 'function f() { "use asm"; function g() { return 1 } return { g: g } } log(f().g())',
  'async iteration':
    'async function f() { for await (const x of [1]) { log(x) } } f(); log(typeof f)',
  'nested conditionals':
    'const f = (a, b) => a ? b ? log(1) : log(2) : b ? log(3) : log(4); f(0, 0); f(0, 1); f(1, 0); f(1, 1)',
  'super in operands':
    'class A { m() { return 1 } } class B extends A { m() { return 0 || super.m() } } class C extends A { constructor() { 0 || super(); log(this.m()) } } log(new B().m()); new C()',
  'new without arguments':
    'class A { constructor() { log(1) } } 1 && new A; true ? new A : 0; log(2)',
  'await and yield as names': 'var await = 1, yield = 2; log(1 && await + yield)',
  'case with a block': 'switch (1) { case 1: { let a = 1; log(a) } default: { log(2) } }',
  'try in loops':
    'for (let i = 0; i < 3; i++) try { if (i === 1) continue; log(i) } catch { } finally { log("f") }',
  'html comments': 'log(1) <!-- not this\n--> nor this\nlog(2)',
};

describe('probed code does what the code did', () => {
  test.each(Object.entries(PROGRAMS))('%s', (_name, code) => {
    const plain = run(code);
    const { code: probed } = probe(code);
    const ran = run(probed);
    expect({ log: ran.log, threw: ran.threw }).toEqual({ log: plain.log, threw: plain.threw });
    expect(probed.split('\n')).toHaveLength(code.split('\n').length);
  });

  test('programs are no empty promises', () => {
    const silent = Object.entries(PROGRAMS).filter(([, code]) => run(code).log.length === 0);
    expect(silent.map(([name]) => name)).toEqual(['directives only', 'thrown errors']);
  });

  test.each([
    [
      'a global that takes nothing',
      'Object.defineProperty(globalThis, "__TESTMON__", { get() {} })',
    ],
    [
      'a global that throws',
      'Object.defineProperty(globalThis, "__TESTMON__", { get() { throw new Error("no") } })',
    ],
    ['a registry that is no object', 'globalThis.__TESTMON__ = 1'],
    ['no typed arrays', 'delete globalThis.Uint8Array'],
    [
      'another realm of typed arrays',
      'globalThis.Uint8Array = function () { throw new Error("mocked") }',
    ],
  ])('with %s', (_name, prepare) => {
    for (const strict of ['', '"use strict";']) {
      const { code } = probe(`${strict}if (1) { log('ran') }`);
      expect(run(code, prepare)).toMatchObject({ log: ['ran'], threw: null });
    }
  });

  test('an own globalThis is refused, since nothing would be recorded', () => {
    expect(() => probe('const globalThis = {}')).toThrow('declares a globalThis of its own');
    expect(() => probe('if (a) { var globalThis }')).toThrow('globalThis');
    expect(() => probe('import globalThis from "x"', { form: 'module' })).toThrow('globalThis');
    expect(() => probe('export class globalThis {}', { form: 'module' })).toThrow('globalThis');
    expect(() => probe('(function (globalThis) {})()')).not.toThrow();
  });
});

describe('stripProbes', () => {
  test.each(Object.entries(PROGRAMS))('gives back %s', (_name, code) => {
    const { code: probed } = probe(`function all() {${code}\n}`);
    const inside = probed.slice(probed.indexOf('function all() {'));
    expect(stripProbes(inside)).toBe(`function all() {${code}\n}`);
  });

  test('leaves other texts alone', () => {
    const text = 'function f() { /*tm*/{ a }; __testmon_x[1]=1; }';
    expect(stripProbes(text)).toBe(text);
  });

  test('works on what a running function says of itself', () => {
    const { code } = probe(
      'const f = (a) => a && g(a) || { b() { if (a) c() } }; log(f.toString())',
    );
    expect(stripProbes(run(code).log[0] ?? '')).toBe('(a) => a && g(a) || { b() { if (a) c() } }');
  });
});
