import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { matches, type BlockPresence, type View } from '../../src/selection/match';
import { TreeView } from '../../src/selection/tree-view';
import { encodeBlocks, encodeIds, EncodingError } from '../../src/records/encoding';
import { footprintOf } from '../../src/records/footprint';
import type { LoadedVersion } from '../../src/records/types';

// Close together and far apart; the largest are past every table.
const id = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 100, max: 40_000 }),
  fc.integer({ min: 2 ** 30, max: 2 ** 40 }),
);
const bits = fc.uint8Array({ minLength: 1, maxLength: 3 });
const footprint = fc.record({
  blocks: fc.array(fc.record({ version: id, bits }), { maxLength: 20 }),
  dependencies: fc.array(id, { maxLength: 20 }),
});
const standing = fc.oneof(
  { weight: 4, arbitrary: fc.constant<BlockPresence>('all') },
  fc.constant<BlockPresence>('none'),
  bits,
);

function encoded({ blocks, dependencies }: ReturnType<typeof footprintOf>) {
  return { blocks: encodeBlocks(blocks), dependencies: encodeIds(dependencies) };
}

/** A view that has no short cuts. */
function plainly(view: View): View {
  return {
    presence: (version) => view.presence(version),
    bitLimit: (version) => view.bitLimit(version),
    holds: (dependency) => view.holds(dependency),
    whole: new Int32Array(0),
    held: new Uint8Array(0),
  };
}

describe('a tree view', () => {
  it('matches records as one without short cuts, however often it is asked', () => {
    fc.assert(
      fc.property(
        fc.array(footprint, { minLength: 1, maxLength: 6 }),
        fc.array(standing, { minLength: 7, maxLength: 7 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 7, maxLength: 7 }),
        fc.array(fc.boolean(), { minLength: 11, maxLength: 11 }),
        (footprints, standings, limits, holding) => {
          const all = footprints.map(({ blocks, dependencies }) =>
            footprintOf(blocks, dependencies),
          );
          const versions = new Map<number, LoadedVersion>();
          for (const { version } of all.flatMap(({ blocks }) => blocks)) {
            const bitLimit = limits[version % 7] ?? 1;
            versions.set(version, {
              id: version,
              path: 'a.js',
              form: 'commonjs',
              fingerprints: Buffer.alloc(0),
              contents: [],
              bitLimit,
            });
          }
          const holds = (dependency: number) => holding[dependency % 11] ?? false;
          const view = new TreeView({ versions }, holds);
          for (const version of versions.values())
            view.note(version, standings[version.id % 7] ?? 'none');
          for (const of of [...all, ...all])
            expect(matches(encoded(of), view)).toBe(matches(encoded(of), plainly(view)));
          for (const { blocks, dependencies } of all) {
            for (const { version } of blocks)
              expect(view.presence(version)).toEqual(standings[version % 7]);
            for (const dependency of dependencies)
              expect(view.holds(dependency)).toBe(holds(dependency));
          }
        },
      ),
    );
  });

  it('asks about a dependency once', () => {
    const asked: number[] = [];
    const view = new TreeView({ versions: new Map() }, (dependency) => {
      asked.push(dependency);
      return dependency !== 3;
    });
    const record = { blocks: Buffer.alloc(0), dependencies: encodeIds([1, 2, 3]) };
    expect(matches(record, view)).toBe(false);
    expect(matches(record, view)).toBe(false);
    expect(asked).toEqual([1, 2, 3]);
  });

  it.each([
    ['a version twice', [1, 1, 1, 0, 1, 1], []],
    ['a version without blocks', [1, 1, 1, 1, 0], []],
    ['more bytes than there are', [1, 1, 1, 1, 5, 1], []],
    ['half an entry', [1, 1, 1, 1], []],
    ['a dependency twice', [], [1, 0]],
    ['a number without end', [], [1, 0x80]],
  ])('refuses %s, also past what it need not look at', (_, blocks, dependencies) => {
    const version = { id: 1, path: 'a.js', form: 'commonjs', contents: [], bitLimit: 8 } as const;
    const known = { ...version, fingerprints: Buffer.alloc(0) };
    const view = new TreeView({ versions: new Map([[1, known]]) }, () => true);
    view.note(known, 'all');
    view.note({ ...known, id: 2 }, 'all');
    const record = { blocks: Buffer.from(blocks), dependencies: Buffer.from(dependencies) };
    expect(() => matches(record, view)).toThrow(EncodingError);
  });
});
