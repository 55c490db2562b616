import { describe, expect, test } from '@jest/globals';
import { decodeLocations } from '../../src/blocks';
import { insertProbes } from '../../src/blocks/probes/probes';
import { decodeMetadata } from '../../src/blocks/probes/metadata';
import { findMetadata } from '../../src/blocks/probes/prelude';
import { blocksAround } from '../../src/inspection/block-at';
import { changedBlocks, originsOf, type Blocks } from '../../src/inspection/block-changes';

/** The blocks of a program as a record would hold them. */
function blocksOf(code: string): Blocks {
  const probed = insertProbes(code, {
    form: 'commonjs',
    root: '/root',
    path: 'a.js',
    filename: '/root/a.js',
    contentHash: '',
    map: null,
  });
  return decodeMetadata(findMetadata(probed.code) ?? '');
}

const ALL = new Uint8Array(8).fill(255);

const BEFORE = `function one(a) {
  if (a) {
    return 'then';
  }
  return 'one';
}

function two() {
  return 'two';
}
one(two());
`;
const recorded = blocksOf(BEFORE);
const changes = (now: string | null, executed = ALL) =>
  changedBlocks(recorded, executed, now === null ? null : blocksOf(now));

describe('which executed blocks changed', () => {
  test('none, where only comments and lines did', () => {
    expect(changes(`// Hello\n\n${BEFORE}`)).toEqual([]);
  });

  test('an export, and the names of all', () => {
    const before = 'exports.one = 1;\nexports.two = 2;\n';
    const changesOf = (now: string) => changedBlocks(blocksOf(before), ALL, blocksOf(now));
    const first = { line: 1, endLine: 1 };
    const line = { line: 2, endLine: 2 };
    expect(changesOf(before.replace('2', '3'))).toEqual([
      { name: 'exports.two', export: 'two', before: line, after: line },
    ]);
    expect(changesOf(`${before}exports.three = 3;`)).toEqual([
      { name: 'exports', names: { added: ['three'], removed: [] }, before: first, after: first },
    ]);
    expect(changesOf(`${before.replace('1', '0')}exports.three = 3;`)).toEqual([
      { name: 'exports', names: { added: ['three'], removed: [] }, before: first, after: first },
      { name: 'exports.one', export: 'one', before: first, after: first },
    ]);
    expect(changesOf(before.replace('exports.two = 2', 'exports.more = 2'))).toEqual([
      {
        name: 'exports',
        names: { added: ['more'], removed: ['two'] },
        before: first,
        after: first,
      },
      { name: 'exports.two', export: 'two', before: line, after: null },
    ]);
  });

  test('a function, with where it stood and stands', () => {
    expect(changes(`\n${BEFORE.replace("'two'", "'2'")}`)).toEqual([
      { name: 'two', before: { line: 8, endLine: 10 }, after: { line: 9, endLine: 11 } },
    ]);
  });

  test('a branch alone, and nothing where it did not run', () => {
    const now = BEFORE.replace("'then'", "'else'");
    expect(changes(now)).toEqual([
      { name: 'one', before: { line: 2, endLine: 4 }, after: { line: 2, endLine: 4 } },
    ]);
    const places = decodeLocations(recorded.places);
    const branch = places.findIndex(({ line }) => line === 2);
    const others = Uint8Array.from([255 & ~(1 << branch)]);
    expect(changes(now, others)).toEqual([]);
  });

  test('a function without the branches inside of it', () => {
    expect(changes(BEFORE.replace("'one'", "'1'"))).toEqual([
      expect.objectContaining({ name: 'one', before: { line: 1, endLine: 6 } }),
    ]);
  });

  test('two neighbours, each with its own counterpart', () => {
    const now = BEFORE.replace("'one'", "'1'").replace("'two'", "'2'");
    expect(changes(`\n\n${now}`).map(({ name, after }) => [name, after?.line])).toEqual([
      ['one', 3],
      ['two', 10],
    ]);
  });

  test('the module alone, where its own code did', () => {
    expect(changes(`${BEFORE}added();\n`)).toEqual([expect.objectContaining({ name: '' })]);
  });

  test('none, where a declaration came that nobody refers to', () => {
    expect(changes(`${BEFORE}const added = 1;\n`)).toEqual([]);
  });

  test('the module, where the file is gone', () => {
    expect(changes(null)).toEqual([expect.objectContaining({ name: '', after: null })]);
  });
});

describe('which blocks a line is in', () => {
  const around = (line: number) =>
    blocksAround(decodeLocations(recorded.places), line).map(
      (index) => decodeLocations(recorded.places)[index],
    );

  test('the innermost first, and those that only begin or end there not', () => {
    expect(around(3).map((place) => place?.line)).toEqual([2, 1, expect.any(Number)]);
    expect(around(2).map((place) => place?.name)).toEqual(['one', '']);
    expect(around(11).map((place) => place?.name)).toEqual(['']);
  });
});

describe('what a block was', () => {
  test('the same, or what stood in its place', () => {
    const now = blocksOf(BEFORE.replace("'one'", "'1'"));
    const places = decodeLocations(now.places);
    const origins = originsOf(recorded, now);
    const at = (name: string) => origins.get(places.findIndex((place) => place.name === name));
    expect(at('one')).toEqual({
      index: places.findIndex(({ name }) => name === 'one'),
      same: false,
    });
    expect(at('two')?.same).toBe(true);
  });

  test('nothing, where it is new', () => {
    const now = blocksOf(
      BEFORE.replace("return 'then'", "function three() { return '3'; }\n return 'then'"),
    );
    const three = decodeLocations(now.places).findIndex(({ name }) => name === 'three');
    expect(three).toBeGreaterThan(0);
    expect(originsOf(recorded, now).has(three)).toBe(false);
  });
});
