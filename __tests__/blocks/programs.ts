import * as fc from 'fast-check';

/** Small programs, one statement to a line, that end and that log what they do. */

const VARIABLES = ['a', 'b', 'c'];

const variable = fc.constantFrom(...VARIABLES);
const number = fc.integer({ min: 0, max: 3 }).map(String);

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  return {
    expression: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      number,
      variable,
      inner.map((e) => `log(${e})`),
      fc
        .tuple(inner, fc.constantFrom('&&', '||', '+', '-', '<', '===', ','), inner)
        .map(([l, o, r]) => `(${l} ${o} ${r})`),
      fc
        .tuple(inner, inner)
        .map(([l, r]) => `(${l}) ?? (${r})`)
        .map((e) => `(${e})`),
      fc.tuple(inner, inner, inner).map(([t, l, r]) => `(${t} ? ${l} : ${r})`),
      fc
        .tuple(variable, fc.constantFrom('=', '+=', '&&=', '||=', '??='), inner)
        .map(([v, o, e]) => `(${v} ${o} ${e})`),
      fc.tuple(variable, inner).map(([v, e]) => `((${v}) => ${e})(1)`),
      inner.map((e) => `(function () { return ${e} })()`),
      inner.map((e) => `[...(function* () { yield ${e} })()].length`),
      inner.map((e) => `({ m() { return ${e} }, get g() { return 1 } }).m()`),
      fc.tuple(inner, inner).map(([l, r]) => `new (class { f = ${l}; m() { return ${r} } })().m()`),
      inner.map((e) => `f(${e})`),
    ),
  };
});

const { statements } = fc.letrec<{ statement: string; statements: string; body: string }>(
  (tie) => ({
    statements: fc
      .array(tie('statement'), { minLength: 1, maxLength: 4 })
      .map((all) => all.join('\n')),
    // What stands where one statement does.
    body: fc.oneof(
      tie('statements').map((s) => `{\n${s}\n}`),
      expression.map((e) => `log(${e})`),
      fc.constant(';'),
    ),
    statement: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      expression.map((e) => `log(${e});`),
      fc
        .tuple(fc.constantFrom('var a', 'var d', 'var e'), expression)
        .map(([v, e]) => `${v} = ${e};`),
      fc.tuple(expression, tie('body')).map(([e, s]) => `if (${e}) ${s}`),
      fc
        .tuple(expression, tie('statements'), tie('body'))
        .map(([e, s, t]) => `if (${e}) {\n${s}\n} else ${t}`),
      fc
        .tuple(fc.integer({ min: 0, max: 2 }), tie('body'))
        .map(([n, s]) => `for (let i = 0; i < ${n}; i++) ${s}`),
      fc
        .tuple(expression, tie('statements'), tie('statements'), number)
        .map(
          ([e, s, t, n]) =>
            `switch (${e}) {\ncase ${n}:\n${s}\nbreak;\ncase 1:\n${t}\ndefault:\nlog("default");\n}`,
        ),
      fc
        .tuple(tie('statements'), tie('statements'))
        .map(([s, t]) => `try {\n${s}\nthrow 1;\n} catch {\n${t}\n}`),
      fc
        .tuple(tie('statements'), tie('statements'))
        .map(([s, t]) => `try {\n${s}\n} finally {\n${t}\n}`),
      fc
        .tuple(fc.constantFrom('f', 'g'), tie('statements'))
        .map(([n, s]) => `function ${n}(a) {\nif (++calls > 9) return 0;\n${s}\nreturn 2;\n}`),
      tie('statements').map((s) => `l: {\n${s}\nif (a) break l;\n${s}\n}`),
      tie('statements').map((s) => `do {\n${s}\n} while (0)`),
      fc.constant('log(typeof d, typeof e, typeof g);'),
      fc.constant('let z = 1;'),
      fc.constant('try { z } catch (error) { log(error.name) }'),
    ),
  }),
);

/** A program that may throw, and may not parse: `let` twice, say. */
export const program = fc
  .tuple(fc.boolean(), statements, statements)
  .map(
    ([strict, first, second]) =>
      `${strict ? "'use strict'\n" : ''}var a = 0, b = 1, c, calls = 0;\nfunction f(x) {\nreturn x\n}\n${first}\n${second}\nlog(a, b, c);`,
  );

/** A small change to a text: one line gone, doubled or replaced, or one number or sign replaced. */
export const change: fc.Arbitrary<(code: string) => string> = fc
  .tuple(fc.nat(), fc.constantFrom('drop', 'double', 'replace', 'number', 'sign'), statements)
  .map(([at, what, text]) => (code: string) => {
    const lines = code.split('\n');
    const line = at % lines.length;
    if (what === 'drop') return lines.toSpliced(line, 1).join('\n');
    if (what === 'double') return lines.toSpliced(line, 0, lines[line] ?? '').join('\n');
    if (what === 'replace') return lines.toSpliced(line, 1, text).join('\n');
    const places = [...code.matchAll(what === 'number' ? /\b\d\b/g : /&&|\|\||[+-]/g)];
    const place = places[at % Math.max(1, places.length)];
    if (place === undefined) return code;
    const other = what === 'number' ? '7' : place[0] === '&&' ? '||' : '-';
    return code.slice(0, place.index) + other + code.slice(place.index + place[0].length);
  });
