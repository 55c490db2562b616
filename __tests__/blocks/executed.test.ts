import { describe, expect, test } from '@jest/globals';
import { probe, run, executed } from './support';

describe('the executed set', () => {
  test.each<[string, string, string[]]>([
    ['a function that is not called', 'function f() { log() }', ['module']],
    ['a function that is', 'function f() { log() } f()', ['module', 'function { log() }']],
    ['an empty function', 'const f = () => {}; f()', ['module', 'function {}']],
    ['an arrow with an expression', 'const f = () => log(1); f()', ['module', 'function log(1)']],
    [
      'an arrow with an object',
      'const f = () => ({ a: log(1) }); f()',
      ['module', 'function { a: log(1) }'],
    ],
    ['a small arrow', 'const f = (x) => x; f()', ['module', 'function x']],
    ['a method', '({ m() { log() } }).m()', ['module', 'function { log() }']],
    [
      'a getter',
      '({ get a() { return 1 }, set a(x) { log() } }).a',
      ['module', 'function { return 1 }'],
    ],
    [
      'a constructor',
      'class A {}; class B extends A { constructor() { super() } } new B()',
      ['module', 'function { super() }'],
    ],
    [
      'a private method',
      'class A { #m() { log() } m() { this.#m() } } new A().m()',
      ['module', 'function { log() }', 'function { this.#m() }'],
    ],
    ['a field with a function', 'class A { m = () => log() } new A()', ['module']],
    ['a generator not started', 'function* g() { yield log() } g()', ['module']],
    [
      'a generator started',
      'function* g() { yield log() } g().next()',
      ['module', 'function { yield log() }'],
    ],
    [
      'an async function',
      'async function f() { await log() } f()',
      ['module', 'function { await log() }'],
    ],
    [
      'a function with a directive',
      'function f() { "use strict"; log() } f()',
      ['module', 'function { "use strict"; log() }'],
    ],
    ['one arm of an if', 'if (1) { log(1) } else { log(2) }', ['module', 'arm { log(1) }']],
    ['the other, without braces', 'if (0) log(1); else log(2)', ['module', 'arm log(2)']],
    [
      'else if',
      'if (0) log(1); else if (1) log(2); else log(3)',
      ['module', 'arm if (1) log(2); else log(3)', 'arm log(2);'],
    ],
    ['a conditional', '1 ? log(1) : log(2)', ['module', 'arm log(1)']],
    ['&&', '0 && log(1); 1 && log(2)', ['module', 'operand log(2)']],
    ['||', '0 || log(1); 1 || log(2)', ['module', 'operand log(1)']],
    ['??', 'null ?? log(1); 1 ?? log(2)', ['module', 'operand log(1)']],
    ['&&=', 'let a = 0, b = 1; a &&= log(1); b &&= log(2)', ['module', 'operand log(2)']],
    ['??=', 'let a, b = 1; a ??= log(1); b ??= log(2)', ['module', 'operand log(1)']],
    [
      'a chain of operands',
      '1 && log(1) && log(2)',
      ['module', 'operand log(1)', 'operand log(2)'].slice(0, 3),
    ],
    [
      'a switch',
      'switch (2) { case 1: log(1); break; case 2: log(2); case 3: log(3); break; default: log(4) }',
      ['module', 'case log(2);', 'case log(3); break;'],
    ],
    [
      'a switch default',
      'switch (9) { case 1: log(1); break; default: log(4) }',
      ['module', 'case log(4)'],
    ],
    [
      'a case that declares a function for all',
      'switch (1) { case 1: f(); break; case 2: function f() { log(1) } }',
      ['module', 'case f(); break;', 'function { log(1) }'],
    ],
    ['a loop that runs', 'for (const x of [1]) { log(x) }', ['module', 'loop { log(x) }']],
    [
      'loops that do not',
      'for (const x of []) log(x); for (;0;) log(); for (const x in {}) log(); while (0) log()',
      ['module'],
    ],
    ['do', 'do log(1); while (0)', ['module', 'loop log(1);']],
    ['catch', 'try { throw 1 } catch (e) { log(e) }', ['module', 'catch { log(e) }']],
    ['catch that is not needed', 'try { log(1) } catch { log(2) } finally { log(3) }', ['module']],
    [
      'parentheses around arms',
      '0 ? (log(1)) : ((log(2), log(3)))',
      ['module', 'arm log(2), log(3)'],
    ],
    [
      'a default parameter',
      'function f(a = 1 && log(2)) {} f()',
      ['module', 'operand log(2)', 'function {}'],
    ],
  ])('%s', (_name, code, blocks) => {
    expect(executed(code)).toEqual(blocks);
  });

  test('small arms and operands stay part of the block around them', () => {
    expect(probe('a ? b : c.d; a || ""; a && !b; a ?? this.x').blocks).toHaveLength(1);
  });

  test('has what is around each block, though a switch hoists functions out of cases that do not run', () => {
    const { blocks } = probe(
      'switch (1) { case 1: f(); break; case 2: function f(a = 1 && log()) {} }',
    );
    expect(blocks.map(({ kind, parent }) => `${kind} ${parent}`)).toEqual([
      'module -1',
      'case 0',
      'operand 0',
      'function 0',
      'export 0',
    ]);
  });

  test('is shared by two loads of the same text, and survives the second', () => {
    const { code, blocks } = probe(
      'function f() { log(1) } if (globalThis.again) f(); globalThis.again = true',
    );
    const { global } = run(`${code}\n`);
    const registry = global['__TESTMON__'] as Record<string, Uint8Array>;
    const [bytes] = Object.values(registry);
    // The last one stands for which exports there are.
    expect([...(bytes ?? [])]).toEqual([1, 0, 0, 0]);
    expect(blocks).toHaveLength(4);
  });
});
