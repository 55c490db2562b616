import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { footprintOf, union, without, type IdFootprint } from '../../src/records/footprint';

const anything = fc.record({
  // Few versions and blocks, so that many meet.
  blocks: fc.array(
    fc.record({
      version: fc.integer({ min: 1, max: 8 }),
      bits: fc.uint8Array({ maxLength: 3, max: 7 }),
    }),
  ),
  dependencies: fc.array(fc.integer({ min: 1, max: 12 })),
});

/** Every block and every dependency by itself. */
function members({ blocks, dependencies }: IdFootprint): Set<string> {
  const all = new Set(dependencies.map((id) => `dependency ${id}`));
  for (const { version, bits } of blocks)
    for (let block = 0; block < bits.length * 8; block += 1)
      if (((bits[block >> 3] ?? 0) >> (block & 7)) & 1) all.add(`block ${version}:${block}`);
  return all;
}

const made = ({ blocks, dependencies }: IdFootprint) => footprintOf([...blocks], [...dependencies]);

function expectInOrder({ blocks, dependencies }: IdFootprint): void {
  for (const ids of [blocks.map(({ version }) => version), dependencies])
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
}

test('a footprint holds all that it is made of, in order', () => {
  fc.assert(
    fc.property(anything, (parts) => {
      const whole = members(parts);
      const before = structuredClone(parts);
      const footprint = made(parts);
      expectInOrder(footprint);
      expect(members(footprint)).toEqual(whole);
      // Bits are of others, who may use them again.
      expect(parts).toEqual(before);
    }),
  );
});

test('a union holds what any of its parts holds, and what is without another what that does not', () => {
  fc.assert(
    fc.property(fc.array(anything, { minLength: 2, maxLength: 5 }), (all) => {
      const parts = all.map(made);
      const before = structuredClone(parts);
      const together = union(parts);
      expectInOrder(together);
      expect(members(together)).toEqual(new Set(parts.flatMap((part) => [...members(part)])));
      const [whole, part] = parts as [IdFootprint, IdFootprint];
      const rest = without(whole, part);
      expectInOrder(rest);
      const taken = members(part);
      expect(members(rest)).toEqual(new Set([...members(whole)].filter((one) => !taken.has(one))));
      expect(rest.blocks.every(({ bits }) => bits.some((byte) => byte !== 0))).toBe(true);
      expect(parts).toEqual(before);
    }),
  );
});
