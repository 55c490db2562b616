import { describe, expect, test } from '@jest/globals';
import { decodeMetadata, findMetadata, type Form, type Links } from '../../src/blocks';
import { ExportUses } from '../../src/recording/inputs/export-uses';
import { NO_OUTPUT_INPUTS } from '../../src/transform/output-inputs';
import { probe } from '../blocks/support';

const ES = 'Object.defineProperty(exports, "__esModule", { value: true });\n';

const starOf = (specifier: string): string => `__exportStar(require("${specifier}"), exports);\n`;

const babelStarOf = (
  specifier: string,
  name: string,
): string => `var ${name} = require("${specifier}");
Object.keys(${name}).forEach(function (key) {
  if (key === "default" || key === "__esModule") return;
  if (key in exports && exports[key] === ${name}[key]) return;
  Object.defineProperty(exports, key, { enumerable: true, get: function () { return ${name}[key]; } });
});
`;

/**
 * What is used of each module where `./test` is loaded and all code runs: names of exports, and `names` where it counts
 * which there are. Modules of which nothing is used are left out.
 */
function used(texts: Record<string, string>, form: Form = 'commonjs'): Record<string, string[]> {
  const linksOf = new Map<string, Links | undefined>();
  const run: ConstructorParameters<typeof ExportUses>[0] = {
    probed: (metadata) => {
      const { path: name, extras } = decodeMetadata(metadata);
      return { ...NO_OUTPUT_INPUTS, ...(extras as { links?: Links } | undefined), name };
    },
    realName: (file) => file.slice(1),
  };
  const uses = new ExportUses(run, []);
  const files = Object.entries(texts).map(([path, text]) => {
    const metadata =
      findMetadata(probe(text, { path, form: path.endsWith('.cjs') ? 'commonjs' : form }).code) ??
      '';
    linksOf.set(path, (decodeMetadata(metadata).extras as { links?: Links } | undefined)?.links);
    for (const [, specifier = ''] of text.matchAll(/(?:require\(|from |import |import\()"(.*?)"/g))
      uses.note(`/${path}`, specifier, `/${specifier}`);
    return { metadata, probes: new Uint8Array(100).fill(1) };
  });
  const found: Record<string, string[]> = {};
  uses.find(
    files,
    () => [new Uint8Array(100).fill(1)],
    ({ metadata }, blocks) => {
      const { path } = decodeMetadata(metadata);
      const table = linksOf.get(path)?.exports;
      const first = table?.first ?? 0;
      const { names: all = [] } = table ?? {};
      // In an ES module, a second block for each name says that it is there.
      const nameAt = (at: number): string => all[at] ?? (all[at - all.length] ?? '') + '?';
      const names = [...blocks].map((block) =>
        block === first ? 'names' : nameAt(block - first - 1),
      );
      if (path !== './test' && names.length > 0) found[path] = names.sort();
    },
  );
  return found;
}

const LIB = `${ES}exports.a = 1; exports.b = 2;`;

describe('which exports are used', () => {
  test('the ones that are named', () => {
    expect(used({ './test': 'const m = require("./lib"); m.a;', './lib': LIB })).toEqual({
      './lib': ['a'],
    });
  });

  test('the one that comes through `export *`, and which others there are on the way', () => {
    expect(
      used({
        './test': 'const m = require("./index"); m.a;',
        './index': `${ES}exports.c = 3; ${starOf('./between')}`,
        './between': `${ES}${starOf('./lib')}`,
        './lib': LIB,
      }),
    ).toEqual({ './index': ['names'], './between': ['names'], './lib': ['a'] });
  });

  test('nothing behind a name that the module has itself', () => {
    expect(
      used({
        './test': 'const m = require("./index"); m.a;',
        './index': `${ES}exports.a = 3; ${starOf('./lib')}`,
        './lib': LIB,
      }),
    ).toEqual({ './index': ['a'] });
  });

  test('of two modules with the name, the first', () => {
    const texts = {
      './test': 'const m = require("./index"); m.a; m.c;',
      './index': `${ES}${starOf('./lib')}${starOf('./more')}`,
      './lib': LIB,
      './more': `${ES}exports.a = 3; exports.c = 4;`,
    };
    expect(used(texts)).toEqual({ './index': ['names'], './lib': ['a', 'names'], './more': ['c'] });
  });

  test('all where a name is not found, or may be the default one', () => {
    const all = { './index': ['names'], './lib': ['a', 'b', 'names'] };
    for (const use of ['m.late', 'm.default', 'm[name]', 'see(m)'])
      expect(
        used({
          './test': `const m = require("./index"); ${use};`,
          './index': `${ES}${starOf('./lib')}`,
          './lib': LIB,
        }),
      ).toEqual(all);
  });

  test('all of a module that was not ES syntax', () => {
    expect(
      used({
        './test': 'const m = require("./index"); m.a;',
        './index': `${ES}${starOf('./lib')}`,
        './lib': 'exports.a = 1; exports.b = 2;',
      }),
    ).toEqual({ './index': ['names'], './lib': ['a', 'b', 'names'] });
  });

  test('all where a module may have the name or not', () => {
    expect(
      used({
        './test': 'const m = require("./index"); m.a;',
        './index': `${ES}${starOf('./lib')}${starOf('./more')}`,
        './lib': `${ES}if (see) exports.a = 1;`,
        './more': `${ES}exports.a = 3;`,
      }),
    ).toEqual({ './index': ['names'], './lib': ['a', 'names'], './more': ['a', 'names'] });
  });

  test('each that has the name in an import cycle, where names may not be there yet', () => {
    expect(
      used({
        './test': 'const m = require("./index"); m.a;',
        './index': `${ES}${starOf('./lib')}${starOf('./more')}`,
        './lib': `${LIB} require("./index");`,
        './more': `${ES}exports.a = 3; exports.c = 4;`,
      }),
    ).toEqual({ './index': ['names'], './lib': ['a', 'names'], './more': ['a', 'names'] });
  });

  test('as Babel writes it, all names, and what two modules have, for whoever loads the module', () => {
    expect(
      used({
        './test': 'require("./index");',
        './index': `${ES}${babelStarOf('./lib', '_lib')}${babelStarOf('./more', '_more')}`,
        './lib': LIB,
        './more': `${ES}exports.a = 3; exports.c = 4;`,
      }),
    ).toEqual({ './lib': ['a', 'names'], './more': ['a', 'names'] });
  });

  test('a method through `export *` where it makes no use of `this`', () => {
    const texts = (body: string) => ({
      './test': 'const m = require("./index"); m.a();',
      './index': `${ES}${starOf('./lib')}`,
      './lib': `${ES}exports.a = function () { return ${body}; }; exports.b = 1;`,
    });
    expect(used(texts('1'))).toEqual({ './index': ['names'], './lib': ['a'] });
    expect(used(texts('this.b'))).toEqual({ './index': ['names'], './lib': ['a', 'b', 'names'] });
  });
});

describe('which exports of ES modules are used', () => {
  const LIB = 'export const a = 1; export const b = 2; export default 3; export function c() {}';
  const usedOf = (texts: Record<string, string>) => used(texts, 'module');

  test.each<[string, string[]]>([
    ['import { a } from "./lib"; a', ['a', 'a?']],
    ['import { a as c } from "./lib"; c', ['a', 'a?']],
    ['import { a } from "./lib"', ['a?']],
    ['import d from "./lib"; d', ['default', 'default?']],
    ['import * as m from "./lib"; m.a', ['a']],
    ['import * as m from "./lib"; m.c()', ['c']],
    ['import * as m from "./lib"', []],
    ['import "./lib"', []],
    ['const { a } = await import("./lib"); a', ['a']],
    ['(await import("./lib")).a', ['a']],
    ['const m = await import("./lib"); m.a', ['a']],
    ['await import("./lib")', []],
    ['import("./lib")', []],
  ])('%s', (code, names) => {
    expect(usedOf({ './test': code, './lib': LIB })['./lib'] ?? []).toEqual(names);
  });

  test.each([
    'import * as m from "./lib"; see(m)',
    'import * as m from "./lib"; m.late',
    'import * as m from "./lib"; m[name]',
    'import * as m from "./lib"; export { m }; export default m',
    'import { a } from "./lib"; eval("a")',
    'import { a } from "./lib"; import(name)',
    'import { a } from "./lib"; import("./lib").then(see)',
    'import { a } from "./lib"; async function f() { const m = await import("./lib"); m.a }',
    'import { a } from "./lib"; jest.unstable_mockModule("./lib", f)',
    'import { a } from "./lib"; jest.requireActual(name)',
    'import { a } from "./lib"; import { jest as j } from "@jest/globals"; see(j)',
    'import { a } from "./lib"; import { jest } from "@jest/globals"; see(jest)',
    'import { a } from "./lib"; import "./lib?again"',
    'import { a } from "./lib"; import "data:text/javascript,1"',
    'import { a } from "./lib"; createRequire(import.meta.url)',
    'import { "a" as a } from "./lib"',
    'export { "a" as b } from "./lib"',
    'let m = await import("./lib"); see(m)',
  ])('%s: all', (code) => {
    const found = usedOf({ './test': code, './lib': LIB })['./lib'];
    expect(found).toEqual(['a', 'b', 'c', 'default', 'names']);
  });

  test('all of a module of the other kind', () => {
    const cjs = { './lib.cjs': 'exports.a = 1; exports.b = 2' };
    expect(usedOf({ './test': 'import { a } from "./lib.cjs"; a', ...cjs })).toEqual({
      './lib.cjs': ['a', 'b', 'names'],
    });
    const texts = { './test': 'import "./main.cjs"', './main.cjs': 'require("./lib").a' };
    expect(usedOf({ ...texts, './lib': LIB })['./lib']).toContain('names');
  });

  test('of what another module exports, what is used of that one', () => {
    const index = (code: string) => ({ './index': code, './lib': LIB });
    expect(
      usedOf({
        './test': 'import { x } from "./index"; x',
        ...index('export { a as x, b as y, default } from "./lib"'),
      }),
    ).toEqual({ './index': ['x', 'x?'], './lib': ['a', 'a?', 'b?', 'default?'] });
    expect(
      usedOf({
        './test': 'import * as m from "./index"; m.x()',
        ...index('import { c } from "./lib"; export { c as x }'),
      }),
    ).toEqual({ './index': ['x'], './lib': ['c', 'c?'] });
    expect(
      usedOf({
        './test': 'import { all } from "./index"; all',
        ...index('export * as all from "./lib"'),
      })['./lib'],
    ).toContain('names');
    expect(
      usedOf({
        './test': 'import * as m from "./index"; see(m)',
        ...index('export { a } from "./lib"; export const z = 1'),
      }),
    ).toEqual({ './index': ['a', 'names', 'z'], './lib': ['a', 'a?'] });
  });

  test('through `export *`, also which names all modules have there', () => {
    const more = { './more': 'export const x = 1; export const y = 2' };
    const index = { './index': 'export * from "./lib"; export * from "./more"' };
    expect(
      usedOf({ './test': 'import { a } from "./index"; a', ...index, './lib': LIB, ...more }),
    ).toEqual({ './index': ['names'], './lib': ['a', 'a?', 'names'], './more': ['names'] });
    expect(
      usedOf({ './test': 'import { a } from "./index"', ...index, './lib': LIB, ...more }),
    ).toEqual({ './index': ['names'], './lib': ['a?', 'names'], './more': ['names'] });
    expect(
      usedOf({ './test': 'import { late } from "./index"', ...index, './lib': LIB, ...more }),
    ).toEqual({
      './index': ['names'],
      './lib': ['a', 'b', 'c', 'default', 'names'],
      './more': ['names', 'x', 'y'],
    });
  });

  test('all where a function gets the namespace object as `this`', () => {
    const lib = 'export function a() { return this.b; } export const b = 1; export default 1';
    const all = ['a', 'b', 'default', 'names'];
    expect(usedOf({ './test': 'import * as m from "./lib"; m.a()', './lib': lib })).toEqual({
      './lib': all,
    });
    expect(usedOf({ './test': 'import { a } from "./lib"; a()', './lib': lib })).toEqual({
      './lib': ['a', 'a?'],
    });
    expect(
      usedOf({
        './test': 'import * as m from "./index"; m.a()',
        './index': 'export { a } from "./lib"; export const z = 1',
        './lib': lib,
      })['./index'],
    ).toEqual(['a', 'names', 'z']);
  });
});
