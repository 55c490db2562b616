import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeBlocks, decodeIds, encodeBlocks, encodeIds, EncodingError } from '../../src/store';
import { packHash, seal, unpackHash, unseal } from '../../src/records/encoding';
import { footprintOf } from '../../src/records/footprint';

const id = fc.integer({ min: 1, max: 2 ** 40 });
const bits = fc.uint8Array({ minLength: 1, maxLength: 40 });
const block = fc.record({ version: id, bits });

describe('encoded blocks', () => {
  it('come back, without what is empty', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 30 }), (entries) => {
        const { blocks } = footprintOf(entries, []);
        const expected = blocks
          .map(({ version, bits: bytes }) => ({
            version,
            bits: [...bytes].slice(0, bytes.findLastIndex((byte) => byte !== 0) + 1),
          }))
          .filter((entry) => entry.bits.length > 0);
        const decoded = decodeBlocks(encodeBlocks(blocks)).map((entry) => ({
          ...entry,
          bits: [...entry.bits],
        }));
        expect(decoded).toEqual(expected);
      }),
    );
  });

  it('take three bytes for a file with up to eight blocks near another', () => {
    expect(
      encodeBlocks([
        { version: 1, bits: Uint8Array.of(1) },
        { version: 2, bits: Uint8Array.of(255) },
      ]),
    ).toHaveLength(6);
  });

  it('decode or throw an EncodingError, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const decode of [decodeBlocks, decodeIds]) {
          try {
            decode(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(EncodingError);
          }
        }
      }),
    );
  });

  it.each([
    ['a number without end', [0x80, 0x80]],
    ['more bytes than there are', [1, 200, 1]],
    ['a version twice', [1, 1, 1, 0, 1, 1]],
    ['a version without blocks', [1, 0]],
    ['an endless number', [255, 255, 255, 255, 255, 255, 255, 255]],
  ])('refuse %s', (_, bytes) => {
    expect(() => decodeBlocks(Uint8Array.from(bytes))).toThrow(EncodingError);
  });
});

describe('encoded ids', () => {
  it('come back', () => {
    fc.assert(
      fc.property(fc.array(id), (ids) => {
        const { dependencies } = footprintOf([], ids);
        expect(decodeIds(encodeIds(dependencies))).toEqual(dependencies);
      }),
    );
  });
});

describe('a seal', () => {
  it('breaks when any bit flips', () => {
    const sealed = seal(Buffer.from('the executed blocks'), 'a.test.js');
    expect(unseal(sealed, 'b.test.js')).toBeNull();
    expect(unseal(sealed, 'a.test.js')?.toString()).toBe('the executed blocks');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(unseal(flipped, 'a.test.js')).toBeNull();
    }
  });

  it.each([[null], ['text'], [12], [Buffer.alloc(3)], [undefined]])('is not on %p', (value) => {
    expect(unseal(value, 'a.test.js')).toBeNull();
  });
});

describe('packed values', () => {
  it('come back', () => {
    const sha1 = 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3';
    expect(packHash(sha1)).toHaveLength(20);
    for (const hash of [sha1, 'no hash', '', sha1.toUpperCase(), 'ab'])
      expect(unpackHash(packHash(hash))).toBe(hash);
  });
});
