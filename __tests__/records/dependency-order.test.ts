import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { DependencyOrder } from '../../src/records/dependency-order';
import { ByteWriter } from '../../src/records/encoding';
import { compareDependencies } from '../../src/records/footprint';
import type { Dependency } from '../../src/records/types';

const known = (id: number): Dependency => ({
  kind: id % 3 === 0 ? 'file' : 'rivals',
  name: `src/${(id * 7919) % 2003}.js`,
  value: String(id),
});

/** As a hash reads them: each text with its length before it. */
const written = ({ kind, name, value }: Dependency): string =>
  [kind, name, value].map((text) => String.fromCharCode(text.length) + text).join('');

function writtenBy(order: DependencyOrder, ids: number[]): string {
  const writer = new ByteWriter();
  order.write(ids, writer);
  return String(writer.view());
}

test('dependencies come in the order of their texts, whenever they became known', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.nat(), fc.nat()), { maxLength: 6 }),
      (steps) => {
        const order = new DependencyOrder();
        let last = 0;
        for (const [count, ...asked] of steps) {
          for (const end = last + count; last < end;) order.add(++last, known(last));
          const ids = new Set(
            Array.from({ length: 40 }, (_, nth) => 1 + ((asked[0] + nth * asked[1]) % last)),
          );
          expect(writtenBy(order, [...ids])).toEqual(
            [...ids].map(known).sort(compareDependencies).map(written).join(''),
          );
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('what is forgotten is not known', () => {
  const order = new DependencyOrder();
  order.add(1, known(1));
  order.clear();
  expect(order.get(1)).toBeUndefined();
  expect(() => writtenBy(order, [1])).toThrow('dependency 1 is not known');
});
