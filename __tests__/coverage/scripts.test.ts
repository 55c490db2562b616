import { describe, expect, it } from '@jest/globals';
import { packScripts, unpackScripts, type CountedFile } from '../../src/coverage/scripts';

const FILE: CountedFile = {
  text: 'hash',
  isTransformed: true,
  wrapperLength: 62,
  scripts: [
    [
      {
        functionName: '',
        isBlockCoverage: true,
        ranges: [
          { startOffset: 0, endOffset: 100, count: 1 },
          { startOffset: 20, endOffset: 40, count: 0 },
          { startOffset: 50, endOffset: 60, count: 123_456 },
        ],
      },
      {
        functionName: 'größe',
        isBlockCoverage: false,
        ranges: [{ startOffset: 7, endOffset: 9, count: 0 }],
      },
    ],
    [],
  ],
};

describe('what V8 counted in a file', () => {
  it('is unpacked as it was packed', () => {
    expect(unpackScripts(packScripts(FILE))).toEqual(FILE);
    const native = { ...FILE, isTransformed: false, wrapperLength: null, scripts: [] };
    expect(unpackScripts(packScripts(native))).toEqual(native);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['other bytes', Buffer.from('other')],
    ['a part', packScripts(FILE).subarray(0, 20)],
  ])('is not unpacked from %s', (_what, packed) => {
    expect(() => unpackScripts(packed)).toThrow();
  });
});
