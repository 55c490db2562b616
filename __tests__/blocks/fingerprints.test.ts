import { describe, expect, test } from '@jest/globals';
import { BlocksError, readBlocks } from '../../src/blocks';
import { changed, fingerprints, ROOT } from './support';

describe('fingerprints stay equal', () => {
  test.each([
    ['comments', 'f(1) /* a */ // b', '// c\nf(/* d */ 1)'],
    ['white space and semicolons', 'if(a){f(1)}else g()', 'if (a) {\n  f(1);\n} else\n\n  g();'],
    ['quotes', `f('a"b', "c")`, `f("a\\"b", 'c')`],
    ['spelling of numbers', 'f(0x10, 1e3, 1_000n, .5)', 'f(16, 1000, 1000n, 0.50)'],
    ['parentheses', 'x = (a + b); (f)(1)', 'x = a + b; f((1))'],
    ['escapes', `f('\\x41', '\\u{1F600}')`, `f('A', '😀')`],
    ['trailing commas', 'f(1, [2], { a })', 'f(1, [2,], { a, },)'],
    ['the shebang', '#!/usr/bin/env node\nf()', 'f()'],
    ['the position of JSX', source(3, 7), source(30, 17)],
    [
      'the position of JSX, classic',
      'h(A, { __self: this, __source: { fileName: f, lineNumber: 3 } })',
      'h(A, { __self: this, __source: { fileName: f, lineNumber: 4 } })',
    ],
  ])('whatever the %s', (_name, before, after) => {
    expect(fingerprints(after)).toEqual(fingerprints(before));
  });

  test('whatever the folder of the project', () => {
    const code = (root: string) =>
      `const _jsxFileName = "${root}/src/a.tsx", url = "file://${root}/b", t = \`${root}/c\`; function f() { g("${root}") }`;
    expect(fingerprints(code('/ci/build'), 'commonjs', '/ci/build')).toEqual(
      fingerprints(code(ROOT)),
    );
    expect(fingerprints(code('/ci/build'), 'commonjs', '/elsewhere')).not.toEqual(
      fingerprints(code(ROOT)),
    );
    const windows = 'f("C:\\\\project\\\\a.js", "C:/project/a.js")';
    const posix = 'f("/p\\\\a.js", "/p/a.js")';
    expect(fingerprints(windows, 'commonjs', 'C:\\project')).toEqual(
      fingerprints(posix, 'commonjs', '/p'),
    );
  });

  function source(line: number, column: number): string {
    return `jsxDEV(A, {}, void 0, false, { fileName: f, lineNumber: ${line}, columnNumber: ${column} }, this)`;
  }
});

describe('fingerprints change', () => {
  test.each<[string, string, string, string[]]>([
    [
      'a line break after return',
      'function f() { return g() }',
      'function f() { return\ng() }',
      ['function { return g() }'],
    ],
    [
      'a literal in an arm',
      'if (a) { f(1) } else { f(2) }',
      'if (a) { f(1) } else { f(3) }',
      ['arm { f(2) }'],
    ],
    ['an operand', 'a && f(1); b || f(2)', 'a && f(3); b || f(2)', ['operand f(1)']],
    [
      'a case',
      'switch (a) { case 1: f(1); case 2: f(2) }',
      'switch (a) { case 1: f(1); case 2: f(3) }',
      ['case f(2)'],
    ],
    [
      'half of a surrogate pair',
      "if (a) f('\\ud800')",
      "if (a) f('\\ud801')",
      ["arm f('\\ud800')"],
    ],
    ['a loop', 'for (;;) f(1)', 'for (;;) f(2)', ['loop f(1)']],
    ['a catch', 'try { f() } catch { g(1) }', 'try { f() } catch { g(2) }', ['catch { g(1) }']],
    [
      'a nested function',
      'function f() { return () => g(1) }',
      'function f() { return () => g(2) }',
      ['function g(1)'],
    ],
    [
      'one of two equal bodies',
      'a = () => f(1); b = () => f(1)',
      'a = () => f(1); b = () => f(2)',
      ['function f(1)'],
    ],
    [
      'two bodies that change places',
      'a = () => f(1); b = () => f(2)',
      'a = () => f(2); b = () => f(1)',
      ['function f(1)', 'function f(2)'],
    ],
    [
      'a function that moves into another',
      'a = () => f(1)',
      'a = () => () => f(1)',
      ['function f(1)'],
    ],
    [
      'a body around others',
      'a = () => { b(); c = () => f(1) }',
      'a = () => { d(); c = () => f(1) }',
      ['function { b(); c = () => f(1) }', 'function f(1)'],
    ],
    ['an arm that appears', 'if (a) f(1)', 'if (a) f(1); else f(2)', ['module', 'arm f(1)']],
    [
      'a default parameter',
      'function f(a = 1) { g() }',
      'function f(a = 2) { g() }',
      ['function { g() }'],
    ],
    [
      'a class field',
      'class A { x = 1; m() { f() } }',
      'class A { x = 2; m() { f() } }',
      ['function { f() }'],
    ],
    [
      'a sibling in front',
      'a = () => f(1)',
      'b = () => f(1); a = () => f(1)',
      ['module', 'function f(1)'],
    ],
    ['async', 'a = () => f(1)', 'a = async () => f(1)', ['module', 'function f(1)']],
    ['a generator', 'function a() { f() }', 'function* a() { f() }', ['function { f() }']],
    ['static', 'class A { m() { f() } }', 'class A { static m() { f() } }', ['function { f() }']],
    ['the condition', 'if (a) f(1)', 'if (b) f(1)', ['module', 'arm f(1)']],
    ['finally', 'try { f() } finally { g(1) }', 'try { f() } finally { g(2) }', ['module']],
  ])('in just the right blocks: %s', (_name, before, after, blocks) => {
    expect(changed(before, after)).toEqual(blocks);
  });

  test.each([
    ['kinds of variables', 'let a = f()', 'const a = f()'],
    ['operators', 'a + b', 'a - b'],
    ['logical operators', 'a && b', 'a || b'],
    ['the grouping of operators', 'a - (b - c)', 'a - b - c'],
    ['computed access', 'a[b]', 'a.b'],
    ['optional access', 'a?.b.c', '(a?.b).c'],
    ['computed keys', 'x = { a: 1 }', 'x = { [a]: 1 }'],
    ['template and string', 'a(`b`)', 'a("b")'],
    ['raw templates', 'a`\\x41`', 'a`A`'],
    ['regular expressions', '/a/g.test(b)', '/a/y.test(b)'],
    ['number and big number', 'f(1)', 'f(1n)'],
    ['number and string', 'f(1)', 'f("1")'],
    ['null and undefined', 'f(null)', 'f(undefined)'],
    ['texts with syntax in them', 'f("a", "b")', `f("a,b", "")`],
    ['holes', 'f([,])', 'f([])'],
    ['delegation', 'function* g() { yield a }', 'function* g() { yield* a }'],
    ['prefix and postfix', 'f(a++)', 'f(++a)'],
    ['directive and string', '"use strict"; f()', '("use strict"); f()'],
    ['await in a loop', 'async () => { for (a of b); }', 'async () => { for await (a of b); }'],
    ['labels', 'a: for (;;) break a', 'a: for (;;) break'],
    ['a name that an assignment gives', 'a = function () {}', '(a) = function () {}'],
    ['private names', 'class A { #a; #b; m() { this.#a } }', 'class A { #a; #b; m() { this.#b } }'],
    ['getters', 'x = { get a() {} }', 'x = { set a(_) {} }'],
    ['new.target', 'function f() { new.target }', 'function f() { new.target.a }'],
    [
      'numbers of an object that is no JSX source',
      'f({ fileName, columnNumber: 1 })',
      'f({ fileName, columnNumber: 2 })',
    ],
    [
      'the file name of JSX',
      'f({ fileName: "a", lineNumber: 1 })',
      'f({ fileName: "b", lineNumber: 1 })',
    ],
  ])('with %s', (_name, before, after) => {
    expect(fingerprints(after)).not.toEqual(fingerprints(before));
  });

  test('with the names that imports give', () => {
    expect(fingerprints('import { a } from "x"', 'module')).not.toEqual(
      fingerprints('import { a as b } from "x"', 'module'),
    );
    expect(fingerprints('import a from "x"', 'module')).not.toEqual(
      fingerprints('import * as a from "x"', 'module'),
    );
    expect(fingerprints('import a from "x" with { type: "json" }', 'module')).not.toEqual(
      fingerprints('import a from "x"', 'module'),
    );
  });
});

describe('what reaches out of a block that does not run changes the function around', () => {
  test.each<[string, string, string]>([
    ['var', 'if (a) { f() }', 'if (a) { f(); var x }'],
    ['var in a pattern', 'for (;;) { f() }', 'for (;;) { var { a: [x] } = f() }'],
    ['var deep down', 'if (a) { if (b) { f() } }', 'if (a) { if (b) { for (var x in f()); } }'],
    ['a function in a block', 'if (a) { f() }', 'if (a) { f(); function g() {} }'],
    [
      'let in a case',
      'switch (a) { case 1: f(); case 2: g() }',
      'switch (a) { case 1: f(); case 2: let x = g() }',
    ],
    [
      'let in a case, though one of another switch is called so',
      'switch (a) { case 1: let x } switch (a) { case 1: f(); case 2: g() }',
      'switch (a) { case 1: let x } switch (a) { case 1: f(); case 2: let x = g() }',
    ],
    [
      'a class in a case',
      'switch (a) { case 1: f(); case 2: g() }',
      'switch (a) { case 1: f(); case 2: class x {} }',
    ],
    [
      'var in a static block, though one around it is called so',
      'var x; class A { static { if (a) { f() } } }',
      'var x; class A { static { if (a) { f(); var x } } }',
    ],
    [
      'a lexical name that kept a function in its block',
      'if (a) { let x; { function x() {} } }',
      'if (a) { { function x() {} } }',
    ],
    [
      'a caught name around a function',
      'if (a) try { f() } catch ({ x }) { { function x() {} } }',
      'if (a) try { f() } catch ({ y }) { { function x() {} } }',
    ],
  ])('%s', (_name, before, after) => {
    expect(changed(before, after)).toContain('module');
    expect(changed(`b = () => { ${before} }`, `b = () => { ${after} }`)).toContain(
      `function { ${before} }`,
    );
    // It stops at the function.
    expect(changed(`b = () => { ${before} }`, `b = () => { ${after} }`)).not.toContain('module');
  });

  test('not so names that stay in their block', () => {
    expect(changed('if (a) { f() }', 'if (a) { let x = f() }')).toEqual(['arm { f() }']);
    const around = (inner: string) => `function x() { g() } if (a) { ${inner} }`;
    expect(changed(around('f()'), around('let x = f()'))).toEqual(['arm { f() }']);
  });

  test('not so the names of a static block, outside of its class', () => {
    const around = (inner: string) => `a = () => { class A { static { if (b) { ${inner} } } } }`;
    const block = (inner: string) => `function { class A { static { if (b) { ${inner} } } } }`;
    expect(changed(around('f()'), around('var x = f()'))).toEqual([block('f()'), 'arm { f() }']);
  });

  test('await at the top of a module', () => {
    const [before] = fingerprints('if (a) { f() }', 'module');
    expect(fingerprints('if (a) { await f() }', 'module')[0]).not.toBe(before);
    expect(fingerprints('if (a) { async () => { await f() } }', 'module')[0]).toBe(before);
  });
});

describe('readBlocks', () => {
  test('gives parents before children, with the nearest name', () => {
    const code =
      'class A { m() { if (a) { f() } } static s = () => g() } const h = function () { return [1].map(() => f()) }; o.p = () => f(); function n() {}';
    const blocks = readBlocks(code, { form: 'commonjs', root: ROOT });
    expect(blocks.map(({ parent, kind, name }) => `${parent} ${kind} ${name}`)).toEqual([
      '-1 module ',
      '0 function A.m',
      '1 arm A.m',
      '0 function A.s',
      '0 function h',
      '4 function ',
      '0 function p',
      '0 function n',
    ]);
    for (const { fingerprint } of blocks) expect(fingerprint).toHaveLength(8);
    expect(new Set(blocks.map(({ fingerprint }) => fingerprint.toString('hex'))).size).toBe(
      blocks.length,
    );
  });

  test.each([
    ['function (', 'commonjs', 'Unexpected token at 1:10.'],
    ['a\n b c', 'commonjs', 'Unexpected token at 2:4.'],
    ['import a from "a"', 'commonjs', 'at 1:1.'],
    ['<div/>', 'module', 'at 1:1.'],
    ['with (a) b', 'module', 'at 1:1.'],
  ] as const)('cannot parse %j as %s', (code, form, message) => {
    expect(() => readBlocks(code, { form, root: ROOT })).toThrow(BlocksError);
    expect(() => readBlocks(code, { form, root: ROOT })).toThrow(message);
  });

  test('takes long chains', () => {
    const sum = Array.from({ length: 2500 }, (_, i) => `a${i}`).join('+');
    expect(fingerprints(sum)).toHaveLength(1);
    const or = Array.from({ length: 2000 }, (_, i) => `f(${i})`).join('||');
    expect(fingerprints(or)).toHaveLength(2000);
    const ifs = Array.from({ length: 1000 }, (_, i) => `if (a === ${i}) f(${i});`).join(' else ');
    expect(fingerprints(ifs)).toHaveLength(2000);
  });

  test('gives up on nesting that fills the stack', () => {
    const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect(() => fingerprints(nested)).toThrow(BlocksError);
    expect(() => fingerprints(nested)).toThrow('nested too deeply');
  });
});
