import { describe, expect, it } from '@jest/globals';
import { withOneVersionPerFile } from '../../src/run/same-file';
import { executed, record, test, version } from '../store/helpers';

/** As it was read back from a record. */
const before = version('a.js', ['module', 'f', 'g'], { contentHash: '' });
/** As it is in this run: `f` was edited, and `x` stands before it. */
const now = version('a.js', ['module', 'x', 'f2', 'g']);

describe('a record with one version per file', () => {
  it('has the blocks of kept tests where they are now', () => {
    const mixed = record(1, 'a.test.js', [executed(now, 0), executed(before, 0)], {
      tests: [
        test('kept', { blocks: [executed(before, 2)] }),
        test('ran', { blocks: [executed(now, 2)] }),
      ],
    });
    const { shared, tests } = withOneVersionPerFile(mixed);
    expect(shared.blocks).toEqual([executed(now, 0)]);
    expect(tests.map(({ blocks }) => blocks)).toEqual([[executed(now, 3)], [executed(now, 2)]]);
  });

  it('keeps both versions of a file that was edited during the run', () => {
    const mixed = record(1, 'a.test.js', [executed(now, 0)], {
      tests: [
        test('kept', { blocks: [executed(before, 1)] }),
        test('ran', { blocks: [executed(now, 2)] }),
      ],
    });
    expect(withOneVersionPerFile(mixed)).toEqual(mixed);
  });

  it('leaves other forms and other files alone', () => {
    const module = version('a.js', ['module'], { form: 'module', contentHash: '' });
    const mixed = record(1, 'a.test.js', [executed(now, 0), executed(module, 0)]);
    expect(withOneVersionPerFile(mixed)).toEqual(mixed);
  });
});
