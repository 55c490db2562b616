import { describe, expect, test } from '@jest/globals';
import { decodeMetadata, decodeLocations, findMetadata, readBlocks } from '../../src/blocks';
import { metadataOf, probe, ROOT, run } from './support';

describe('metadata', () => {
  const code = 'function f() {\n  if (a) {\n    g()\n  }\n}\nconst é = () => {\n}';

  test('tells what was probed', () => {
    const extras = { mocks: ['./a'], quote: '"\\\u2028' };
    const { code: probed, blocks } = probe(code, {
      path: 'it\'s "here".js',
      contentHash: 'abc',
      extras,
    });
    const metadata = metadataOf(probed);
    expect(metadata).toMatchObject({
      path: 'it\'s "here".js',
      contentHash: 'abc',
      form: 'commonjs',
      extras,
    });
    expect(metadata.fingerprints).toEqual(
      Buffer.concat(blocks.map(({ fingerprint }) => fingerprint)),
    );
    const options = { form: 'commonjs', root: ROOT, isLinked: true } as const;
    expect(blocks).toEqual(readBlocks(code, options));
    expect(Object.keys(run(probed).global['__TESTMON__'] as object)).toEqual([
      findMetadata(probed),
    ]);
    expect(probed).not.toContain('\u2028');
  });

  test('tells the places of blocks', () => {
    expect(decodeLocations(metadataOf(probe(code).code).places)).toEqual([
      { line: 1, endLine: 7, name: '' },
      { line: 1, endLine: 5, name: 'f' },
      { line: 2, endLine: 4, name: 'f' },
      { line: 6, endLine: 7, name: '' },
      // Stands for which exports there are.
      { line: 1, endLine: 1, name: 'exports' },
    ]);
    expect(decodeLocations('')).toEqual([]);
  });

  test.each([
    '',
    '{}',
    'null',
    '[0,"a","b","commonjs","",""]',
    '[1,"a"]',
    '[1,"a","b","script","",""]',
    'x'.repeat(99),
  ])('refuses %j', (text) => expect(() => decodeMetadata(text)).toThrow('not probe metadata'));

  test('is not found in other texts', () => {
    expect(findMetadata('')).toBeNull();
    expect(findMetadata('var __testmon_12345678=1;')).toBeNull();
  });

  test('gives the same variable for the same path, unless the text has it', () => {
    const [first = ''] = /__testmon_\w+/.exec(probe('a').code) ?? [];
    expect(probe('b').code).toContain(`var ${first}=`);
    expect(probe('b', { path: 'other.js' }).code).not.toContain(first);
    expect(probe(`log(${first})`).code).toContain(`var ${first}_2=`);
    expect(run(probe(probe('log(1)').code).code).log).toEqual(['1']);
  });
});
