import * as fc from 'fast-check';
import { changeTo } from './modules-of-exports';

/** Small ES modules that export and import in every way that the language has. One item each. */

const EXPORTS = ['a', 'b', 'c', 'default'];
const NAMES = ['a', 'b', 'c', 'f', 'g'];

const exported = fc.constantFrom(...EXPORTS);
const local = fc.constantFrom(...NAMES);
const number = fc.integer({ min: 0, max: 9 }).map(String);
const either = fc.constantFrom('./lib', './index', './more');

const result = fc.oneof(
  number,
  local,
  local.map((n) => `typeof ${n}`),
  local.map((n) => `${n}()`),
  exported.map((n) => `typeof this?.${n}`),
);

/** A value without effects, or with some. */
const value = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 2, arbitrary: local },
  result.map((e) => `() => { enter(); return ${e}; }`),
  result.map((e) => `function () { enter(); return ${e}; }`),
  result.map((e) => `{ get A() { return ${e}; } }`),
  fc.tuple(number, local).map(([n, l]) => `{ A: ${n}, B: ${l} }`),
  number.map((n) => `log(${n})`),
  number.map((n) => `/*#__PURE__*/ pair(${n})`),
);

const guarded = (code: string): string => `try { ${code} } catch (error) { log(error.message); }`;

const exporting = fc.constantFrom('export ', 'export ', '');

const ownItem = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(exporting, fc.constantFrom('const', 'const', 'let', 'var'), local, value)
      .map(([how, kind, n, v]) => `${how}${kind} ${n} = ${v};`),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(exporting, local, result)
      .map(([how, n, e]) => `${how}function ${n}() { enter(); return ${e}; }`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(exporting, local, number)
      .map(([how, n, v]) => `${how}class ${n} { static A = ${v}; see() { return ${n}; } }`),
  },
  { weight: 3, arbitrary: fc.tuple(local, exported).map(([l, n]) => `export { ${l} as ${n} };`) },
  value.map((v) => `export default ${v.startsWith('function') ? `(${v})` : v};`),
  result.map((e) => `export default function () { enter(); return ${e}; }`),
  fc.tuple(local, result).map(([n, e]) => `export default function ${n}() { return ${e}; }`),
  number.map((n) => `export default class { static A = ${n}; }`),
  fc.tuple(local, number).map(([n, v]) => guarded(`${n} = ${v};`)),
  local.map((n) => guarded(`log(${n});`)),
  local.map((n) => guarded(`log(${n}());`)),
  fc.tuple(local, number).map(([n, v]) => `export const { A: ${n} = ${v} } = {};`),
);

/** What takes from other modules. */
const foreignItem = either.chain((from) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(exported, exported)
        .map(([n, m]) => `export { ${n} as ${m} } from "${from}";`),
    },
    { weight: 4, arbitrary: fc.constant(`export * from "${from}";`) },
    exported.map((n) => `export * as ${n} from "${from}";`),
    {
      weight: 2,
      arbitrary: fc
        .tuple(exported, local)
        .map(([n, l]) => `import { ${n} as ${l} } from "${from}";`),
    },
    fc
      .tuple(local, exported)
      .chain(([l, n]) =>
        fc.constantFrom(
          `import * as ${l} from "${from}";`,
          `import * as ${l} from "${from}";\n${guarded(`log(${l}.${n});`)}`,
          `import * as ${l} from "${from}";\n${guarded(`log(Object.keys(${l}));`)}`,
        ),
      ),
    fc.constant(`import "${from}";`),
  ),
);

const use = fc
  .tuple(exported, fc.constantFrom('m', 'm', 'w'), either)
  .chain(([n, m, from]) =>
    fc.constantFrom(
      `log(${m}.${n});`,
      `log(${m}.${n});`,
      `log(${m}.${n});`,
      `log((0, ${m}.${n})());`,
      `log(${m}.${n}());`,
      `log(${m}.${n}?.());`,
      `log(${m}.${n}.${n});`,
      `log(typeof ${m}["${n}"]);`,
      `log("${n}" in ${m});`,
      `log(Object.keys(${m}).join());`,
      `log({ ...${m} });`,
      `const { ${n}: own } = ${m}; log(own);`,
      `const { ${n}: own, ...rest } = ${m}; log(rest);`,
      `((ns) => log(ns.${n}))(${m});`,
      `log(${m}[["${n}"][0]]);`,
      `log(JSON.stringify(${m}));`,
      `const { ${n}: own = 7 } = await import("${from}"); log(own);`,
      `log((await import("${from}")).${n});`,
      `const all = await import("${from}"); log(all.${n});`,
      `log(Object.keys(await import(["${from}"][0])));`,
      `await import("${from}").then((all) => log(all.${n}));`,
    ),
  );

/** What stands in the module that uses the others: in functions that are called or not. */
const testItem = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(use, fc.nat(4), fc.nat(99))
      .map(([code, how, id]) =>
        how === 0
          ? `async function unused${id}() { ${code} }`
          : how === 1
            ? guarded(code)
            : `await (async () => { ${guarded(code)} })();`,
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(guarded('const { see } = await import("./user"); log(see());')),
  },
);

const userItem = fc
  .tuple(exported, fc.nat(3), either)
  .map(
    ([n, id, from]) =>
      [
        `import { ${n} as i${id} } from "${from}";`,
        `export function see() { return i${id}; }`,
        `import { ${n} as i${id} } from "${from}";\nlog(typeof i${id});`,
        `export { ${n} as x${id} } from "${from}";`,
      ][id] ?? '',
  );

export interface EsModules {
  lib: string[];
  index: string[];
  more: string[];
  user: string[];
  test: string[];
  /** Which module each namespace of the test is of. */
  from: [m: string, w: string];
}

export const esModules: fc.Arbitrary<EsModules> = fc.record({
  lib: fc.array(ownItem, { minLength: 2, maxLength: 8 }),
  index: fc.array(
    fc.oneof({ weight: 3, arbitrary: foreignItem }, { weight: 1, arbitrary: ownItem }),
    { minLength: 1, maxLength: 4 },
  ),
  more: fc.array(
    fc.oneof({ weight: 1, arbitrary: foreignItem }, { weight: 4, arbitrary: ownItem }),
    { maxLength: 4 },
  ),
  user: fc.array(userItem, { minLength: 1, maxLength: 2 }),
  test: fc.array(testItem, { minLength: 1, maxLength: 3 }),
  from: fc.tuple(either, either),
});

/** The texts of the modules, by specifier. Items that would declare or export a name twice are left out. */
export function esTexts({
  lib,
  index,
  more,
  user,
  test,
  from: [m, w],
}: EsModules): Map<string, string> {
  const head = 'function pair(x) { return [x, x]; }';
  return new Map([
    ['./lib', `${head}\n${withoutClashes(lib)}`],
    ['./more', `${head}\n${withoutClashes(more)}`],
    ['./index', `${head}\n${withoutClashes(index)}`],
    ['./user', withoutClashes(user)],
    ['./test', `import * as m from "${m}";\nimport * as w from "${w}";\n${withoutClashes(test)}`],
  ]);
}

function withoutClashes(items: readonly string[]): string {
  const taken = new Set<string>();
  const kept = items.filter((item) => {
    const claimed = claimsOf(item);
    if (claimed.some((one) => taken.has(one))) return false;
    for (const one of claimed) taken.add(one);
    return true;
  });
  // A list exports only what is declared.
  return kept
    .filter((item) => {
      const [, listed] = /^export \{ (\w+) as \w+ \};/.exec(item) ?? [];
      return listed === undefined || taken.has(`local ${listed}`);
    })
    .join('\n');
}

function claimsOf(item: string): string[] {
  const groups: [RegExp, (name: string) => string[]][] = [
    [
      /^export (?:const|let|var|function|class) (?:\{ A: )?(\w+)/,
      (n) => [`local ${n}`, `export ${n}`],
    ],
    [/^(?:async function|const|let|var|function|class) (\w+)/, (n) => [`local ${n}`]],
    [/^export (?:\{ \w+|\*) as (\w+)/, (n) => [`export ${n}`]],
    [/^import (?:\{ \w+|\*) as (\w+)/, (n) => [`local ${n}`]],
    [/^export (default)/, (n) => [`export ${n}`]],
    [/^export default function (\w+)/, (n) => [`local ${n}`]],
  ];
  return groups.flatMap(([pattern, claim]) => {
    const [, name] = pattern.exec(item) ?? [];
    return name === undefined ? [] : claim(name);
  });
}

/** A change of a module: its items added, removed, moved or renamed. */
export const esChange = changeTo(
  fc.oneof({ weight: 3, arbitrary: ownItem }, { weight: 1, arbitrary: foreignItem }),
  exported,
);
