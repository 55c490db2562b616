import * as fc from 'fast-check';

/** Small CommonJS modules that export and import in the ways of compilers and of people. One item each. */

const EXPORTS = ['a', 'b', 'c', 'default'];
const LOCALS = ['f', 'g', 'V', 'W'];

const name = fc.constantFrom(...EXPORTS);
const local = fc.constantFrom(...LOCALS);
const number = fc.integer({ min: 0, max: 9 }).map(String);
const either = fc.constantFrom('./lib', './index');

/** What a function of the exporting module may return. */
const result = fc.oneof(
  number,
  local,
  name.map((n) => `exports.${n}`),
  name.map((n) => `typeof this.${n}`),
  local.map((n) => `${n}()`),
  name.map((n) => `(0, exports.${n})()`),
);

/** A value without effects, or with some. */
const value = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 3, arbitrary: local },
  fc.constant('void 0'),
  result.map((e) => `() => { enter(); return ${e}; }`),
  result.map((e) => `function () { enter(); return ${e}; }`),
  result.map((e) => `{ get A() { return ${e}; } }`),
  fc.tuple(number, local).map(([n, l]) => `{ A: ${n}, B: ${l} }`),
  fc.tuple(number, number).map(([n, m]) => `[${n}, ${m}]`),
  number.map((n) => `log(${n})`),
  number.map((n) => `/*#__PURE__*/ pair(${n})`),
);

const getter = fc.oneof(
  { weight: 4, arbitrary: local },
  number.map((n) => `log(${n})`),
  name.map((n) => `exports.${n}`),
  name.map((n) => `back.${n}`),
);

const MARKER = 'Object.defineProperty(exports, "__esModule", { value: true });';

const guarded = (code: string): string => `try { ${code} } catch (error) { log(error.message); }`;

/** What stands in the module that is changed. */
export const libItem = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(name, value).map(([n, v]) => `exports.${n} = ${v};`) },
  { weight: 2, arbitrary: fc.tuple(name, local).map(([n, l]) => `exports.${n} = ${l};`) },
  fc.tuple(name, name, value).map(([n, m, v]) => `exports.${n} = exports.${m} = ${v};`),
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('const', 'let', 'var'), local, name, value)
      .map(([kind, l, n, v]) => `${kind} ${l} = exports.${n} = ${v};`),
  },
  { weight: 2, arbitrary: fc.tuple(local, value).map(([l, v]) => `const ${l} = ${v};`) },
  {
    weight: 4,
    arbitrary: fc.tuple(local, result).map(([l, e]) => `function ${l}() { enter(); return ${e}; }`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(name, getter)
      .map(
        ([n, g]) =>
          `Object.defineProperty(exports, "${n}", { enumerable: true, get: function () { return ${g}; } });`,
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), getter)
      .map(
        ([all, g]) =>
          `_export(exports, { ${all.map((n) => `"${n}": function () { return ${g}; }`).join(', ')} });`,
      ),
  },
  fc
    .tuple(local, name, number)
    .map(
      ([l, n, v]) =>
        `var ${l}; (function (${l}) { ${l}[${l}["A"] = ${v}] = "A"; })(${l} || (exports.${n} = ${l} = {}));`,
    ),
  name.map((n) => guarded(`log(exports.${n});`)),
  name.map((n) => guarded(`log(exports.${n}());`)),
  fc.tuple(name, name).map(([n, m]) => `if (exports.${n} > 4) exports.${m} = 1;`),
  fc.constantFrom(
    MARKER,
    MARKER,
    MARKER,
    'log(Object.keys(exports).join());',
    'log(typeof this.a);',
    'module.exports = { a: 1, b: () => 2 };',
    'exports[["a"][0]] = 5;',
    'const back = require("./index");',
    'function touch(all) { return all; } touch(exports);',
    '__exportStar(require("./more"), exports);',
  ),
);

const OBJECT = '@';

/** What stands in a module whose exports are one object. Its properties are put together by `texts`. */
const objectItem = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        name,
        fc.oneof(
          number,
          local,
          local,
          number.map((n) => `[${n}, log(${n})].length`),
        ),
      )
      .map(([n, v]) => `${OBJECT}${n}: ${v}`),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(name, local, name)
      .chain(([n, l, m]) =>
        fc.constantFrom(
          `${OBJECT}${n}() { enter(); return ${l}; }`,
          `${OBJECT}${n}: () => { enter(); return ${l}(); }`,
          `${OBJECT}${n}: function () { enter(); return ${l}; }`,
          `${OBJECT}${n}() { enter(); return typeof this.${m}; }`,
          `${OBJECT}get ${n}() { return ${l}; }`,
          `${OBJECT}...{ ${n}: 1 }`,
        ),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('const', 'let', 'var'), local, fc.oneof(number, local))
      .map(([kind, l, v]) => `${kind} ${l} = ${v};`),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(local, local).map(([l, m]) => `function ${l}() { enter(); return ${m}; }`),
  },
  number.map((n) => `log(${n});`),
  fc.constantFrom('const back = require("./index");', 'log(back.a);', 'log(typeof exports.a);'),
);

function withObject(items: readonly string[]): string {
  const properties = items.filter((item) => item.startsWith(OBJECT));
  const all = `module.exports = { ${properties.map((one) => one.slice(OBJECT.length)).join(', ')} };`;
  return items
    .filter((item) => !item.startsWith(OBJECT) || item === properties[0])
    .map((item) => (item.startsWith(OBJECT) ? all : item))
    .join('\n');
}

/** `export *` in the forms of compilers. */
function star(from: string): fc.Arbitrary<string> {
  const variable = `_${from.slice(2)}`;
  return fc.constantFrom(
    `__exportStar(require("${from}"), exports);`,
    `__exportStar(require("${from}"), exports);`,
    `var ${variable} = require("${from}");\n${starOfBabel(variable)}`,
  );
}

function starOfBabel(variable: string): string {
  return `Object.keys(${variable}).forEach(function (key) {
  if (key === "default" || key === "__esModule") return;
  if (key in exports && exports[key] === ${variable}[key]) return;
  Object.defineProperty(exports, key, {
    enumerable: true,
    get: function () {
      return ${variable}[key];
    }
  });
});`;
}

/** What stands in a module that exports what another one does. */
const indexItem = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(name, name)
      .map(
        ([n, m]) =>
          `Object.defineProperty(exports, "${n}", { enumerable: true, get: function () { return _lib.${m}; } });`,
      ),
  },
  { weight: 2, arbitrary: fc.tuple(name, name).map(([n, m]) => `exports.${n} = _lib.${m};`) },
  fc.tuple(name, number).map(([n, v]) => `exports.${n} = ${v};`),
  fc.constantFrom('__exportStar(_lib, exports);', 'exports.a = { ..._lib };', 'exports.b = _lib;'),
  { weight: 4, arbitrary: fc.constantFrom('./lib', './more').chain((from) => star(from)) },
);

const use = fc
  .tuple(name, fc.constantFrom('m', 'm', 'w', 'd'))
  .chain(([n, m]) =>
    fc.constantFrom(
      `log(${m}.${n});`,
      `log(${m}.${n});`,
      `log(${m}.${n});`,
      `log(${m}.${n});`,
      `log((0, ${m}.${n})());`,
      `log(${m}.${n}());`,
      `log(${m}.${n}?.());`,
      `log(typeof ${m}["${n}"]);`,
      `log("${n}" in ${m});`,
      `log(${m}.hasOwnProperty("${n}"));`,
      `log(Object.keys(${m}).join());`,
      `log({ ...${m} });`,
      `for (const key in ${m}) log(key);`,
      `const { ${n}: own } = ${m}; log(own);`,
      `const { ${n}: own, ...rest } = ${m}; log(rest);`,
      `((ns) => log(ns.${n}))(${m});`,
      `log(${m}[["${n}"][0]]);`,
      `log(new (class { see() { return ${m}.${n}; } })().see());`,
      `log(JSON.stringify(${m}));`,
    ),
  );

const useOfRequire = fc
  .tuple(name, either)
  .chain(([n, from]) =>
    fc.constantFrom(
      `log(require("${from}").${n});`,
      `const { ${n}: own = 7 } = require("${from}"); log(own);`,
      `const all = require("${from}"); log(all.${n});`,
      `log(Object.keys(require("${from}")).join());`,
      `log(load("${from}").${n});`,
      `log(require(["${from}"][0]).${n});`,
    ),
  );

/** What stands in the module that uses the others: in functions that are called or not. */
const testItem = fc
  .tuple(fc.oneof({ weight: 5, arbitrary: use }, { weight: 1, arbitrary: useOfRequire }), fc.nat(4))
  .map(([code, how]) =>
    how === 0
      ? `function unused() { ${code} }`
      : how === 1
        ? guarded(code)
        : `(() => { ${guarded(code)} })();`,
  );

export interface Modules {
  lib: string[];
  index: string[];
  more: string[];
  test: string[];
  /** Which module each variable of the test holds. */
  from: [m: string, w: string, d: string];
}

export const modules: fc.Arbitrary<Modules> = fc.record({
  lib: fc.oneof(
    { weight: 3, arbitrary: fc.array(libItem, { minLength: 2, maxLength: 8 }) },
    { weight: 2, arbitrary: fc.array(objectItem, { minLength: 2, maxLength: 8 }) },
  ),
  index: fc.array(indexItem, { maxLength: 3 }),
  more: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(name, number).map(([n, v]) => `exports.${n} = ${v};`) },
      { weight: 1, arbitrary: libItem },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '__exportStar(require("./lib"), exports);',
          'const back = require("./index");',
        ),
      },
    ),
    { maxLength: 3 },
  ),
  test: fc.array(testItem, { minLength: 1, maxLength: 3 }),
  from: fc.tuple(either, either, either),
});

const LIB_HEAD = `function pair(x) { return [x, x]; }
function _export(target, all) { for (var name in all) Object.defineProperty(target, name, { enumerable: true, get: all[name] }); }`;

const STAR = `function __exportStar(m, target) { for (var p in m) if (p !== "default" && !Object.prototype.hasOwnProperty.call(target, p)) Object.defineProperty(target, p, { enumerable: true, get: function () { return m[p]; } }); }`;

const INTEROP = `function _interopRequireDefault(e) { return e && e.__esModule ? e : { default: e }; }
function _interopRequireWildcard(e) { if (e && e.__esModule) return e; var n = { __proto__: null, default: e }; if (Object(e) !== e) return n; for (var c in e) if (c !== "default") n[c] = e[c]; return n; }`;

/** The texts of the modules, by specifier. */
export function texts({ lib, index, more, test, from }: Modules): Map<string, string> {
  const [m, w, d] = from;
  return new Map([
    ['./lib', `"use strict";\n${LIB_HEAD}\n${STAR}\n${withObject(lib)}`],
    ['./more', `"use strict";\n${LIB_HEAD}\n${STAR}\n${MARKER}\n${withObject(more)}`],
    [
      './index',
      `"use strict";\n${STAR}\n${MARKER}\nconst _lib = require("./lib");\n${withObject(index)}`,
    ],
    [
      './test',
      `"use strict";\n${INTEROP}\nconst load = (name) => globalRequire(name);\nconst m = require("${m}");\nconst w = _interopRequireWildcard(require("${w}"));\nconst d = _interopRequireDefault(require("${d}"));\n${test.join('\n')}`,
    ],
  ]);
}

/**
 * A change of a module: its items added, removed, moved or renamed.
 * @param made What is added.
 * @param names Of which one is put in place of another.
 */
export function changeTo(
  made: fc.Arbitrary<string>,
  names: fc.Arbitrary<string>,
): fc.Arbitrary<(items: readonly string[]) => string[]> {
  return fc
    .tuple(fc.constantFrom(...WAYS), fc.nat(), fc.nat(), made, names, names)
    .map(([what, from, to, item, one, other]) => (before: readonly string[]) => {
      const all = [...before];
      const at = from % all.length;
      const taken = all[at] ?? '';
      switch (what) {
        case 'add':
          all.splice(from % (all.length + 1), 0, item);
          return all;
        case 'remove':
          all.splice(at, 1);
          return all;
        case 'move':
          all.splice(at, 1);
          all.splice(to % (all.length + 1), 0, taken);
          return all;
        case 'rename':
          all[at] = taken.replace(new RegExp(`\\b${one}\\b`), other);
          return all;
        case 'number':
          all[at] = taken.replace(/\b\d\b/, '8');
          return all;
        default:
          all[at] = item;
          return all;
      }
    });
}

const WAYS = [
  ...['add', 'add', 'add', 'remove', 'move', 'rename', 'replace', 'number', 'number'],
] as const;

export const change = changeTo(fc.oneof(libItem, objectItem), name);
