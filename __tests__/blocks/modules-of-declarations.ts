import * as fc from 'fast-check';

/** Small modules made of declarations that refer to one another, and of code that notices them. One item each. */

const NAMES = ['a', 'b', 'c', 'd', 'E', 'given'];

const name = fc.constantFrom(...NAMES);
const number = fc.integer({ min: 0, max: 9 }).map(String);

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  return {
    expression: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      number,
      name,
      name.map((n) => `typeof ${n}`),
      name.map((n) => `${n}.A`),
      name.map((n) => `${n}()`),
      name.map((n) => `String(${n})`),
      name.map((n) => `new ${n}().m()`),
      fc.tuple(name, inner).map(([n, e]) => `${n}(${e})`),
      fc.tuple(name, inner).map(([n, e]) => `(${n} = ${e})`),
      fc.tuple(inner, inner).map(([l, r]) => `[${l}, ${r}]`),
      fc.tuple(name, inner, inner).map(([n, e, v]) => `((${n}) => ${e})(${v})`),
      fc.tuple(name, inner, inner).map(([n, e, v]) => `(({ k: ${n} = ${v} }) => ${e})({})`),
      fc
        .tuple(name, inner, inner)
        .map(([n, e, v]) => `(function (x = ${e}) { var ${n} = ${v}; return [x, ${n}]; })()`),
      fc.tuple(name, inner).map(([n, e]) => `(function ${n}() { return ${e}; })()`),
      fc
        .tuple(name, inner)
        .map(([n, e]) => `(() => { { function ${n}() { return 1; } } return ${e}; })()`),
      fc.tuple(name, inner).map(([n, e]) => `(() => { for (const ${n} of [1]) return ${e}; })()`),
      fc
        .tuple(name, inner)
        .map(([n, e]) => `(() => { try { throw 1; } catch (${n}) { return ${e}; } })()`),
      fc.tuple(inner, inner, inner).map(([t, l, r]) => `(${t} ? log(${l}) : log(${r}))`),
    ),
  };
});

/** What may stand in an initialiser without effects, or with some. */
const { initialiser } = fc.letrec<{ initialiser: string }>((tie) => {
  const inner = tie('initialiser');
  return {
    initialiser: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      number,
      number,
      name,
      fc.constant('/r/g'),
      fc.tuple(name, expression).map(([n, e]) => `(${n}) => ${e}`),
      expression.map((e) => `() => ${e}`),
      expression.map((e) => `function (x = ${e}) { return x; }`),
      fc.tuple(inner, inner).map(([l, r]) => `[${l}, ${r}]`),
      inner.map((e) => `({ A: ${e} })`),
      fc.tuple(name, inner).map(([n, e]) => `({ ${n}, B: ${e} })`),
      expression.map((e) => `({ get A() { return ${e}; } })`),
      expression.map((e) => `({ A() { return ${e}; } })`),
      name.map((n) => `${n}(1)`),
      fc.tuple(name, inner).map(([n, e]) => `(0, ${n})(${e})`),
      fc.tuple(name, inner).map(([n, e]) => `[${e}, 1].map(${n})`),
      fc.tuple(name, inner).map(([n, e]) => `[${e}].map((x) => [x, ${n}])`),
      fc.tuple(inner, inner).map(([l, r]) => `[...${l}, ${r}]`),
      fc.tuple(inner, inner).map(([l, r]) => `({ ...${l}, B: ${r} })`),
      fc.tuple(name, inner).map(([n, e]) => `Object.assign({}, ${n}, ${e})`),
      name.map((n) => `${n}.A`),
      name.map((n) => `${n}.map((x) => \`\${x}\`).join()`),
      name.map((n) => `RegExp(\`\${${n}.source}?\`)`),
      name.map((n) => `Object.keys(${n})`),
      name.map((n) => `${n}.slice().reverse()`),
      fc.tuple(name, inner).map(([n, e]) => `[${n}, ${e}].map(String).sort()`),
      fc.tuple(name, inner).map(([n, e]) => `({ [${n}]: ${e} })`),
      fc.constantFrom('Symbol.iterator', "Symbol('A')", "Symbol.for('A')"),
      fc
        .tuple(inner, name)
        .map(([e, n]) => `(() => { const y = ${e}; return () => [y, ${n}]; })()`),
      fc.tuple(inner, inner).map(([l, r]) => `${l} ? ${r} : 2`),
      fc.tuple(number, name).map(([n, other]) => `\`\${${n}}-\${${other}}\``),
      fc.tuple(number, name).map(([n, other]) => `${n} + ${other}`),
      name.map((n) => `typeof ${n}`),
      inner.map((e) => `Object.freeze({ A: ${e} })`),
      inner.map((e) => `new Set([${e}])`),
      inner.map((e) => `/*#__PURE__*/ pair(${e})`),
      inner.map((e) => `/* @__PURE__ */ (function (x) { return { A: x }; })(${e})`),
      expression,
    ),
  };
});

/** A rest parameter, as Babel and SWC write it. */
function copies(to: string, first: number): string {
  const [size, at] = first === 0 ? ['l', 'k'] : [`l > ${first} ? l - ${first} : 0`, `k - ${first}`];
  return `for (var l = arguments.length, ${to} = new Array(${size}), k = ${first}; k < l; k++) { ${to}[${at}] = arguments[k]; }`;
}

const declaration = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(name, expression, expression)
      .map(([n, d, e]) => `function ${n}(x = ${d}) { enter(); return ${e}; }`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(name, expression)
      .map(([n, e]) => `function ${n}(x) { enter(); if (x) { return ${e}; } return 1; }`),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('const', 'let', 'var'), name, initialiser)
      .map(([kind, n, e]) => `${kind} ${n} = ${e};`),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(name, name, name, initialiser, initialiser)
      .chain(([n, p, m, e, v]) =>
        fc.constantFrom(
          `function ${n}(${p}, x = ${v}) { return ${e}; }`,
          `function ${n}(...${p}) { const ${m} = ${e}; return () => [${m}, ${v}]; }`,
          `const ${n} = (${p}) => { if (${p}) return ${e}; const x = ${v}; return [x]; };`,
          `function ${n}() { ${copies(p, 0)} const ${m} = ${e}; return () => [${m}, ${v}]; }`,
          `function ${n}(x) { ${copies(p, 1)} return [x, ${e}, ${v}]; }`,
          `function ${n}(x) { const ${m} = ${v}; var ${p} = []; for (var i = 1; i < arguments.length; i++) { ${p}[i - 1] = arguments[i]; } return ${e}; }`,
          `function ${n}(x) { { const ${p} = ${e}; var ${m} = ${v}; } return [x, ${m}]; }`,
          `function ${n}(x) { let ${p} = ${e}; if (x) ${p} = ${v}; return [${p}, ${m}]; }`,
          `const ${n} = (x) => { function ${p}(y) { return [y, ${e}]; } return ${p}(${v}); };`,
        ),
      ),
  },
  fc
    .tuple(name, name, number, initialiser)
    .map(([n, m, v, e]) => `const ${n} = ${v}, ${m} = ${e};`),
  fc.tuple(fc.constantFrom('let', 'var'), name).map(([kind, n]) => `${kind} ${n};`),
  {
    weight: 2,
    arbitrary: fc
      .tuple(name, name, fc.boolean(), expression, expression, initialiser)
      .map(
        ([n, m, derived, f, e, s]) =>
          `class ${n} ${derived ? `extends ${m} ` : ''}{ static A = ${s}; f = ${f}; m() { enter(); return ${e}; } }`,
      ),
  },
  fc
    .tuple(name, name, expression)
    .map(
      ([n, key, e]) =>
        `class ${n} { [${key}]() { enter(); return ${e}; } static [Symbol.iterator] = 1; }`,
    ),
  fc
    .tuple(name, number)
    .map(
      ([n, v]) =>
        `var ${n}; (function (${n}) { ${n}[${n}["A"] = ${v}] = "A"; })(${n} || (${n} = {}));`,
    ),
);

const effect = fc.oneof(
  {
    weight: 4,
    arbitrary: expression.map((e) => `try { log(${e}); } catch (error) { log(error.message); }`),
  },
  fc
    .tuple(name, expression)
    .map(([n, e]) => `try { ${n} = ${e}; } catch (error) { log(error.message); }`),
  fc.tuple(name, expression).map(([n, e]) => `{ function ${n}() { return ${e}; } }`),
  fc.tuple(name, number).map(([n, e]) => `if (${e} > 5) { var ${n} = 7; }`),
  fc.constant('log(Object.keys(exports).join());'),
);

/** Functions that whoever loads the module may call, by number. */
const exported = fc
  .tuple(fc.integer({ min: 0, max: 2 }), expression)
  .map(([nth, e]) => `exports.x${nth} = () => { enter(); return ${e}; };`);

const exportedName = fc
  .tuple(fc.integer({ min: 0, max: 2 }), name)
  .map(([nth, n]) => `try { exports.x${nth} = ${n}; } catch {}`);

export const item = fc.oneof(
  { weight: 5, arbitrary: declaration },
  { weight: 2, arbitrary: effect },
  { weight: 3, arbitrary: exported },
  { weight: 1, arbitrary: exportedName },
);

/** What every module has. */
const FIRST = 'function pair(x) { return [x, x]; }';

/** A module as its items. */
export const items: fc.Arbitrary<string[]> = fc
  .array(item, { minLength: 2, maxLength: 8 })
  .map((some) => [FIRST, ...some]);

/** A change of a module: its items added, removed, moved, exchanged or renamed. */
export const change: fc.Arbitrary<(items: readonly string[]) => string[]> = fc
  .tuple(
    fc.constantFrom(
      'add',
      'add',
      'remove',
      'move',
      'swap',
      'rename',
      'renameAll',
      'replace',
      'number',
      'number',
    ),
    fc.nat(),
    fc.nat(),
    declaration,
    name,
    name,
  )
  .map(([what, from, to, made, one, other]) => (before: readonly string[]) => {
    const all = [...before];
    const at = from % all.length;
    const then = to % all.length;
    const taken = all[at] ?? '';
    const renamed = (text: string): string =>
      text.replaceAll(new RegExp(`\\b${one}\\b`, 'g'), other);
    switch (what) {
      case 'add':
        all.splice(at, 0, made);
        return all;
      case 'remove':
        all.splice(at, 1);
        return all;
      case 'move':
        all.splice(at, 1);
        all.splice(then, 0, taken);
        return all;
      case 'swap':
        all[at] = all[then] ?? '';
        all[then] = taken;
        return all;
      case 'rename':
        all[at] = renamed(taken);
        return all;
      case 'number':
        all[at] = taken.replace(/\b\d\b/, '8');
        return all;
      case 'renameAll':
        return all.map(renamed);
      default:
        all[at] = made;
        return all;
    }
  });
