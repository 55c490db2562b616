import { describe, expect, test } from '@jest/globals';
import { transformSync } from '@swc/core';
import * as ts from 'typescript';
import { TraceMap, originalPositionFor, type SourceMapInput } from '@jridgewell/trace-mapping';
import { decodeLocations, findMapReference } from '../../src/blocks';
import { metadataOf, probe, run } from './support';

const SOURCE = `import { thing } from './thing';
interface Unused { a: string }
export const first = (a?: { b: number }): number => a?.b ?? thing(a as any) ? other(1) : thing(2);

export class Shape<T> {
  #size: number = 0 || thing(3);
  area(): number { if (this.#size) return fail('here'); else return this.#size && fail('there') }
}
function fail(text: string): never { throw new Error(text) }
export default async function* steps() { for (const x of [1, 2]) { yield x && await fail('x') } }
const text = \`multi
line \${first() && fail('y')}\`;
`;

/** Every character of the text, with where it is in the probed text. */
function* aligned(code: string, probed: string): Generator<[before: Position, after: Position]> {
  const inserted =
    /\/\*tm\*\/[(){};]|var (__testmon_\w+)=.*?\1\[0\]=1;|__testmon_\w+(?:\(\))?\[\d+\]=1[,;]/y;
  const lines = probed.split('\n');
  for (const [line, text] of code.split('\n').entries()) {
    let after = 0;
    for (let column = 0; column < text.length;) {
      inserted.lastIndex = after;
      const [skipped] = inserted.exec(lines[line] ?? '') ?? [];
      if (skipped !== undefined) {
        after += skipped.length;
        continue;
      }
      expect(lines[line]?.[after]).toBe(text[column]);
      yield [
        { line: line + 1, column },
        { line: line + 1, column: after },
      ];
      after += 1;
      column += 1;
    }
  }
}

interface Position {
  line: number;
  column: number;
}

function expectSameTraces(code: string, before: unknown, probed: string, after: unknown): void {
  const [plain, composed] = [
    new TraceMap(before as SourceMapInput),
    new TraceMap(after as SourceMapInput),
  ];
  let traced = 0;
  for (const [from, to] of aligned(code, probed)) {
    const expected = originalPositionFor(plain, from);
    expect([from, originalPositionFor(composed, to)]).toEqual([from, expected]);
    if (expected.line !== null) traced += 1;
  }
  expect(traced).toBeGreaterThan(code.length / 4);
}

function inlineMap(code: string): unknown {
  const [, content = ''] = /\/\/# sourceMappingURL=data:[^,]*,(\S*)\s*$/.exec(code) ?? [];
  return JSON.parse(Buffer.from(content, 'base64').toString());
}

function withoutComment(code: string): string {
  return code.replace(/\/\/# sourceMappingURL=\S*/, '');
}

describe('a trace leads where it led without probes, line and column', () => {
  test.each(['commonjs', 'es6'] as const)('through the map of SWC, as %s', (type) => {
    const { code, map } = transformSync(SOURCE, {
      filename: '/p/a.ts',
      sourceMaps: true,
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type },
    });
    const form = type === 'es6' ? 'module' : 'commonjs';
    const probed = probe(code, { form, map: map ?? null });
    expectSameTraces(code, map, probed.code, probed.map);
    const asObject = probe(code, { form, map: JSON.parse(map ?? '') as object });
    expect(asObject).toEqual(probed);
  });

  test('through the map that TypeScript puts into the text', () => {
    const { outputText: code } = ts.transpileModule(SOURCE, {
      compilerOptions: {
        inlineSourceMap: true,
        inlineSources: true,
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2017,
      },
    });
    const probed = probe(`${code}\n`);
    expect(probed.map).toBeNull();
    expectSameTraces(
      withoutComment(code),
      inlineMap(code),
      withoutComment(probed.code),
      inlineMap(probed.code),
    );
    expect(inlineMap(probed.code)).toMatchObject({ sourcesContent: [SOURCE] });
    expect(probed.code.split('\n')).toHaveLength(code.split('\n').length + 1);
  });

  test('to the text itself where there is no map', () => {
    const code =
      'const f = () => { if (1) { throw new Error("x") } else g() }; 1 && f()\n\n\nlet $é = a ? b() : c.d()';
    const { code: probed, map } = probe(code, { filename: '/p/src/a.js' });
    expect(map).toMatchObject({ sources: ['/p/src/a.js'], file: '/p/src/a.js', names: [] });
    const trace = new TraceMap(map as SourceMapInput);
    let tokens = 0;
    for (const [from, to] of aligned(code, probed)) {
      const text = code.split('\n')[from.line - 1] ?? '';
      if (!/[\w$é]/.test(text[from.column] ?? '') || /[\w$é]/.test(text[from.column - 1] ?? ''))
        continue;
      tokens += 1;
      expect(originalPositionFor(trace, to)).toEqual({
        ...from,
        source: '/p/src/a.js',
        name: null,
      });
    }
    expect(tokens).toBeGreaterThan(15);
  });

  test('on lines as V8 counts them', () => {
    const code = 'const s = "\u2028"; /*\r*/ 1 && f()\r\nlet t = 0 || f()';
    const { code: probed, map } = probe(code);
    const [one, two, three, four] = probed.split(/\r\n|[\n\r\u2028]/);
    const trace = new TraceMap(map as SourceMapInput);
    expect(
      originalPositionFor(trace, { line: 3, column: three?.indexOf('f()') ?? -1 }),
    ).toMatchObject({ line: 3, column: 8 });
    expect(
      originalPositionFor(trace, { line: 4, column: four?.indexOf('f()') ?? -1 }),
    ).toMatchObject({ line: 4, column: 13 });
    expect([one, two]).toHaveLength(2);
  });

  test('in the stack of a real error', () => {
    const code =
      'function f() { if (1) { return 0 || g() } }\nfunction g() { log(new Error().stack.split("\\n").slice(1, 4).join()) }\nf()';
    const { code: probed, map } = probe(code);
    const places = (text: string) =>
      [...text.matchAll(/file\.js:(\d+):(\d+)/g)].map(([, line, column]) => ({
        line: Number(line),
        column: Number(column),
      }));
    // The wrapper that `run` puts in front of the first line.
    const wrapper = '(function (module, exports, require) {'.length;
    const bare = ({ line, column }: Position) => ({
      line,
      column: line === 1 ? column - wrapper : column,
    });
    const trace = new TraceMap(map as SourceMapInput);
    const plain = places(run(code).log[0] ?? '').map(bare);
    const traced = places(run(probed).log[0] ?? '')
      .map(bare)
      .map(({ line, column }) => {
        const original = originalPositionFor(trace, { line, column: column - 1 });
        return { line: original.line, column: (original.column ?? -1) + 1 };
      });
    expect(plain).toHaveLength(3);
    expect(traced).toEqual(plain);
  });
});

describe('the incoming map', () => {
  const map = {
    version: 3,
    sources: ['a.ts'],
    names: ['n'],
    mappings: 'AAAA,SAASA',
    sourceRoot: 'r',
    sourcesContent: ['x'],
    ignoreList: [0],
    x_custom: 1,
  };

  test('keeps everything but its mappings', () => {
    const { mappings: _, ...rest } = map;
    expect(probe('f();    g()', { map }).map).toMatchObject(rest);
    expect(map.mappings).toBe('AAAA,SAASA');
  });

  test('may be of sections', () => {
    const code = 'a();         b();\nc && d()';
    const section = (line: number, column: number, mappings: string) => ({
      offset: { line, column },
      map: { version: 3, sources: [`${line}-${column}.js`], names: [], mappings },
    });
    const sections = {
      version: 3,
      sections: [
        section(0, 0, 'AAAA'),
        section(0, 13, 'AAAA,CACC;AACA,KACA'),
        section(1, 7, 'AAAA'),
      ],
    };
    const { code: probed, map: composed } = probe(code, { map: sections });
    const flat = (given: unknown, line: number, column: number) => {
      // By hand, since the reference is what is tested: the last section that starts at or before the position.
      const all = (given as typeof sections).sections;
      const found = all.findLast(
        ({ offset }) => offset.line < line || (offset.line === line && offset.column <= column),
      );
      if (found === undefined) return null;
      const { offset, map: inner } = found;
      return originalPositionFor(new TraceMap(inner as SourceMapInput), {
        line: line - offset.line + 1,
        column: line === offset.line ? column - offset.column : column,
      });
    };
    for (const [from, to] of aligned(code, probed)) {
      expect([from, flat(composed, to.line - 1, to.column)]).toEqual([
        from,
        flat(sections, from.line - 1, from.column),
      ]);
    }
  });

  test.each(['', 'no map', '{}', '[]', 'null', '{"version":3}'])(
    'counts as none when it is %j',
    (bad) => {
      expect(probe('f()', { map: bad }).map).toMatchObject({
        sources: ['/home/someone/project/src/file.js'],
      });
    },
  );

  test('is not looked for in strings', () => {
    const comment = '//# sourceMappingURL=data:application/json;base64,e30=';
    const code = `const a = \`\n${comment}\n\`; f(a)`;
    const { code: probed, map: own } = probe(code);
    expect(own).not.toBeNull();
    expect(probed).toContain(comment);
  });

  test('may be URI encoded', () => {
    const code = `f();    g()\n//# sourceMappingURL=data:application/json,${encodeURIComponent(JSON.stringify(map))}`;
    const probed = probe(code);
    expect(probed.map).toBeNull();
    expect(inlineMap(probed.code)).toMatchObject({ sources: ['a.ts'], ignoreList: [0] });
  });

  test('tells the lines of places', () => {
    const { code, map: swc } = transformSync(SOURCE, {
      filename: 'a.ts',
      sourceMaps: true,
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
    });
    const places = decodeLocations(metadataOf(probe(code, { map: swc ?? null }).code).places);
    expect(places).toContainEqual({ line: 7, endLine: 7, name: 'Shape.area' });
    expect(places).toContainEqual({ line: 9, endLine: 9, name: 'fail' });
  });

  test('in another file is reported to whoever can read it', () => {
    expect(findMapReference('f()\n//# sourceMappingURL=a.js.map\n')).toBe('a.js.map');
    expect(findMapReference('f()\n//# sourceMappingURL=data:application/json,{}')).toBeNull();
    expect(findMapReference('f()')).toBeNull();
  });
});
