import { describe, expect, test } from '@jest/globals';
import { decodeMetadata, findMetadata, type Links } from '../../src/blocks';
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
function used(texts: Record<string, string>): Record<string, string[]> {
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
    const metadata = findMetadata(probe(text, { path }).code) ?? '';
    linksOf.set(path, (decodeMetadata(metadata).extras as { links?: Links } | undefined)?.links);
    for (const [, specifier = ''] of text.matchAll(/require\("(.*?)"\)/g))
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
      const names = [...blocks].map((block) => table?.names[block - first - 1] ?? 'names').sort();
      if (path !== './test' && names.length > 0) found[path] = names;
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
