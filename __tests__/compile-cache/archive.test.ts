import * as zlib from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Archive, encodeArchive } from '../../src/compile-cache/archive';

const MODULES = new Map([
  ['/p/node_modules/a/index.js', { source: 1, code: Buffer.from('code of a') }],
  ['/p/node_modules/b/ü.js', { source: 0xffff_ffff, code: Buffer.alloc(300, 7) }],
]);
const BYTES = encodeArchive(MODULES, zlib.crc32);

const open = (bytes: Buffer) =>
  new Archive((start, length) => bytes.subarray(start, start + length), zlib.crc32);
const contentOf = (bytes: Buffer): Map<string, unknown> => {
  const archive = open(bytes);
  return new Map(Array.from(archive.files(), (file) => [file, archive.get(file)]));
};

describe('an archive', () => {
  test('holds what was put into it, and nothing else', () => {
    expect(contentOf(BYTES)).toEqual(MODULES);
    expect(open(BYTES).get('/p/node_modules/c.js')).toBeNull();
    expect(contentOf(encodeArchive(new Map(), zlib.crc32))).toEqual(new Map());
  });

  test('gives nothing that is damaged, whichever bit flips', () => {
    for (let at = 0; at < BYTES.length; at += 1) {
      const damaged = Buffer.from(BYTES);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      for (const [file, found] of contentOf(damaged))
        if (found !== null) expect(found).toEqual(MODULES.get(file));
      expect(
        [...contentOf(damaged).values()].filter((found) => found !== null).length,
      ).toBeLessThan(MODULES.size);
    }
  });

  test('that was cut anywhere gives what is whole', () => {
    for (let length = 0; length < BYTES.length; length += 1)
      for (const [file, found] of contentOf(BYTES.subarray(0, length)))
        if (found !== null) expect(found).toEqual(MODULES.get(file));
  });
});
