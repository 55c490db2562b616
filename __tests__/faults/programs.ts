import * as vm from 'node:vm';
import * as fc from 'fast-check';
import { executedBytes, probeIfParsed } from '../blocks/support';
import { change as smallChange } from '../blocks/programs';

/** Small programs of the newer parts of the language, one statement to a line, that end and log what they do. */

const number = fc.integer({ min: 0, max: 3 }).map(String);
const variable = fc.constantFrom('a', 'b', 'c', 'o?.p', 'o?.q?.r');

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  const pair = fc.tuple(inner, inner);
  return {
    expression: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      number,
      variable,
      inner.map((e) => `log(${e})`),
      fc
        .tuple(inner, fc.constantFrom('&&', '||', '+', '-', '<'), inner)
        .map(([l, o, r]) => `(${l} ${o} ${r})`),
      pair.map(([l, r]) => `((${l}) ?? (${r}))`),
      fc.tuple(inner, inner, inner).map(([t, l, r]) => `(${t} ? ${l} : ${r})`),
      // Default parameters, destructuring, rest and spread.
      pair.map(([l, r]) => `((x = ${l}, { y = ${r} } = {}) => x + y)()`),
      pair.map(([l, r]) => `(([x = ${l}, ...rest]) => rest.length || x)([undefined, ...[${r}]])`),
      inner.map((e) => `o?.[log(${e})]`),
      inner.map((e) => `o.m?.(${e})`),
      inner.map((e) => `none?.m(${e})`),
      // Closures that outlive the call that made them.
      pair.map(([l, r]) => `((n) => () => (n ? ${l} : ${r}))(a)()`),
      fc
        .tuple(inner, inner, inner)
        .map(
          ([f, s, m]) =>
            `new (class extends (class { base() { return ${f} } }) { #p = ${s}; static s = 1; get g() { return this.#p } m() { return super.base() || ${m} } })().m()`,
        ),
      pair.map(([l, r]) => `[...(function* () { if (yield ${l}) yield ${r} })()].length`),
      inner.map((e) => `\`\${${e}}-\``),
    ),
  };
});

const { statements } = fc.letrec<{ statement: string; statements: string }>((tie) => {
  const inner = tie('statements');
  return {
    statements: fc
      .array(tie('statement'), { minLength: 1, maxLength: 3 })
      .map((all) => all.join('\n')),
    statement: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      expression.map((e) => `log(${e});`),
      fc.tuple(fc.constantFrom('a', 'b', 'c', 'o.p'), expression).map(([v, e]) => `${v} = ${e};`),
      fc.tuple(expression, inner).map(([e, s]) => `if (${e}) {\n${s}\n}`),
      fc.tuple(expression, inner, inner).map(([e, s, t]) => `if (${e}) {\n${s}\n} else {\n${t}\n}`),
      fc
        .tuple(expression, inner, inner)
        .map(
          ([e, s, t]) =>
            `out: for (const x of [1, 2]) {\nfor (;;) {\nif (${e}) continue out;\n${s}\nbreak out;\n}\n${t}\n}`,
        ),
      fc
        .tuple(expression, inner, inner, number)
        .map(
          ([e, s, t, n]) =>
            `switch (${e}) {\ncase ${n}: {\n${s}\n}\ncase log(1):\n${t}\nbreak;\ndefault:\nlog("default");\n}`,
        ),
      fc
        .tuple(inner, inner, inner)
        .map(
          ([s, t, u]) =>
            `try {\n${s}\nnone.m();\n} catch ({ name }) {\nlog(name);\n${t}\n} finally {\n${u}\n}`,
        ),
      fc
        .tuple(expression, inner)
        .map(
          ([e, s]) => `(async (x = ${e}) => {\nawait x;\n${s}\n})().catch(() => log("caught"));`,
        ),
      fc
        .tuple(expression, inner, inner)
        .map(
          ([e, s, t]) =>
            `(async () => {\nfor await (const x of [${e}]) {\n${s}\n}\n${t}\n})().catch(() => log("caught"));`,
        ),
      fc.tuple(expression, expression).map(([l, r]) => `var { p: a = ${l}, ...b } = { q: ${r} };`),
      fc.tuple(expression, expression).map(([l, r]) => `[c = ${l}, a] = [, ${r}];`),
      inner.map(
        (s) =>
          `function f(x = a, ...rest) {\nif (++calls > 9) return 0;\n${s}\nreturn rest.length;\n}`,
      ),
      expression.map((e) => `log(f(${e}, 1));`),
      inner.map((s) => `class K {\nstatic {\n${s}\n}\n}`),
      // Lexical names that shadow outer ones, and keep functions from hoisting out of blocks.
      fc
        .tuple(fc.constantFrom('let a', 'const b', 'class c', 'let f'), inner)
        .map(([l, s]) => `{\n${l}${l.startsWith('class') ? ' {}' : ' = 1'};\n${s}\n}`),
      fc
        .tuple(expression, inner, inner, fc.constantFrom('a', 'b', 'f'))
        .map(
          ([e, s, t, n]) =>
            `switch (${e}) {\ncase 1:\n${s}\nlet ${n} = 1;\nbreak;\ncase log(2):\n${t}\n}`,
        ),
      fc.constant('log(typeof f, typeof a);'),
    ),
  };
});

/** A program that may throw, and may not parse. */
export const program = fc
  .tuple(statements, statements)
  .map(
    ([first, second]) =>
      `var a = 0, b = 1, c, calls = 0, none;\nvar o = { p: 1, q: { r: 2 }, m: (x) => x };\nfunction f(x) {\nreturn x\n}\n${first}\n${second}\nlog(a, b, c);`,
  );

/** A small change to a text: one of those of older programs, or one statement of these. */
export const change: fc.Arbitrary<(code: string) => string> = fc.oneof(
  smallChange,
  fc.tuple(fc.nat(), statements).map(([at, text]) => (code: string) => {
    const lines = code.split('\n');
    return lines.toSpliced(at % lines.length, 1, text).join('\n');
  }),
);

interface Ran {
  log: string[];
  threw: string | null;
  global: Record<string, unknown>;
}

/** Runs a text as Jest would, to the end of all that it awaits. */
function run(code: string): Ran {
  const log: string[] = [];
  const global = vm.createContext(
    {
      log: (...values: unknown[]) => {
        log.push(values.map(shown).join(' '));
        return values[0];
      },
    },
    { microtaskMode: 'afterEvaluate' },
  ) as Record<string, unknown>;
  let threw: string | null = null;
  try {
    vm.runInContext(
      `(function (module, exports, require) {${code}\n}).call({}, { exports: {} }, {}, () => ({}))`,
      global,
      { filename: 'file.js', timeout: 2_000 },
    );
  } catch (error) {
    threw = String(error);
  }
  return { log, threw, global };
}

function shown(value: unknown): string {
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

/** How often a property met what it is about. */
export interface Met {
  unaffected: number;
  affected: number;
}

/**
 * The rule of all selection: if the result changed, a block that was executed has changed its fingerprint.
 * @param met Counts, so that a property that never meets its case can be noticed.
 */
export function selectsWhatChanged(met: Met): fc.IProperty<unknown> {
  return fc.property(program, change, (code, edit) => {
    const probed = probeIfParsed(code);
    const edited = edit(code);
    const after = probeIfParsed(edited);
    fc.pre(probed !== null && after !== null && edited !== code);
    const ran = run(probed.code);
    const plain = run(code);
    // With probes it does what it does without.
    if (ran.threw !== plain.threw || ran.log.join() !== plain.log.join())
      throw new Error(`Probes changed what it does:\n${code}`);
    const bytes = executedBytes(ran, probed.code);
    const now = new Set(after.blocks.map(({ fingerprint }) => fingerprint.toString('hex')));
    const isAffected = probed.blocks.some(
      ({ fingerprint }, index) => bytes[index] === 1 && !now.has(fingerprint.toString('hex')),
    );
    if (isAffected) {
      met.affected += 1;
      return;
    }
    met.unaffected += 1;
    const other = run(edited);
    if (other.threw !== plain.threw || other.log.join('\n') !== plain.log.join('\n'))
      throw new Error(
        `The result changed, and no executed block did:\n${code}\n--- became ---\n${edited}`,
      );
  });
}
