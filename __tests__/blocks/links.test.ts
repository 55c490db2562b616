import * as babel from '@babel/core';
import { describe, expect, test } from '@jest/globals';
import * as swc from '@swc/core';
import * as ts from 'typescript';
import type { Links } from '../../src/blocks';
import { metadataOf, probe } from './support';

function linksOf(code: string): Partial<Links> {
  return (metadataOf(probe(code).code).extras as { links?: Links } | undefined)?.links ?? {};
}

/** Without a look at what the module exports itself. */
const BABEL_STAR = `Object.keys(_m).forEach(function (key) {
  if (key === "default" || key === "__esModule") return;
  if (key in exports && exports[key] === _m[key]) return;
  Object.defineProperty(exports, key, { enumerable: true, get: function () { return _m[key]; } });
});
`;

describe('links between CommonJS modules', () => {
  test.each<[string, unknown]>([
    ['const m = require("./m"); m.a; (0, m.b)(); m["c"]', { a: [0], b: [0], c: [0] }],
    ['const m = require("./m"); function f() { m.a }', { a: [1] }],
    ['const m = require("./m"); m.a()', { 'a()': [0] }],
    ['const { a, b: { c } } = require("./m")', { a: [0], b: [0] }],
    ['require("./m")', {}],
    ['require("./m").a', { a: [0] }],
    ['const m = __importDefault(require("./m")); m.default.a', { default: [0] }],
    ['const m = _interopRequireWildcard(require("./m")); m.a', { __esModule: [0], a: [0] }],
    ['const m = require("./m"); function f() { see(m) }', { '*': [1] }],
    ['const m = require("./m"); see(m)', 0],
    ['const { a, ...rest } = require("./m")', 0],
    ['const m = require("./m"); m[name]', 0],
    ['let m; m = require("./m"); m.a', 0],
    ['__exportStar(require("./m"), exports)', {}],
    ['(0, tslib_1.__exportStar)(require("./m"), exports)', {}],
    ['_export_star._(require("./m"), exports)', {}],
    ['var _m = require("./m");\n' + BABEL_STAR, {}],
    ['var _m = require("./m");\n' + BABEL_STAR + 'see(_m)', 0],
    ['__exportStar(require("./m"), exports); see(exports)', 0],
    ['if (f) __exportStar(require("./m"), exports)', { '*': [1] }],
    ['__exportStar(require("./m"), exports); exports.late = 1', 0],
    ['exports.a = 1; var _m = require("./m");\n' + BABEL_STAR, 0],
    ['__exportStar(require("./m"), exports); see(exports.of_m)', 0],
    ['const { a } = require("./m"); jest.requireActual("./m")', 0],
    ['const { a } = require("./m"); jest.requireActual(name)', 0],
    ['const { a } = require("./m"); require(name)', 0],
    ['const { a } = require("./m"); import(name)', 0],
    ['const { a } = require("./m"); see(jest)', 0],
    ['const { a } = require("./m"); createRequire(__filename)("./m")', 0],
    ['const { a } = require("./m"); require.cache', 0],
    ['const { a } = require("./m"); eval("1")', 0],
  ])('%s', (code, used) => {
    expect(linksOf(code).imports?.['./m']).toEqual(used);
  });

  test.each(['require.cache', 'module.children', 'see(module)', 'see(require)', 'arguments[0]'])(
    '%s leads to any module',
    (code) => {
      expect(linksOf(code).reachesAny).toBe(true);
    },
  );

  test.each<[string, string[] | undefined]>([
    ['exports.a = 1; exports.b = exports.c = void 0', ['a', 'b', 'c']],
    ['const a = exports.a = 1', ['a']],
    ['Object.defineProperty(exports, "a", { get: function () { return x; } }); var x', ['a']],
    ['var E; (function (E) { E["A"] = 1; })(E || (exports.E = E = {}))', ['E']],
    ['exports.a = make()', ['a']],
    ['module.exports = { a: 1 }', ['a']],
    ['const a = require("./a"); module.exports = { a, b() {}, "c": () => 1 }', ['a', 'b', 'c']],
    ['module.exports = { ...require("./m") }', undefined],
    ['module.exports = { [name]: 1 }', undefined],
    ['module.exports = { get a() { return 1; } }', undefined],
    ['module.exports = { a: 1, a: 2 }', undefined],
    ['module.exports = { __proto__: a }', undefined],
    ['module.exports = { a: 1 }; module.exports.b = 2', undefined],
    ['exports.b = 1; module.exports = { a: 1 }', undefined],
    ['if (f) module.exports = { a: 1 }', undefined],
    ['see(module.exports = { a: 1 })', undefined],
    ['module.exports = exports = { a: 1 }', undefined],
    ['module.exports = { a: 1 }; Object.assign(module.exports, f)', undefined],
    ['module.exports = A; class A {}', undefined],
    ['module.exports = { a: 1 }; this.b = 2', undefined],
    ['exports.a = 1; see(exports)', undefined],
    ['exports.a = 1; exports[name] = 2', undefined],
    ['exports.a = 1; this.b = 2', undefined],
    ['exports.a = 1; delete exports.a', undefined],
    ['exports.a = 1; eval("")', undefined],
    ['exports.a = function () { return this.b; }; exports.a()', undefined],
    ['Object.defineProperty(exports, "a", { get: function () { make(); } })', undefined],
  ])('%s', (code, names) => {
    expect(linksOf(code).exports?.names).toEqual(names);
  });

  test.each<[string, unknown]>([
    ['exports.a = 1; __exportStar(require("./m"), exports)', [{ specifier: './m' }]],
    ['var _m = require("./m");\n' + BABEL_STAR, [{ specifier: './m', isStrict: true }]],
    ['exports.a = 1', undefined],
  ])('%s exports all of others', (code, stars) => {
    expect(linksOf(code).exports?.stars).toEqual(stars);
  });
});

describe('what compilers make of an index module', () => {
  const source =
    "export const NAME = 'a';\nexport * from './m';\nexport function f() {}\nexport { x } from './x';\nimport Y from './y';\nexport { Y };\n";

  const typescript = (target: ts.ScriptTarget) => () =>
    ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target, esModuleInterop: true },
    }).outputText;
  const withSwc = (target: 'es5' | 'es2022') => () =>
    swc.transformSync(source, { filename: 'a.js', module: { type: 'commonjs' }, jsc: { target } })
      .code;
  const withBabel = (options: object) => () =>
    babel.transformSync(source, {
      filename: 'a.js',
      babelrc: false,
      configFile: false,
      presets: [['@babel/preset-env', options]],
    })?.code ?? '';
  const compilers: [string, () => string][] = [
    ['TypeScript', typescript(ts.ScriptTarget.ES2022)],
    ['TypeScript for old browsers', typescript(ts.ScriptTarget.ES5)],
    ['SWC', withSwc('es2022')],
    ['SWC for old browsers', withSwc('es5')],
    ['Babel', withBabel({ targets: { node: 'current' } })],
    ['Babel for old browsers', withBabel({ targets: 'ie 8' })],
  ];

  test.each(compilers)('%s', (_name, compile) => {
    const { exports, imports } = linksOf(compile());
    expect([...(exports?.names ?? [])].sort()).toEqual(['NAME', 'Y', 'f', 'x']);
    expect(exports?.stars?.map(({ specifier }) => specifier)).toEqual(['./m']);
    expect(imports?.['./m']).toEqual({});
  });
});
